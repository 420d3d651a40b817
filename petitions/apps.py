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
        self._name_for_auditors()
        from core.uploads import malware_found
        from petitions.services import attaching

        malware_found.connect(attaching.note_malware, dispatch_uid="petitions.note_malware")

    @staticmethod
    def _name_for_auditors() -> None:
        from accounts import audit_words
        from petitions import enums

        audit_words.name_acts({f"petition.{act.value}": str(act.label) for act in enums.Act})
        audit_words.name_acts(
            {
                "petition.look": "查看信访件",
                "petition.reveal": "查看完整个人信息",
                "petition.download": "下载附件",
                "upload.malware": "上传的文件带有病毒",
            }
        )
        audit_words.name_details(
            {"was_kind": "原性质", "was_path": "原办理路径", "signature": "病毒名称", "sha256": "文件摘要"},
            was_kind=dict(enums.Kind.choices),
            was_path=dict(enums.Path.choices),
            channel=dict(enums.Channel.choices),
            kind=dict(enums.Kind.choices),
            path=dict(enums.Path.choices),
            outcome=dict(enums.CallOutcome.choices),
            reason=dict(enums.RefusalReason.choices),
            status=dict(enums.Status.choices),
            where={"page": "案件页", "preview": "预览", "file": "附件"},
        )
