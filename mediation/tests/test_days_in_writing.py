"""What is kept is read on another day: it names days by their date, and says so when a time falls away."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core.timekeeping import full_moment, now
from mediation.enums import Leaving
from mediation.services import levels, noting, opening
from mediation.services.reminding import remind
from mediation.services.sessions import cancel_session, move_session
from notifications.models import Notice
from petitions.models import PetitionEvent
from petitions.selectors import public

pytestmark = pytest.mark.django_db
RELATIVE = re.compile("今天|明天|昨天|前天|后天")


def _moved(cast, session):
    return move_session(
        session=session,
        actor=cast.actor("mediator"),
        room=session.room,
        mediator=session.mediator,
        starts_at=session.starts_at + timedelta(days=2),
        ends_at=session.ends_at + timedelta(days=2),
    )


def test_no_kept_line_and_no_notice_speaks_of_tomorrow(cast, mediation_of, taken_up, session_of):
    case, dispute = mediation_of(agreed=True), taken_up(agreed=True)
    for mediation in (case, dispute):
        session = session_of(mediation, days=1, hour=10 if mediation is case else 14)
        booked = session.starts_at
        cancel_session(session=_moved(cast, session), actor=cast.actor("mediator"))
        kept = [str(one.text) for one in mediation.matter.events.all()]
        assert any(full_moment(booked) in text for text in kept)
        assert not [text for text in kept if RELATIVE.search(text)]
    other = session_of(case, days=3)
    assert remind(other.starts_at - timedelta(hours=20)) == 1
    told = list(Notice.objects.values_list("text", flat=True))
    assert any(full_moment(other.starts_at) in text for text in told)
    assert not [text for text in told if RELATIVE.search(text)]


def test_whoever_brought_it_reads_that_the_old_time_is_off_and_where_it_is_now(
    cast, client, dispute_of, room_of, taken_up, session_of
):
    village = room_of(name="楼道角", unit=cast.units.liuwan)
    town = room_of(name="镇调委会", address="镇政府一楼", phone="0570-7654321")
    dispute = dispute_of(village, other_name="楼上老李")
    mediation = taken_up(dispute, agreed=True)
    session = session_of(mediation, days=2)
    levels.hand_on(
        mediation=mediation,
        actor=cast.actor("mediator"),
        leaving=Leaving.DECLINED,
        level=levels.levels_for(mediation)[-1],
        room=town,
        mediator=cast.mediator,
    )
    last = dispute.events.filter(public=True).latest("at", "id").text
    assert "镇调委会" in last
    assert f"原定{full_moment(session.starts_at)}在楼道角的调解取消，不用去。" in last
    browser = client.session
    browser["own_dispute"] = {"pk": dispute.pk, "until": 9e12}
    browser.save()
    page = client.get(reverse("mediation:own")).content.decode()
    head = page.split("<h1>")[1].split("</h1>")[0]
    assert "镇调委会" in head and "楼道角" not in head
    assert "0570-7654321" in page and "0570-1234567" not in page


@pytest.mark.article(33)
def test_the_petitioner_reads_the_whole_way_of_the_mediation(mediation_of, session_of, cast):
    mediation = mediation_of(agreed=True)
    session = session_of(mediation, days=2)
    own = mediation.parties.get(is_petitioner=True)
    opening.withdraw_consent(mediation=mediation, actor=cast.actor("mediator"), party=own)
    case = mediation.petition
    read = [line.public_text for line in public._events(case) if "调解" in line.label]
    assert sum("同意调解（" in text for text in read) == 2
    for words in ("建议调解", "信访人同意调解", full_moment(session.starts_at), "不再调解"):
        assert any(words in text for text in read), words
    # What is written for the offices alone is not read there, not even that a line stands there.
    second = mediation_of(agreed=True)
    opening.end_mediation(mediation=second, actor=cast.actor("mediator"), text="双方差得远。")
    case = second.petition
    assert PetitionEvent.objects.filter(petition=case, text__contains="差得远").exists()
    assert not [line for line in public._events(case) if "差得远" in line.public_text]
    assert all(line.public_text for line in public._events(case) if "调解" in line.label)


def test_a_line_written_for_the_offices_alone_is_internal(mediation_of, cast):
    case = mediation_of().petition
    noting.note(case, cast.actor("petition_officer"), "召集联合会办（第 1 轮）。", now())
    line = PetitionEvent.objects.get(petition=case, text__contains="联合会办")
    assert not line.public and not line.public_text
