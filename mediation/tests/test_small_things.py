"""What somebody who used the rooms for the first time stumbled over."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from core.converters import scattered
from core.errors import Refusal
from core.timekeeping import han_date, local_day, now
from mediation import agreement_selectors, dispute_selectors, session_selectors
from mediation.agreement_enums import Performed, SaidBy
from mediation.enums import Side
from mediation.models import Agreement, Dispute, MediationCase, Session
from mediation.services import minutes, opening, parties, performance, signing
from mediation.services.on_the_spot import open_now
from mediation.services.parties import NewParty
from mediation.services.performance import Told
from mediation.services.sessions import hold_session
from mediation.tests.agreement_world import drafted, duties_of, duty, everybody, in_force, settled, today
from petitions.services.codes import new_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def mediator(cast, client_as):
    return client_as(cast.mediator)


def own_page(client, dispute):
    browser = client.session
    browser["own_dispute"] = {"pk": dispute.pk, "until": 9e12}
    browser.save()
    return client.get(reverse("mediation:own")).content.decode()


def test_the_list_says_what_each_is_about_and_by_when(dispute_of, mediator):
    dispute = dispute_of()
    shown = mediator.get(reverse("mediation:disputes")).content.decode()
    assert "楼上半夜拖桌子" in shown and "clock" in shown
    assert "楼上半夜拖桌子" in mediator.get(reverse("mediation:today")).content.decode()
    [one] = dispute_selectors.with_clocks([dispute])
    assert one.clock is not None and local_day(one.clock.due_at) > local_day(now())


def test_whoever_brought_it_reads_by_when_and_whom_one_waits_for(client, dispute_of, taken_up, cast):
    dispute = dispute_of(other_name="楼上老李")
    due = dispute_selectors.answer_by(dispute)
    assert f"最晚{han_date(due)}" in own_page(client, dispute)
    mediation = taken_up(dispute)
    assert "最晚" not in own_page(client, dispute)
    own = mediation.parties.get(is_petitioner=True)
    opening.give_consent(
        mediation=mediation, actor=cast.actor("mediator"), party=own, who="张小河", how="phone"
    )
    shown = own_page(client, dispute)
    head = shown.split("<h1>")[1].split("</h1>")[0]
    assert "待双方同意" in head and "调解中" not in head
    assert "正在问对方愿不愿意" in shown


def test_at_the_counter_a_slip_is_handed_over_and_the_same_form_again_shows_it_again(room_of, mediator):
    data = {
        "room": room_of().pk,
        "source": "walk_in",
        "kind": "neighbours",
        "words": "楼上半夜拖桌子。",
        "name": "张小河",
        "token": new_token(),
    }
    first = mediator.post(reverse("mediation:dispute_add"), data)
    dispute = Dispute.objects.get()
    for answer in (first, mediator.post(reverse("mediation:dispute_add"), data)):
        shown = answer.content.decode()
        assert answer.status_code == 200 and dispute.number in shown and "打印回执" in shown
        assert f"最晚{han_date(dispute_selectors.answer_by(dispute))}" in shown
        assert answer["Cache-Control"].find("no-store") >= 0


def test_taken_up_for_a_colleague_says_so_and_goes_back_to_the_list(cast, dispute_of, mediator, room_of):
    other = User.objects.create(username="mediator2", name="千鹤嫂")
    since = cast.post("mediator").valid_from
    Post.objects.create(user=other, unit=cast.units.mediation, role=Role.MEDIATOR, valid_from=since)
    dispute = dispute_of(room_of(mediators=[cast.mediator, other]))
    data = {"room": dispute.room_id, "mediator": other.pk, "kind": "neighbours", "token": new_token()}
    done = mediator.post(reverse("mediation:dispute_take_up", args=[dispute.number]), data, follow=True)
    assert done.redirect_chain[-1][0] == reverse("mediation:disputes")
    assert "由千鹤嫂调解" in done.content.decode()
    assert MediationCase.objects.get().mediator == other


def test_a_telephone_that_cannot_be_dialled_and_the_same_person_twice(cast, mediation_of, mediator):
    mediation = mediation_of()
    address = reverse("mediation:party_add", args=[mediation.number])
    typed = {"side": "other", "name": "摊主老李", "phone": "110"}
    answer = mediator.post(address, typed)
    assert answer.status_code == 422 and "少了几位" in answer.content.decode()
    new = NewParty(side=Side.OTHER, name="摊主老李")
    parties.add_party(mediation=mediation, actor=cast.actor("mediator"), new=new)
    with pytest.raises(Refusal, match="已经登记过"):
        parties.add_party(mediation=mediation, actor=cast.actor("mediator"), new=new)
    same_name = NewParty(side=Side.OTHER, name="摊主老李（儿子）")
    parties.add_party(mediation=mediation, actor=cast.actor("mediator"), new=same_name)


def test_a_draft_that_lacks_something_says_so_at_once(cast, mediation_of, mediator):
    matter = settled(cast, mediation_of(agreed=True))
    data = {"kind": "mediated", "rows": "4", "content": "十点收摊。"}
    shown = mediator.post(reverse("mediation:agreement_add", args=[matter.pk]), data, follow=True)
    text = shown.content.decode()
    assert "补齐以后才能签字" in text and "请各方看过以后签字" not in text
    assert agreement_selectors.shown(
        agreement_selectors.full().get(pk=Agreement.objects.get().pk), cast.actor("mediator")
    ).missing


def test_a_slip_that_is_no_picture_is_refused_in_words_of_its_own(cast, mediation_of):
    made = drafted(cast, settled(cast, mediation_of(agreed=True)))
    junk = SimpleUploadedFile("签字页.png", b"\x00\x01junk" * 50, content_type="image/png")
    with pytest.raises(Refusal) as refusal:
        signing.sign(agreement=made, actor=cast.actor("mediator"), new=everybody(made, file=junk))
    assert "请传照片或者 PDF" in refusal.value.sentence and "Word" not in refusal.value.sentence


def test_what_is_left_of_a_refused_duty_stands_there(cast, mediation_of, mediator):
    matter = settled(cast, mediation_of(agreed=True))
    made = in_force(cast, matter, duties=[duty(matter, days=0)])
    [row] = duties_of(made)
    new = Told(outcome=Performed.BROKEN, on=today(), said_by=SaidBy.OWED)
    performance.report(duty=row, actor=cast.actor("mediator"), new=new)
    assert "还剩 1000.00 元" in mediator.get(made.get_absolute_url()).content.decode()


def test_the_record_has_its_time_and_name_and_stands_where_it_was_written(cast, mediation_of):
    mediation, actor = mediation_of(agreed=True), cast.actor("mediator")
    session = open_now(mediation=mediation, actor=actor)
    minutes.write(session=session, actor=actor, about=None, text="先说的。")
    hold_session(session=session, actor=actor, record="这一场的记录。", result="not_agreed")
    Session.objects.filter(pk=session.pk).update(held_at=now() + timedelta(seconds=1))
    session.refresh_from_db()
    minutes.write(
        session=session, actor=actor, about=None, text="后来补的。", at=now() + timedelta(minutes=1)
    )
    found = session_selectors.page_of(session, actor)["minutes"]
    assert [text for _at, _who, text, _record in found] == ["先说的。", "这一场的记录。", "后来补的。"]
    assert found[1][1] == str(cast.mediator) and found[1][3]


def test_hours_that_were_kept_as_rows_stand_in_the_lists(client, cast, room_of, mediator):
    room = room_of(hours="")
    room.opening.create(weekday=0, opens="09:00", closes="12:00")
    for page in (client.get(reverse("mediation:rooms")), mediator.get(reverse("mediation:room_list"))):
        assert "周一 09:00–12:00" in page.content.decode()
    assert scattered(room.pk)
