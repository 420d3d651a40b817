from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import nav


class PetitionsConfig(AppConfig):
    name = "petitions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        nav.register(_("我要反映"), "petitions:file", [nav.PUBLIC], "pencil-square", order=10)
        nav.register(_("查询办理情况"), "petitions:query", [nav.PUBLIC], "search", order=20)
        from accounts.enums import Role
        from petitions.selectors.desk import READER_ROLES

        counter = [Role.CLERK, Role.PETITION_OFFICER]
        nav.register(_("登记"), "petitions:register", counter, "pencil-square", order=10)
        nav.register(_("信访件"), "petitions:list", READER_ROLES, "list-check", order=20)
        from accounts.enums import UnitKind
        from petitions import checks  # noqa: F401 (registers itself)

        review = [Role.PETITION_OFFICER, Role.UNIT_HEAD]
        office = [UnitKind.PETITION_OFFICE]
        nav.register(
            _("到期鉴定"), "petitions:archive", review, "inbox", order=68, unit_kinds=office, seldom=True
        )
        nav.register(_("查看次数"), "petitions:looks", [Role.SECURITY_ADMIN], "eye", order=78)
        self._name_for_auditors()
        from petitions import facts

        facts.offer()
        from petitions import courses

        courses.offer()
        from accounts.rules import ask_who_holds_sealed
        from accounts.services import refusals
        from petitions.selectors.held import holds_sealed_case

        ask_who_holds_sealed(holds_sealed_case)
        from notifications.services import subjects
        from petitions.services import still_told, undelivered

        subjects.register(
            subjects.Subject(still_told.KIND, still_told.lost, still_told.sealed, undelivered.tell)
        )
        # A number as cases have it; whatever else stands in its place in an address may be a person's.
        refusals.name_part("number", "petitions.petition", r"[0-9]{6}-[0-9]{4}-J?[0-9]{1,9}")
        from accounts import audit_cases
        from petitions.selectors import audited

        audit_cases.register(
            audit_cases.CaseBook(audited.CASE, audited.find, audited.kept_from, audited.words_of)
        )
        from core.uploads import malware_found
        from petitions.services import attaching

        malware_found.connect(attaching.note_malware, dispatch_uid="petitions.note_malware")

    @staticmethod
    def _name_for_auditors() -> None:
        from accounts import audit_words
        from petitions import enums
        from petitions.audit_doors import DOORS
        from petitions.forms.reveal import FIELDS

        audit_words.name_doors("petitions", DOORS)
        audit_words.name_acts({f"petition.{act.value}": str(act.label) for act in enums.Act})
        audit_words.name_acts(
            {
                "petition.look": "查看信访件",
                "petition.part_clocks": "补记协办期限",
                "petition.list": "在列表中看到密存件",
                "petition.reveal": "查看完整个人信息",
                "petition.download": "下载附件",
                "upload.malware": "上传的文件带有病毒",
                "looks.read": "查看各人查看次数",
                "archive.classify": "更改保管期限",
                "archive.propose": "提出去标识",
                "archive.agree": "同意去标识",
                "archive.reject": "不同意去标识",
                "archive.anonymise": "按档案规定去标识",
                "archive.hold": "暂缓去标识",
                "archive.lift": "解除暂缓",
            }
        )
        from petitions.archive_enums import ArchiveClass, HoldKind

        classes = dict(ArchiveClass.choices)
        audit_words.name_details(
            {
                "archive_class": "保管期限",
                "was_class": "原保管期限",
                "original": "原件",
                "joined": "并入原件",
                "hold_kind": "暂缓事由",
                "people": "人员数",
                "elsewhere": "承诺、同意记录数",
                "attachments": "附件数",
                "texts_too": "正文、标题一并替换",
            },
            archive_class=classes,
            was_class=classes,
            hold_kind=dict(HoldKind.choices),
        )
        audit_words.name_details(
            {
                "was_kind": "原性质",
                "was_path": "原办理路径",
                "signature": "病毒名称",
                "sha256": "文件摘要",
                "steps": "步骤数",
                "talk_way": "谈话方式",
                "signed": "签名",
                "adoption": "采纳情况",
                "first_was": "原全国初次",
                "first_now": "更正为",
            },
            talk_way=dict(enums.TalkWay.choices),
            signed=dict(enums.Signature.choices),
            adoption=dict(enums.AdoptionDecision.choices),
            was_kind=dict(enums.Kind.choices),
            was_path=dict(enums.Path.choices),
            channel=dict(enums.Channel.choices),
            field=dict(FIELDS),
            method=dict(enums.ServiceMethod.choices),
            urgency=dict(enums.Urgency.choices),
            ground=dict(enums.RecusalGround.choices),
            kind=dict(enums.Kind.choices),
            path=dict(enums.Path.choices),
            outcome=dict(enums.CallOutcome.choices),
            reason=dict(enums.RefusalReason.choices),
            status=dict(enums.Status.choices),
            where={
                "page": "案件页",
                "preview": "预览",
                "file": "附件",
                "archive": "档案页",
                "act": "办理页",
                "clock": "期限说明",
            },
        )
