from typing import Any

from django.apps import AppConfig

from accounts.enums import Role


class OutcomesConfig(AppConfig):
    name = "outcomes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import audit_words
        from core import nav
        from deadlines import steps
        from outcomes import evaluations, selectors
        from outcomes.audit_doors import DOORS
        from outcomes.services import archives, executing
        from petitions import extensions
        from petitions.enums import Act
        from petitions.selectors import audited
        from petitions.selectors.desk import WORKERS
        from petitions.signals import petition_stepped

        steps.name(
            "execution",
            ["答复支持诉求", "另定落实日期", "退回落实反馈"],
            ["反馈落实情况", "另定落实日期", "答复更正或者被替换"],
        )
        nav.register("落实", "outcomes:executions", WORKERS, "check2-square", order=68, seldom=True)
        nav.register("回访", "outcomes:visits", [*WORKERS, Role.CLERK], "telephone", order=69, seldom=True)
        extensions.on_answer_replaced("outcomes", executing.replace_answer)
        extensions.on_own_page("outcomes", selectors.own_part)
        extensions.on_own_page("evaluations", evaluations.own_part)
        extensions.on_case_page("outcomes", selectors.case_part)
        extensions.take_part_in_archives(
            "outcomes", extensions.ArchivePart(archives.forget, unfinished=archives.unfinished)
        )
        extensions.warn_before(Act.CONCLUDE, selectors.caution_before_answer)
        extensions.calls_on("outcomes", selectors.was_asked_to_visit)
        extensions.find_with(extensions.UNEXECUTED, selectors.overdue)
        extensions.warn_before(Act.CLOSE, selectors.caution_before_closing)
        audit_words.name_doors("outcomes", DOORS)
        audit_words.name_details(where={"visit": "回访页"})
        for row in ("execution", "returnvisit", "mark", "stageevaluation"):
            audited.hang_on_case(f"outcomes.{row}")
        audit_words.name_acts(
            {
                "outcome.set_due": "设定执行日期",
                "outcome.report": "反馈执行情况",
                "outcome.confirm": "核实执行情况",
                "outcome.set_aside": "执行事项不再执行",
                "outcome.open_visit": "安排回访",
                "outcome.assign_visit": "确定回访人",
                "outcome.record_visit": "登记回访",
                "outcome.check": "三到位一处理核对",
                "outcome.mark": "登记化解、息诉",
                "outcome.unmark": "撤销化解、息诉登记",
                "outcome.evaluate": "评价复查复核",
            }
        )
        petition_stepped.connect(_follow, dispatch_uid="outcomes.follow")


def _follow(sender: Any, petition: Any, event: Any, actor: Any, step: Any, **kwargs: Any) -> None:
    """Executions are opened with the answer, say what its paper says, and end with it: when it is to be given anew, or
    the case is sealed; so do waiting visits and, for a new answer, the marks 化解 and 息诉. A rating 不满意 opens a
    return visit. Nobody closes an answered case by hand before 三到位一处理 was looked at, nor the unit that was rated
    while a visit waits.

    A bulk load opens none: what it brings in was settled elsewhere, or is opened by whoever loads it.
    """
    from django.utils.translation import gettext as _

    from core.bulk import made_here
    from outcomes.models import Execution
    from outcomes.services import ending, executing, visiting
    from petitions.enums import Act
    from petitions.models import Petition
    from petitions.services import succession
    from petitions.workflow import SEALING

    if step is None or made_here(Petition, petition.pk) is not None:
        return
    if step.act == Act.CONCLUDE:
        executing.open_for(petition, event.at)
    elif step.act == Act.CORRECT:
        executing.follow_correction(petition, actor, event.at)
    elif step.act == Act.AMEND:
        executing.follow_words(petition)
    elif step.act == Act.EVALUATE:
        visiting.open_by_rating(petition, event.at)
    elif step.act == Act.CLOSE:
        visiting.refuse_while_waiting(petition, actor)
        ending.refuse_unchecked(petition, actor)
    elif step.act == Act.REDO:
        executing.set_aside(petition, actor, event.at, _("责令重新办理，原答复不再有效"))
        visiting.let_go(petition, event.at)
        ending.end_marks(petition, actor, event.at)
    elif step.act == Act.SUCCEED:
        succession.follow_rows(Execution.objects.undone(), petition, event.at)
    elif petition.sealed and step.act in SEALING:
        executing.set_aside(petition, actor, event.at, _("本件已转其他程序"))
        visiting.let_go(petition, event.at)
