"""What the demo county holds: cases in every state, something due today, one account for every kind of user."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry, Post, Unit, User
from accounts.services import audit_chain
from conference.models import Dispute, Order
from core.timekeeping import SHANGHAI
from demo import seeding
from demo.shelved import FILES
from documents.freezing import faults
from documents.models import Paper
from leaders.enums import VisitKind
from leaders.models import CasePackage, Instruction, VisitDay, VisitRecord
from leaders.reception_enums import Turn
from mediation.models import Agreement, MediationCase, PublicTalk, Room, Sitting
from mediation.models import Dispute as RoomDispute
from notifications.models import OutboxMessage
from papers.models import CasePaper
from petitions.enums import Status
from petitions.models import Petition, PetitionClock, PetitionEvent
from petitions.workflow import ClockCode as C
from reviews.models import Publication, Review

UNTIL = datetime(2026, 9, 17, 10, 30, tzinfo=SHANGHAI)
PASSWORD = "qingjiang-2026"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for all of them; what a test changes is taken back after it, the county after the last."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(IS_TRIAL=True, TRIAL_PASSWORD=PASSWORD),
    ):
        seeding.load(cases=150, seed=7, until=UNTIL, quiet=True)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def county(loaded, db, settings):
    settings.IS_TRIAL, settings.TRIAL_PASSWORD = True, PASSWORD


@pytest.mark.slow
def test_some_answers_are_under_review_or_were_reviewed(county):
    """One is being reviewed, one was changed here, one was upheld here and by the body above the county."""
    found = {(one.level, one.state, one.outcome) for one in Review.objects.all()}
    assert found == {
        ("review", "asked", ""),
        ("review", "served", "changed"),
        ("review", "served", "upheld"),
        ("final", "served", "upheld"),
    }
    assert Publication.objects.get().published_at is None


@pytest.mark.slow
def test_people_talked_and_units_sat_together(county):
    """One talk was held by forty people and its minutes are out, one is announced; what was undertaken waits."""
    assert sorted(PublicTalk.objects.values_list("state", "came")) == [("announced", None), ("held", 40)]
    held = PublicTalk.objects.get(state="held")
    assert held.published_at is not None
    assert list(held.matters.values_list("fate", flat=True)) == ["passed", "answered", "open"]
    sitting = Sitting.objects.get()
    assert sitting.state == "held" and sitting.invitations.filter(came=True).count() == 5
    assert list(sitting.undertakings.values_list("state", flat=True)) == ["open", "reported"]


@pytest.mark.slow
def test_two_disputes_came_to_a_room_without_a_petition(county):
    found = RoomDispute.objects.order_by("came_at").select_related("room")
    assert [(one.source, one.state) for one in found] == [("police", "mediating"), ("code", "waiting")]
    room = found[1].room
    assert room.opening.exists() and room.mediators.get(mediator_card__isnull=False).mediator_card.shown
    assert MediationCase.objects.get(dispute=found[0]).state == "ready"


@pytest.mark.slow
def test_an_agreement_is_followed_up_whose_first_instalment_came_late(county):
    made = Agreement.objects.get()
    first, second, third = made.duties.order_by("ordinal")
    assert made.holds and first.late and first.done_on is not None
    assert (second.state, third.state) == ("partly", "open") or second.state == "open"
    assert made.files.get().extension == "pdf" and made.clocks.filter(stopped_at=None).exists()


@pytest.mark.slow
def test_the_joint_conference_has_decided_and_one_unit_has_something_to_answer(county):
    assert Dispute.objects.get().state == "decided"
    order = Order.objects.get()
    assert (order.kind, order.state, order.item.meeting.state) == ("rectify", "open", "issued")
    assert order.due_on > UNTIL.date() and order.clocks.get().stopped_at is None


@pytest.mark.slow
def test_the_county_is_whole(county):
    assert Petition.objects.count() == 150 + len(FILES)
    assert Petition.objects.filter(received_at__gt=UNTIL).count() == 0
    assert PetitionEvent.objects.filter(at__gt=UNTIL).count() == 0
    assert not PetitionClock.objects.filter(next_at__lte=UNTIL).exists()
    assert not PetitionClock.objects.filter(error_count__gt=0).exists()
    for case in Petition.objects.filter(status=Status.CLOSED):
        assert case.closed_at is not None
    simple = PetitionClock.objects.filter(rule__code=C.SIMPLE)
    assert simple.filter(stopped_by="serve").exists()
    assert set(Post.objects.values_list("role", flat=True)) == {
        role.value for role in Role if role not in {Role.PETITIONER, Role.SYSTEM}
    }
    assert Unit.objects.filter(code="339999").count() == 1
    for model in (CasePackage, Instruction, VisitDay, VisitRecord, Room, MediationCase):
        assert model.objects.exists(), model
    assert VisitDay.objects.filter(starts_at__gt=UNTIL).exists()
    assert not OutboxMessage.objects.exclude(state="sent").exists()


@pytest.mark.slow
def test_the_term_of_two_files_is_over_and_the_office_can_review_them(county, client):
    client.force_login(User.objects.get(username="officer"))
    page = client.get(reverse("petitions:archive")).content.decode()
    old = Petition.objects.filter(closed_at__lt=UNTIL - timedelta(days=3650))
    assert len(old) == len(FILES)
    for case in old:
        assert case.number in page
        assert not case.clocks.exists()
        assert case.archive.over_on <= UNTIL.date()


@pytest.mark.slow
def test_a_reception_is_going_on_with_one_in_the_room_and_others_in_line(county):
    day = VisitDay.objects.get(kind=VisitKind.ANY_TIME, starts_at__lt=UNTIL, ends_at__gt=UNTIL)
    turns = list(day.bookings.order_by("slot", "ordinal").values_list("turn", flat=True))
    assert turns == [Turn.IN_ROOM, Turn.WAITING, Turn.WAITING, Turn.WAITING]


@pytest.mark.slow
def test_the_desk_has_something_due_today_and_something_late(county):
    end = UNTIL.replace(hour=23, minute=59, second=59, microsecond=999_999)
    assert Petition.objects.filter(due_at__gt=UNTIL, due_at__lte=end).count() >= 3
    tomorrow = end + timedelta(days=1)
    assert Petition.objects.filter(due_at__gt=end, due_at__lte=tomorrow).count() >= 3


@pytest.mark.slow
def test_the_audit_log_of_the_load_is_in_order_and_chains(county):
    entries = AuditEntry.objects.filter(act__startswith="petition.").order_by("pk")
    loaded = entries.filter(
        pk__lt=entries.filter(act="petition.review").first().pk
    )  # few cases are played on later
    moments = list(loaded.values_list("at"))
    assert len(moments) > 1000 and moments == sorted(moments)
    while audit_chain.seal():
        pass
    assert audit_chain.verify().fault is None


@pytest.mark.slow
def test_every_kind_of_user_has_one_demo_account_with_the_trial_password(county, client, settings):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    noted = User.objects.exclude(demo_note="")
    assert len(out.getvalue().strip().split("\n")) == noted.count() + 1
    held = set(Post.objects.filter(user__in=noted).values_list("role", flat=True))
    assert held == set(Post.objects.values_list("role", flat=True))
    for user in noted:
        assert user.email == f"{user.username}@qingjiang.example"
        assert user.check_password(settings.TRIAL_PASSWORD)
    page = client.get(reverse("accounts:login")).content.decode()
    for user in noted:
        assert user.demo_note in page


@pytest.mark.slow
def test_a_second_load_does_nothing_when_asked_so_and_refuses_otherwise(county):
    before = Petition.objects.count()
    call_command("seed_demo", "--if-empty", cases=5)
    assert Petition.objects.count() == before
    with pytest.raises(CommandError, match="空库"):
        call_command("seed_demo", cases=5)


@pytest.mark.slow
def test_some_cases_have_papers_in_every_state(county):
    states = list(CasePaper.objects.values_list("paper__state", flat=True))
    assert {"draft", "checked", "issued"} <= set(states) and len(states) >= 5
    for paper in Paper.objects.filter(state__in=["issued", "served"]):
        assert faults(paper) == [] and paper.number
        assert not paper.unit.name.startswith("清江县纪") and not paper.of_case.petition.sealed
