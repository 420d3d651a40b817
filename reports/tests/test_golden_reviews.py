"""复查, 复核, what was said to each request and joint letters, counted by hand; as it runs, frozen, and by plain SQL."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from petitions.enums import Channel, Kind, Outcome, Path, ServiceMethod, Status
from petitions.models import Petition
from petitions.services import answering, forwarding, reviewing, sealing
from reports.periods import Month
from reports.rates import Joint, Pieces, Rate
from reports.selectors.figures import FIGURES, SECTIONS
from reports.selectors.month import month_figures
from reports.services.freezing import freeze
from reports.tests.test_golden_further import AUGUST, MOMENT, NOW, is_everywhere, of_august, on
from reviews.enums import Channel as Asked
from reviews.enums import NotAdmitted
from reviews.enums import Outcome as Result
from reviews.models import Review
from reviews.services import applying, deciding, elsewhere
from tests.cases import outside_number
from tests.cast import SINCE

PAGE = {"channel": Asked.PAGE, "reason": "处理意见没有写收摊时间。"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def late_november():
    with time_machine.travel(NOW, tick=False):
        yield


def ask(case, at):
    return applying.apply(petition=case, actor=Actor.petitioner(), at=at, **PAGE)


def due(review):
    return review.clocks.get(stopped_at=None).due_at


def decide(cast, review, outcome, at, actor=None):
    own = {"opinion": "夜市九点半收摊。"} if outcome in {Result.CHANGED, Result.REVOKED} else {}
    actor = actor or cast.actor("leader2")
    return deciding.decide(
        review=review, actor=actor, outcome=outcome, text="已经查清。", basis="条例第三十五条", at=at, **own
    )


def hand_over(case, actor, at):
    answering.serve(
        petition=case, actor=actor, method=ServiceMethod.DIRECT, served_at=at, recipient="本人",
        paper_number=outside_number(case), at=at,
    )  # fmt: skip


def conclude(case, actor, outcomes, at):
    given = {
        one.pk: (outcome, "理由已说明")
        for one, outcome in zip(case.requests.order_by("ordinal"), outcomes, strict=False)
    }
    answering.conclude(
        petition=case, actor=actor, text="已经重新查清。", basis="《噪声污染防治法》", outcomes=given, at=at
    )


def complaining(cast, case):
    """Of the petition office, as it turned out since."""
    Petition.objects.filter(pk=case.pk).update(complained_unit=cast.units.petition_office)
    case.refresh_from_db()
    return case


@pytest.fixture
def villagers(cast):
    """石桥村's handler and 东溪镇's head, who reviews what the village answered."""
    return [
        _posted(cast.units.shiqiao, Role.HANDLER, "village"),
        _posted(cast.units.dongxi, Role.UNIT_HEAD, "town"),
    ]


def _posted(unit, role, name):
    user = User.objects.create(username=name, name="村镇干部", password="!")
    return Actor.of(Post.objects.create(user=user, unit=unit, role=role, valid_from=SINCE))


@pytest.mark.article(35)
@pytest.mark.article(36)
def test_what_was_reviewed_in_august(cast, make_case, villagers):
    units, officer, leader = cast.units, cast.actor("petition_officer"), cast.actor("leader2")
    village, town = villagers

    def served(at, **more):
        return make_case(at=at, until=Status.SERVED, **more)

    # 1. Asked in the first moment of August, upheld in the last of the thirtieth day, which is still August's.
    first = ask(served(on(7, 20)), on(8, 1, 0))
    assert AUGUST.start <= due(first) < AUGUST.end
    decide(cast, first, Result.UPHELD, due(first))
    # 2. Asked in July, changed a moment too late.
    late = ask(served(on(7, 2)), on(7, 20))
    decide(cast, late, Result.CHANGED, due(late) + MOMENT)
    # 3. 住建局: withdrawn in time, asked again and not admitted: two applications of one case, none that must be decided.
    housing = served(on(7, 20), unit=units.housing, handler="handler2")
    applying.withdraw(review=ask(housing, on(8, 2, 0)), actor=Actor.petitioner(), at=on(8, 3))
    again = ask(Petition.objects.get(pk=housing.pk), on(8, 4))
    applying.not_admit(
        review=again, actor=leader, ground=NotAdmitted.NOT_PETITIONER, text="不是本人。", at=on(8, 6)
    )
    # 4. Withdrawn when the thirty days were over: late it was.
    slow = ask(served(on(7, 10)), on(7, 25))
    applying.withdraw(review=slow, actor=Actor.petitioner(), at=due(slow) + MOMENT)
    # 5. Sent back in time: the case is open again, and what was decided on its old opinion stays counted.
    redone = served(on(7, 10))
    decide(cast, ask(redone, on(7, 22)), Result.REDO, on(8, 3))
    redone.refresh_from_db()
    assert redone.status == Status.ACCEPTED
    # 6. Sealed since. 7. It complains of the petition office. 8. Asked in September's first moment. 9. A moment
    # before, and decided in September.
    gone = served(on(7, 20))
    ask(gone, on(8, 3))
    sealing.seal(
        petition=Petition.objects.get(pk=gone.pk), actor=officer, reason="反映干部违纪", at=on(8, 20)
    )
    assert Review.objects.get(petition=gone).state == "lapsed"
    ask(complaining(cast, served(on(7, 20))), on(8, 3))
    ask(served(on(8, 10)), on(9, 1, 0))
    last = ask(served(on(8, 10)), on(9, 1, 0) - MOMENT)
    decide(cast, last, Result.REVOKED, on(9, 1, 0))

    # 10. A 复查 whose days end in August, decided in July; then 复核 outside, asked for and decided in August, with no
    # days of ours.
    outside = served(on(7, 5))
    upheld = decide(cast, ask(outside, on(7, 8)), Result.UPHELD, on(7, 15))
    deciding.serve(
        review=upheld, actor=officer, method=ServiceMethod.DIRECT, served_at=on(7, 16), at=on(7, 16)
    )
    final = elsewhere.enter(
        petition=outside, actor=officer, body_name="江州市人民政府", asked_on=date(2026, 8, 10), at=on(8, 11)
    )
    elsewhere.enter_outcome(
        review=final, actor=officer, outcome=Result.UPHELD, decided_on=date(2026, 8, 20),
        served_on=date(2026, 8, 25), text="维持。", at=on(9, 2),
    )  # fmt: skip
    # 11. A village's opinion: 东溪镇 upholds it in its last moment, the district revokes that in the last moment of
    # thirty days and the three of the hearing.
    case = make_case(at=on(6, 25))
    forwarding.forward(petition=case, actor=officer, unit=units.shiqiao, at=on(6, 25, 10))
    forwarding.accept(petition=case, actor=village, kind=Kind.APPEAL, path=Path.PETITION, at=on(6, 25, 11))
    conclude(case, village, [Outcome.EXPLAINED], on(6, 25, 12))
    hand_over(case, village, on(6, 25, 13))
    review = ask(case, on(6, 26))
    decide(cast, review, Result.UPHELD, due(review), town)
    served_at = review.clocks.get(rule__code="review_30").due_at + timedelta(hours=9)
    deciding.serve(review=review, actor=town, method=ServiceMethod.DIRECT, served_at=served_at, at=served_at)
    reviewed = ask(case, served_at + timedelta(hours=1))
    before = due(reviewed)
    deciding.record_hearing(
        review=reviewed, actor=officer, start_on=date(2026, 7, 28), end_on=date(2026, 7, 30),
        text="双方到场。", at=on(7, 30, 18),
    )  # fmt: skip
    due_at = due(reviewed)
    assert before < due_at < AUGUST.end
    decide(cast, reviewed, Result.REVOKED, due_at)

    kept = freeze(actor=officer, month=AUGUST)
    urban, housing, dongxi, district = (
        units.urban.pk, units.housing.pk, units.dongxi.pk, units.district.pk,
    )  # fmt: skip
    for code, total, lines in (
        ("review_asked", (4, 4), {urban: (2, 2), housing: (2, 2)}),  # 1, 9; 3 twice
        ("review_declined", (1, 3), {urban: (0, 2), housing: (1, 1)}),
        ("review_in_time", (3, 5), {district: (3, 5)}),  # 1, 5, 10; late: 2, 4
        ("review_upheld", (1, 3), {urban: (1, 3)}),  # 1, 2, 5
        ("review_changed", (1, 3), {urban: (1, 3)}),
        ("review_revoked", (0, 3), {urban: (0, 3)}),
        ("review_redo", (1, 3), {urban: (1, 3)}),
        ("final_asked", (1, 1), {urban: (1, 1)}),
        ("final_declined", (0, 1), {urban: (0, 1)}),
        ("final_in_time", (1, 1), {district: (1, 1)}),
        ("final_upheld", (1, 2), {urban: (1, 1), dongxi: (0, 1)}),
        ("final_changed", (0, 2), {urban: (0, 1), dongxi: (0, 1)}),
        ("final_revoked", (1, 2), {urban: (0, 1), dongxi: (1, 1)}),
        ("final_redo", (0, 2), {urban: (0, 1), dongxi: (0, 1)}),
    ):
        is_everywhere(cast, code, total, lines, kept=kept)
    july = Month(2026, 7)
    in_july = of_august(cast, "review_in_time", month=july)
    assert in_july == (Rate(1, 1), {dongxi: Rate(1, 1)})  # 11, at the town whose days they were
    assert of_august(cast, "final_asked", month=july)[1] == {dongxi: Pieces(1, 1)}

    # A town reads what it decided and what became of its village's opinion; a department its own.
    own = {"review_in_time", "final_asked", "review_asked"}
    in_town = month_figures(actor=town, unit=units.dongxi, month=july, codes=sorted(own))
    assert (in_town.rates["review_in_time"], in_town.rates["final_asked"].whole) == (Rate(1, 1), 1)
    head = month_figures(actor=cast.actor("unit_head2"), unit=units.housing, month=AUGUST, codes=sorted(own))
    assert (head.rates["review_asked"].text, head.rates["review_in_time"].whole) == ("2 件", 0)


@pytest.mark.article(32)
def test_what_was_said_to_each_request_in_august(cast, make_case, client_as):
    units, officer, handler = cast.units, cast.actor("petition_officer"), cast.actor("handler")
    three = ["请规定收摊时间", "请赔偿损失", "请公开检测结果"]
    supported, explained, refused = Outcome.SUPPORTED, Outcome.EXPLAINED, Outcome.NOT_SUPPORTED

    # 1. Three requests, the opinion made in August's last moment. 2. The same a moment later.
    for made in (on(9, 1, 0) - MOMENT, on(9, 1, 0)):
        case = make_case(at=on(8, 28), until=Status.ACCEPTED, requests=three)
        conclude(case, handler, [supported, explained, refused], on(8, 29))
        hand_over(case, handler, made)
    # 3. Settled, and its paper not made yet.
    make_case(at=on(8, 5), until=Status.CONCLUDED)
    # 4. 住建局, another path: the answer is made when it is given. 5. So, with nothing said to the requests.
    duty = {"unit": units.housing, "handler": "handler2", "path": Path.DUTY}
    make_case(at=on(8, 5), until=Status.CONCLUDED, **duty)
    silent = make_case(at=on(8, 5), until=Status.ACCEPTED, **duty)
    conclude(silent, cast.actor("handler2"), [], on(8, 6))
    # 6. Ordered to be made anew, and answered anew in September.
    anew = make_case(at=on(8, 3), until=Status.SERVED)
    reviewing.redo(
        petition=anew, actor=cast.actor("leader"), text="责令重办", public_text="重办", at=on(8, 20)
    )
    kept = freeze(actor=officer, month=AUGUST)
    conclude(anew, handler, [refused], on(9, 5))
    hand_over(anew, handler, on(9, 6))
    # 7. Sealed. 8. It complains of the petition office.
    gone = make_case(at=on(8, 3), until=Status.SERVED)
    sealing.seal(petition=gone, actor=officer, reason="反映干部违纪", at=on(8, 20))
    complaining(cast, make_case(at=on(8, 3), until=Status.SERVED))

    urban, housing = units.urban.pk, units.housing.pk
    for code, total, lines in (
        ("requests_supported", (2, 4), {urban: (1, 3), housing: (1, 1)}),
        ("requests_explained", (1, 4), {urban: (1, 3), housing: (0, 1)}),
        ("requests_not_supported", (1, 4), {urban: (1, 3), housing: (0, 1)}),
    ):
        is_everywhere(cast, code, total, lines, kept=kept)
    assert of_august(cast, "requests_not_supported", month=Month(2026, 9))[0] == Rate(2, 4)  # 2, 6
    asked = {"month": "2026-08", "unit": units.district.pk}
    page = client_as(cast.inspector).get(reverse("reports:behind", args=["requests_supported"]), asked)
    assert "共 4 项诉求" in page.content.decode()
    page = client_as(cast.inspector).get(reverse("reports:indicators"), asked)
    assert "诉求不予支持率" in page.content.decode()


def test_what_was_signed_by_many_in_august(cast, make_case):
    units, officer = cast.units, cast.actor("petition_officer")
    for heads, at in (
        (1, on(8, 3)),
        (2, on(8, 1, 0)),
        (4, on(8, 3)),
        (5, on(9, 1, 0) - MOMENT),
        (30, on(9, 1, 0)),
    ):
        make_case(at=at, head_count=heads, until=Status.FORWARDED)
    make_case(at=on(8, 3), head_count=42, until=Status.FORWARDED, unit=units.housing)
    make_case(at=on(8, 3), head_count=9, channel=Channel.VISIT)  # 集体访
    complaining(cast, make_case(at=on(8, 3), head_count=9))
    gone = make_case(at=on(8, 3), head_count=9, until=Status.ACCEPTED)
    sealing.seal(petition=gone, actor=officer, reason="反映干部违纪", at=on(8, 20))

    kept = freeze(actor=officer, month=AUGUST)
    urban, housing = units.urban.pk, units.housing.pk
    is_everywhere(cast, "joint", (53, 4), {urban: (11, 3), housing: (42, 1)}, kept=kept)
    is_everywhere(cast, "joint_mass", (47, 2), {urban: (5, 1), housing: (42, 1)}, kept=kept)


def test_counts_of_their_own_are_told_as_such():
    assert (Pieces(1, 1) + Pieces(1234, 1234)).text == "1,235 件"
    assert (Joint(5, 1) + Joint(1000, 1)).text == "2 件 1,005 人次"
    assert Pieces(0, 0).text == Joint(0, 0).text == "—"
    for section in ("reviews", "final_reviews"):
        assert [FIGURES[code].has_sides for code in SECTIONS[section]] == [False, *[True] * 6]
