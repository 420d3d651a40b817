from typing import Any

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from core import nav
        from deadlines import steps
        from petitions import extensions, rateable
        from petitions.selectors import audited
        from petitions.selectors.desk import WORKERS
        from petitions.signals import petition_stepped
        from reviews import enums, rated, selectors, windows
        from reviews.services import archives

        for code, what in (("review_30", "复查"), ("final_review_30", "复核")):
            steps.name(
                code,
                [f"收到{what}申请"],
                [f"作出{what}意见", f"不予受理{what}", f"撤回{what}申请", "转为检举控告"],
            )
        steps.name("petitioner_window", ["复查意见送达"], ["申请复核"])
        nav.register("复查复核", "reviews:list", WORKERS, "inbox", order=67)
        extensions.keep_reading("reviews", _decides)
        rateable.name_served("reviews", rated.served)
        extensions.on_own_page("reviews", selectors.own_part)
        extensions.on_case_page("reviews", selectors.case_part)
        extensions.ends_for_good("reviews", windows.ended_words)
        extensions.take_part_in_archives(
            "reviews", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        for row in ("review", "caretask"):
            audited.hang_on_case(f"reviews.{row}")
        audited.hang_on_case("reviews.publication", "review__petition")
        audited.hang_on_case("reviews.calledhearing", "review__petition")
        audited.hang_on_case("reviews.hearingmember", "hearing__review__petition")
        audit_words.name_details(
            {"care": "疏导帮扶", "received_on": "收到日期", "posted_on": "邮戳日期"},
            care=dict(enums.Care.choices),
        )
        audit_words.name_details(outcome=dict(enums.Outcome.choices), level=dict(enums.Level.choices))
        from reviews.audit_doors import DOORS

        audit_words.name_doors("reviews", DOORS)
        audit_words.name_acts(
            {
                "review.apply": "登记复查复核申请",
                "review.withdraw": "撤回复查复核申请",
                "review.not_admit": "复查复核申请不予受理",
                "review.call_hearing": "通知听证",
                "review.hearing_recusal": "决定听证人员回避",
                "review.call_off_hearing": "取消听证",
                "review.hearing": "登记听证时间",
                "review.decide": "作出复查复核意见",
                "review.serve": "送达复查复核意见",
                "review.elsewhere": "登记外部复核申请",
                "review.elsewhere_outcome": "登记外部复核意见",
                "review.prepare": "拟定复核意见公示",
                "review.publish": "公示复核意见",
                "review.take_down": "撤下复核意见公示",
                "review.care": "安排疏导帮扶",
                "review.care_done": "完成疏导帮扶",
            }
        )
        petition_stepped.connect(_seal, dispatch_uid="reviews.seal")


def _decides(petition: Any, user_id: int) -> bool:
    """The person decides in the body that reviews this case now."""
    from accounts.models import Post
    from core.timekeeping import local_day, now
    from reviews import people
    from reviews.models import Review

    bodies = Review.objects.open().filter(petition=petition).values("body")
    held = Post.objects.current(local_day(now())).filter(role__in=people.DECIDING, unit__in=bodies)
    return held.filter(user=user_id).exists()


def _seal(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    from petitions.workflow import SEALING
    from reviews.services import sealing

    if petition.sealed and step is not None and step.act in SEALING:
        sealing.let_go(petition, event.at)
