from typing import Any

from django.apps import AppConfig


class HearingsConfig(AppConfig):
    name = "hearings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from accounts import audit_words
        from core import nav
        from hearings import enums, selectors
        from hearings.audit_doors import DOORS
        from hearings.services import archives
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.selectors.desk import WORKERS
        from petitions.signals import petition_stepped

        nav.register("听证", "hearings:list", WORKERS, "people", order=71, seldom=True)
        extensions.register(Act.HEAR, lambda case: reverse("hearings:case", args=[case.number]))
        extensions.on_own_page("hearings", selectors.own_part)
        extensions.on_case_page("hearings", selectors.case_part)
        extensions.take_part_in_archives(
            "hearings", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        for row in ("hearing", "expertquestion"):
            audited.hang_on_case(f"hearings.{row}")
        audit_words.name_doors("hearings", DOORS)
        audit_words.name_details(seat=dict(enums.Seat.choices))
        audit_words.name_details({"hold": "举行", "granted": "同意", "told_on": "通知日期", "came": "到场"})
        audit_words.name_acts({f"hearing.{act.value}": str(act.label) for act in enums.HearingAct})
        petition_stepped.connect(_follow, dispatch_uid="hearings.follow")


def _follow(sender: Any, petition: Any, event: Any, step: Any, **kwargs: Any) -> None:
    """An answer waits for a hearing that the petitioner was promised, and so does another path. What is open falls away
    when the case leaves path six (条例 31(6)) or the unit's hands: answered, taken back, or sealed. A bulk load has no
    hearings."""
    from core.bulk import made_here
    from hearings.services import holding
    from petitions.enums import Act, Path, Status
    from petitions.models import Petition

    if step is None or made_here(Petition, petition.pk) is not None:
        return
    if step.act == Act.CONCLUDE:
        holding.refuse_while_coming(petition)
    if step.act == Act.CHANGE_WAY and petition.path != Path.PETITION:
        holding.refuse_while_coming(petition)
        holding.let_go(petition, event.at)
    if Status.ACCEPTED in step.frm and step.to not in {None, Status.ACCEPTED}:
        holding.let_go(petition, event.at)
