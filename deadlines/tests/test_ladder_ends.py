"""How a ladder may end: a right with its lapse, a duty with a breach, and never the other way round."""

from dataclasses import replace

import pytest

from accounts.enums import Role
from core.errors import Refusal
from core.timekeeping import local_day
from deadlines.enums import LengthUnit, StepKind
from deadlines.models import Rule
from deadlines.rules_table import DAYS, LAPSE_ONLY, RIGHT, SHIPPED, WAITING
from deadlines.services import NewVersion, change_rule
from deadlines.tests.conftest import moment
from deadlines.tests.test_keeping_pages import RULE, admin, typed  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-10T09:00")
LAPSE = (StepKind.LAPSE, 0, Role.SYSTEM)
BREACH = (StepKind.BREACH, 0, Role.HANDLER)
REMIND = (StepKind.REMIND, -1440, Role.HANDLER)


def like_shipped(code, **changes):
    """What ships, as a district would enter it anew."""
    one = SHIPPED[code]
    return replace(
        NewVersion(
            code=code,
            basis="本区〔2026〕3号文",
            length=one.length,
            unit=LengthUnit(one.unit),
            rolls=True,
            extension_limit=one.extension_limit,
            valid_from=local_day(NOW),
            ladder=one.ladder,
        ),
        **changes,
    )


@pytest.fixture
def enter(cast):
    return lambda new: change_rule(
        actor=cast.actor("sysadmin"), new=new, running=False, reason="会议", at=NOW
    )


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_what_ships_may_be_entered_anew(enter, code):
    assert enter(like_shipped(code)).rule.code == code


@pytest.mark.parametrize(
    ("code", "ladder", "sentence"),
    [
        ("conclusion", [], "阶梯没有终点：须有“到期未办”一级。"),
        ("conclusion", [REMIND], "阶梯没有终点"),
        ("conclusion", [LAPSE], "“期限届满”会让期限自己停下"),
        ("conclusion", [*DAYS, LAPSE], "“期限届满”会让期限自己停下"),
        ("respond_10", [], "阶梯没有终点"),
        ("respond_10", [LAPSE], "“期限届满”会让期限自己停下"),
        ("petitioner_window", [], "须有且只有一级“期限届满”"),
        ("petitioner_window", [BREACH], "须有且只有一级“期限届满”"),
        ("petitioner_window", [*LAPSE_ONLY, (StepKind.LAPSE, 0, Role.HANDLER)], "须有且只有一级"),
        ("petitioner_window", [*LAPSE_ONLY, BREACH], "不能有“到期未办”"),
        ("petitioner_window", [*LAPSE_ONLY, REMIND], "不能有“到期提醒”"),
        ("objection", [*RIGHT, (StepKind.ESCALATE, 60, Role.LEADER)], "不能有“逐级上报”"),
        ("report_decision", [], "阶梯没有终点"),
        ("report_decision", [WAITING[0]], "须有到期以后的“逐级上报”"),
        ("report_decision", [*WAITING, BREACH], "只作提醒，不算谁超期"),
        ("simple_acceptance", [BREACH], "不单独计时"),
    ],
)
def test_an_end_that_is_not_its_own_is_refused_with_a_sentence(enter, code, ladder, sentence):
    before = list(Rule.objects.values_list("pk", "valid_until"))
    with pytest.raises(Refusal) as why:
        enter(like_shipped(code, ladder=ladder))
    assert sentence in why.value.sentence and why.value.code == "ladder"
    assert list(Rule.objects.values_list("pk", "valid_until")) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"extension_limit": 30}, "规定不能延长"),
        ({"rolls": False}, "末日遇休息日须顺延"),
        ({"length": 29}, "这是信访人的权利期"),
    ],
)
def test_a_right_stays_as_it_is(enter, changes, sentence):
    with pytest.raises(Refusal) as why:
        enter(like_shipped("petitioner_window", **changes))
    assert sentence in why.value.sentence


@pytest.mark.parametrize(
    ("rungs", "sentence"),
    [
        ({"rung-0-number": "", "rung-1-number": ""}, "阶梯没有终点"),
        ({"rung-1-kind": "lapse"}, "会让期限自己停下"),
    ],
)
def test_the_page_says_so_and_keeps_what_was_typed(admin, rungs, sentence):  # noqa: F811
    page = admin.post(RULE, typed(**rungs, confirmed="1", running="keep"))
    assert page.status_code == 422
    assert sentence in page.content.decode() and "本区〔2026〕3号文" in page.content.decode()
    assert not Rule.objects.filter(code="conclusion", length=45).exists()


def test_the_window_cannot_be_made_to_breach_on_its_page(admin):  # noqa: F811
    page = admin.post(
        "/staff/rules/petitioner_window/new/",
        typed(**{"length": "30", "extension_limit": "", "rung-0-number": "", "running": "keep"}),
    )
    assert page.status_code == 422 and "须有且只有一级“期限届满”" in page.content.decode()
    assert Rule.objects.filter(code="petitioner_window").count() == 3
