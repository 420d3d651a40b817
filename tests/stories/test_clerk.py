"""A clerk at the counter: a walk-in who came before, the earlier case beside the form, the receipt; and a town's clerk."""

from django.urls import reverse

from accounts.models import AuditEntry
from petitions.enums import Act, Channel, Status
from petitions.models import Petition
from petitions.services import codes
from petitions.services.registering import NewPerson
from tests.stories.conftest import text_of

ID = "11010519491231002X"
WORDS = "还是柳湾河边的夜市，每天营业到凌晨两点，音响声音很大，老人睡不好觉。"
PERSON = {"name": "王桂兰", "id_number": ID, "phone": "13800005678"}


def typed(*persons, **fields):
    data = {
        "token": codes.new_token(),
        "channel": "visit",
        "body": WORDS,
        "persons-TOTAL_FORMS": str(len(persons)),
        "persons-INITIAL_FORMS": "0",
        **fields,
    }
    for n, person in enumerate(persons):
        data |= {f"persons-{n}-{name}": value for name, value in person.items()}
    return data


def register(desks, who, *persons, **fields):
    client = desks.of(who)
    assert client.get(reverse("petitions:register")).status_code == 200
    answer = client.post(reverse("petitions:register"), typed(*persons, **fields), follow=True)
    assert answer.redirect_chain[0][0].startswith(reverse("petitions:register_receipt")), text_of(answer)
    return Petition.objects.latest("pk"), answer, client


def test_a_walk_in_who_came_before_is_recognised_linked_and_given_a_receipt(cast, desks, make_case, time):
    earlier = make_case.registered(
        persons=[NewPerson(name="王桂兰", id_number=ID)], subject="河边夜市噪音扰民"
    ).petition
    time.move(days=6)

    # While the clerk types, the earlier case of the same person and the text like it stand beside the form.
    beside = text_of(desks.of("clerk").post(reverse("petitions:register_similar"), typed(PERSON)))
    assert "同一人 1 件" in beside
    assert earlier.number in beside
    assert "✓ 1949-12-31 女" in beside
    nobody = text_of(
        desks.of("clerk").post(
            reverse("petitions:register_similar"), typed({"name": "李四"}, body="路灯不亮")
        )
    )
    assert earlier.number not in nobody

    # One key chose to link; saving prints the person's receipt.
    case, answer, client = register(
        desks, "clerk", PERSON, original=earlier.number, head_count="3", then="print"
    )
    receipt = text_of(answer)
    assert answer.redirect_chain[0][0].endswith("?print=1")
    assert case.number in receipt
    code = answer.context["code"]
    assert code in receipt
    assert (case.channel, case.status, case.head_count) == (Channel.VISIT, Status.REGISTERED, 3)
    assert (case.repeat_of, case.first_here, case.joined_to) == (earlier, False, None)
    assert case.registered_by == cast.clerk
    assert case.persons.get().birth_on.isoformat() == "1949-12-31"
    assert list(case.events.order_by("pk").values_list("act", flat=True)) == [Act.REGISTER, Act.LINK]

    # Nothing was merged: both cases live, with a number and clocks of their own.
    earlier.refresh_from_db()
    assert earlier.repeat_of is None
    assert case.number != earlier.number
    assert case.clocks.filter(stopped_at=None).exists()
    page = desks.read("petition_officer", case.get_absolute_url())
    assert "重复" in page
    assert earlier.number in page
    assert PERSON["phone"] not in page, "masked until somebody asks with a reason"

    # The code is on that receipt alone; the next registration puts it away.
    client.get(reverse("petitions:register"))
    assert client.get(reverse("petitions:register_receipt")).status_code == 302
    wanted = {"number": case.number, "code": code}
    opened = client.post(reverse("petitions:query"), wanted, follow=True)
    assert case.number in text_of(opened)


def test_a_failed_check_digit_warns_and_blocks_nothing(desks, time):
    wrong = {**PERSON, "id_number": "110105194912310021"}
    beside = text_of(desks.of("clerk").post(reverse("petitions:register_similar"), typed(wrong)))
    assert "请核对" in beside
    case, _answer, _client = register(desks, "clerk", wrong)
    assert case.persons.get().id_number == wrong["id_number"]


def test_the_officer_may_still_join_what_the_clerk_only_registered(cast, desks, make_case, time):
    earlier = make_case.registered(persons=[NewPerson(name="王桂兰", id_number=ID)]).petition
    case, _answer, _client = register(desks, "clerk", PERSON)
    assert case.repeat_of is None, "nothing is linked silently"
    desks.do("petition_officer", case, "link", number=earlier.number, join="on")
    assert (case.repeat_of, case.joined_to) == (earlier, earlier)
    assert case.status == Status.REGISTERED
    assert desks.has_no_button("statistician", case, "link")


def test_a_town_registers_at_its_own_counter_and_sees_its_own_cases_only(cast, desks, make_case, time):
    elsewhere = make_case.registered(subject="县里登记的另一件").petition
    case, _answer, _client = register(desks, "town_clerk", {"name": "刘大山"}, subject="石桥村路灯不亮")
    assert (case.registered_unit, case.registered_by) == (cast.units.dongxi, cast.town_clerk)
    page = desks.read("town_clerk", reverse("petitions:list") + "?view=all")
    assert "石桥村路灯不亮" in page
    assert elsewhere.subject not in page
    desks.read("town_clerk", elsewhere.get_absolute_url(), status=404)
    assert case.subject in desks.read("petition_officer", reverse("petitions:list"))
    # Another office's person is not offered to the town beside its form.
    beside = desks.of("town_clerk").post(
        reverse("petitions:register_similar"), typed({"name": "张小河", "phone": "13800001234"})
    )
    assert elsewhere.number not in text_of(beside)


def test_a_name_is_opened_with_a_reason_and_stays_on_record(cast, desks, time):
    case, _answer, _client = register(desks, "clerk", PERSON)
    person = case.persons.get()
    address = reverse("petitions:reveal", args=[case.number, person.ordinal])
    assert PERSON["phone"] not in desks.read("petition_officer", case.get_absolute_url())
    client = desks.of("petition_officer")
    answer = client.post(address, {"field": "phone", "reason": "电话联系信访人"})
    assert PERSON["phone"] in text_of(answer)
    kept = AuditEntry.objects.filter(act__contains="reveal").latest("pk")
    assert (kept.user, kept.detail["reason"]) == (cast.petition_officer, "电话联系信访人")
    desks.read("statistician", address, status=403)
