from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "papers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from accounts.enums import Role
        from core import nav
        from documents.enums import PaperKind
        from documents.rules import WRITERS
        from papers import for_reviews, selectors
        from papers.audit_doors import DOORS
        from papers.services import archives
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from reviews import papers as of_reviews

        nav.register("文书", "papers:list", WRITERS, "file-earmark-text", order=25)
        nav.register("文书模板", "papers:templates", [Role.SYSTEM_ADMIN], "file-earmark-text", order=69)
        nav.register("机关代字", "papers:words", [Role.SYSTEM_ADMIN], "file-earmark-text", order=70)
        extensions.on_case_page("papers", selectors.case_part)
        extensions.on_own_page("papers", selectors.own_part)
        extensions.take_part_in_archives("papers", extensions.ArchivePart(archives.forget))
        of_reviews.register("papers", for_reviews.issued_for)
        of_reviews.register_hands("papers", for_reviews.hands_on)
        extensions.decisions_wait(
            "papers",
            extensions.Decisions(
                "文书签发",
                selectors.to_sign,
                selectors.show_to_sign,
                lambda: f"{reverse('papers:list')}?view=sign",
            ),
        )
        extensions.after_bulk_forwarding("papers", "拟写合并转送函", lambda: reverse("papers:letter"))
        extensions.done_elsewhere(Act.SERVE, selectors.address_to_serve)
        extensions.done_elsewhere(Act.MAKE_OPINION, selectors.address_to_serve)
        extensions.done_elsewhere(Act.GIVE_NOTICE, selectors.address_of_notice)
        extensions.done_elsewhere(Act.GUIDE, selectors.address_of_guidance)
        extensions.warn_before(Act.SERVE, selectors.caution_before_service)
        audit_words.name_details({"major": "报领导签发"}, kind=dict(PaperKind.choices))
        audit_words.name_doors("papers", DOORS)
        audited.hang_on_case("documents.paper", "of_case__petition")
        audit_words.name_acts(
            {
                "paper.look": "查看文书",
                "paper.own": "群众下载文书",
                "paper.download": "下载文书",
                "paper.print": "合并打印文书",
                "paper.submit": "文书提交核稿",
                "paper.discard": "作废文稿",
                "paper.major": "确定是否报领导签发",
            }
        )
