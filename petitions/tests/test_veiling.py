"""保密, and units complained of: a reader who must not know the petitioner reads no name and number in any text of the
case, its title, its history, its list, or the name of a file (条例 30)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.timekeeping import now
from leaders.services.instructions import instruct
from leaders.services.packages import assign_package
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import handling
from petitions.services.registering import NewPerson
from tests.pictures import PNG

pytestmark = pytest.mark.django_db
NAME, PHONE, ADDRESS = "欧阳白露", "13977770008", "清江县隐水巷九号"
SAID = f"{NAME}住{ADDRESS}，电话{PHONE}"


@pytest.fixture
def case(make_case, cast):
    made = make_case(
        until=Status.ACCEPTED,
        confidential=True,
        subject=f"{NAME}反映夜市噪音",
        body=f"我叫{SAID}，夜市每天营业到凌晨两点。",
        requests=[f"请给{NAME}一个答复"],
        persons=[NewPerson(name=NAME, phone=PHONE, address=ADDRESS)],
        files=[SimpleUploadedFile(f"{NAME}的照片.png", PNG, content_type="image/png")],
        co_units=[cast.units.housing],
    )
    handling.note(petition=made, actor=cast.actor("handler"), text=f"来电：{SAID}")
    return made


def told(client, address):
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    return {word for word in (NAME, PHONE, ADDRESS) if word in text}, text


@pytest.mark.parametrize("key", ["handler", "unit_head", "handler2", "leader"])
@pytest.mark.article(18)
def test_no_page_of_a_confidential_case_names_the_petitioner_to_a_unit(cast, client_as, case, key):
    client = client_as(getattr(cast, key))
    for door in ("detail", "preview"):
        names, text = told(client, reverse(f"petitions:{door}", args=[case.number]))
        assert names == set(), door
        assert "（信访人信息保密）反映夜市噪音" in text
    assert "附件1.png" in told(client, reverse("petitions:detail", args=[case.number]))[1]
    names, text = told(client, reverse("petitions:list") + "?view=all")
    assert names == set() and "（信访人信息保密）反映夜市噪音" in text


def test_the_form_of_the_answer_repeats_no_name(cast, client_as, case):
    names, text = told(client_as(cast.handler), reverse("petitions:act", args=[case.number, "conclude"]))
    assert names == set() and "请给（信访人信息保密）一个答复" in text


def test_a_file_comes_under_the_name_that_the_page_shows(cast, client_as, case):
    address = reverse("petitions:attachment", args=[case.number, case.attachments.get().token])
    answers = {key: client_as(getattr(cast, key)).get(address) for key in ("handler", "petition_officer")}
    said = {key: answer["Content-Disposition"] for key, answer in answers.items()}
    assert "png" in said["handler"] and "%E6%AC%A7%E9%98%B3" not in said["handler"]
    assert "%E6%AC%A7%E9%98%B3" in said["petition_officer"]


def test_the_petition_office_reads_what_was_written(cast, client_as, case):
    client = client_as(cast.petition_officer)
    for address in (reverse("petitions:detail", args=[case.number]), reverse("petitions:list") + "?view=all"):
        assert f"{NAME}反映夜市噪音" in told(client, address)[1]
    assert told(client, reverse("petitions:detail", args=[case.number]))[0] >= {NAME, PHONE, ADDRESS}


def test_looking_changes_nothing_that_is_kept(cast, client_as, case):
    client_as(cast.handler).get(reverse("petitions:detail", args=[case.number]))
    kept = Petition.objects.get(pk=case.pk)
    assert (kept.subject, NAME in kept.body) == (f"{NAME}反映夜市噪音", True)
    assert kept.attachments.get().name == f"{NAME}的照片.png"


def test_a_co_unit_complained_of_reads_no_name_either(cast, client_as, make_case):
    open_case = make_case(
        until=Status.ACCEPTED,
        subject=f"{NAME}反映路灯不亮",
        body=f"{SAID}，路灯不亮。",
        persons=[NewPerson(name=NAME, phone=PHONE, address=ADDRESS)],
        co_units=[cast.units.housing],
    )
    address = reverse("petitions:detail", args=[open_case.number])
    assert told(client_as(cast.handler2), address)[0] >= {NAME, PHONE}
    Petition.objects.filter(pk=open_case.pk).update(complained_unit=cast.units.housing)
    answer = client_as(cast.handler2).get(address)
    assert answer.status_code in {200, 404}
    assert not any(word in answer.content.decode() for word in (NAME, PHONE, ADDRESS))


def test_a_list_of_confidential_cases_costs_the_same_however_many(
    cast, client_as, make_case, django_assert_max_num_queries, case
):
    client, address = client_as(cast.handler), reverse("petitions:list") + "?view=all"
    client.get(address)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for _n in range(3):
        make_case(until=Status.ACCEPTED, confidential=True)
    with django_assert_max_num_queries(len(one)):
        client.get(address)


def test_a_unit_finds_a_confidential_case_by_its_number_and_not_by_a_name(cast, client_as, case):
    def found(key, words):
        page = client_as(getattr(cast, key)).get(reverse("petitions:list"), {"view": "all", "q": words})
        return [row.number for row in page.context["page"].items]

    for words in (NAME, "夜市"):
        assert found("handler", words) == [], "to be found by a word would tell that it stands there"
        assert found("petition_officer", words) == [case.number]
    assert found("handler", case.number) == [case.number]
    Petition.objects.update(confidential=False)
    assert found("handler", "夜市") == [case.number]


def test_the_rooms_above_show_titles_under_the_veil_too(cast, client_as, case):
    day = now().date()
    package = assign_package(
        petition=case,
        actor=cast.actor("petition_officer"),
        post=cast.post("leader"),
        target_on=day + timedelta(days=30),
        reason="人数多",
    )
    task = instruct(petition=case, actor=cast.actor("leader"), text="请核实。")
    pages = {
        "leader": [
            reverse("leaders:home"),
            reverse("leaders:packages"),
            package.get_absolute_url(),
            task.get_absolute_url(),
            reverse("leaders:instruct", args=[case.number]),
            reverse("leaders:changes"),
        ],
        "handler": [reverse("mediation:case", args=[case.number]), task.get_absolute_url()],
        "unit_head": [f"{reverse('reports:behind', args=['repeat_rate'])}?month={case.registered_at:%Y-%m}"],
    }
    seen = 0
    for key, addresses in pages.items():
        for address in addresses:
            names, text = told(client_as(getattr(cast, key)), address)
            assert names == set(), address
            seen += "（信访人信息保密）反映夜市噪音" in text
    assert seen >= 6
    office = client_as(cast.petition_officer)
    assert NAME in told(office, package.get_absolute_url())[1]
