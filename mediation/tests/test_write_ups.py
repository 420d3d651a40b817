"""What a mediation taught is read by all mediators when two people have seen to it that nobody is known by it."""

import pytest
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Post, User
from mediation.enums import Side
from mediation.models import WriteUp
from mediation.services import write_ups
from mediation.services.opening import end_mediation
from mediation.services.parties import NewParty, change_party
from mediation.tests.session_world import queries_of, refused
from mediation.write_up_enums import WriteUpState
from petitions.models import Petition
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
WORDS = "甲嫌乙夜里太吵。先分开谈，再一起谈。"


@pytest.fixture
def mine(cast):
    return cast.actor("mediator")


@pytest.fixture
def officer(cast):
    return cast.actor("petition_officer")


@pytest.fixture
def over(mediation_of, mine):
    made = mediation_of(agreed=True)
    party = made.parties.get(side=Side.OTHER)
    new = NewParty(side=Side.OTHER, name="摊主老李", phone="13911112222", address="柳湾村七号院")
    change_party(party=party, actor=mine, new=new)
    return end_mediation(mediation=made, actor=mine, text="谈不拢。")


def written(over, actor, words=WORDS, title="夜市的声音"):
    return write_ups.write(mediation=over, actor=actor, title=title, words=words)


def published(over, mine, officer):
    row = write_ups.clean(write_up=written(over, mine), actor=mine, revision=1)
    return write_ups.publish(write_up=row, actor=officer, revision=1)


@pytest.fixture
def another(cast, client_as):
    """A mediator who had no part in it."""
    user = User.objects.create(username="m-another", name="欧阳调", password="!")
    unit = Post.objects.get(user=cast.mediator).unit
    Post.objects.create(user=user, unit=unit, role=Role.MEDIATOR, valid_from=SINCE)
    return client_as(user)


def test_two_people_and_then_all_mediators(over, mine, officer, another, cast, client_as):
    row = written(over, mine)
    page = reverse("mediation:write_up", args=[row.pk])
    assert another.get(page).status_code == 404
    assert "自己核对" in refused(
        lambda: write_ups.publish(
            write_up=write_ups.clean(write_up=row, actor=mine, revision=1), actor=mine, revision=1
        ),
        "forbidden",
    )
    write_ups.publish(write_up=row, actor=officer, revision=1)
    shown = another.get(page)
    assert shown.status_code == 200 and "先分开谈" in shown.content.decode()
    assert "撤下" not in shown.content.decode()
    assert another.post(reverse("mediation:write_up_withdraw", args=[row.pk])).status_code == 403
    assert client_as(cast.handler).get(page).status_code == 403


def test_the_writer_does_not_check_even_if_another_cleaned(over, mine, officer):
    row = write_ups.clean(write_up=written(over, mine), actor=officer, revision=1)
    refused(lambda: write_ups.publish(write_up=row, actor=mine, revision=1), "forbidden")


@pytest.mark.parametrize(
    "words, named",
    [
        ("摊主老李嗓门大。", "姓名“摊**李”"),
        ("摊主 老-李嗓门大。", "姓名“摊**李”"),
        ("电话 139 1111 2222。", "电话“139****2222”"),
        ("住柳湾村七号院的。", "住址“柳湾…”"),
        ("张小河说太吵。", "姓名“张*河”"),
        ("打 0570-8876655 找他。", "号码"),
    ],
)
def test_who_is_still_in_it_is_named_and_it_goes_no_further(over, mine, words, named):
    row = written(over, mine, words=words)
    assert named in refused(lambda: write_ups.clean(write_up=row, actor=mine, revision=1), "invalid")
    row.refresh_from_db()
    assert row.state == WriteUpState.DRAFT


def test_the_second_look_finds_what_the_first_left(over, mine, officer):
    row = write_ups.clean(write_up=written(over, mine), actor=mine, revision=1)
    WriteUp.objects.get(pk=row.pk)
    row.words = "摊主老李。"
    row.save(update_fields=["words"])
    assert "摊**李" in refused(lambda: write_ups.publish(write_up=row, actor=officer, revision=1), "invalid")


def test_a_change_is_cleaned_anew_and_nobody_passes_what_they_did_not_read(over, mine, officer):
    row = write_ups.clean(write_up=written(over, mine), actor=mine, revision=1)
    row = write_ups.change(write_up=row, actor=mine, title="题", words="新的。", revision=1)
    assert (row.state, row.cleaned_by, row.revision) == (WriteUpState.DRAFT, None, 2)
    refused(lambda: write_ups.clean(write_up=row, actor=mine, revision=1), "stale")
    refused(lambda: write_ups.publish(write_up=row, actor=officer, revision=2), "stale")


def test_only_what_is_over_by_whoever_mediated_it_and_not_twice(over, mine, officer, mediation_of):
    refused(lambda: written(over, officer), "forbidden")
    refused(lambda: written(mediation_of(), mine), "stale")
    written(over, mine)
    refused(lambda: written(over, mine), "repeated")
    refused(lambda: written(over, mine, words=" "), "invalid")


def test_withdrawn_it_is_read_by_nobody_else(over, mine, officer, another):
    row = published(over, mine, officer)
    write_ups.withdraw(write_up=row, actor=officer)
    assert another.get(reverse("mediation:write_up", args=[row.pk])).status_code == 404
    refused(lambda: write_ups.withdraw(write_up=row, actor=officer), "stale")


def test_of_a_case_that_was_sealed_there_is_nothing(over, mine, officer, another):
    row = published(over, mine, officer)
    Petition.objects.filter(pk=over.petition_id).update(sealed=True, kind="accusation", path=None)
    assert another.get(reverse("mediation:write_up", args=[row.pk])).status_code == 404
    refused(lambda: write_ups.withdraw(write_up=row, actor=mine), "forbidden")


def test_on_the_pages_what_was_typed_is_kept(over, cast, client_as):
    client, officers = client_as(cast.mediator), client_as(cast.petition_officer)
    add = reverse("mediation:write_up_add")
    assert add in client.get(reverse("mediation:write_ups")).content.decode()
    form = client.get(add).context["form"].fields["mediation"]
    own = form.prepare_value(over)
    kept = client.post(add, {"mediation": own, "title": "", "words": WORDS})
    assert kept.status_code == 422 and WORDS in kept.content.decode()
    client.post(add, {"mediation": own, "title": "夜市", "words": WORDS})
    row = WriteUp.objects.get()
    clean = reverse("mediation:write_up_clean", args=[row.pk])
    assert client.post(clean, {"revision": 1}).status_code == 422
    assert client.post(clean, {"revision": 1, "no_names": "on"}).status_code == 302
    change = reverse("mediation:write_up_change", args=[row.pk])
    client.post(change, {"title": "夜市", "words": WORDS + "完。", "revision": 1})
    late = officers.post(change, {"title": "夜市二", "words": WORDS, "revision": 1})
    assert late.status_code == 409 and "夜市二" in late.content.decode()
    client.post(clean, {"revision": 2, "no_names": "on"})
    publish = reverse("mediation:write_up_publish", args=[row.pk])
    assert officers.post(publish, {"revision": 2, "no_names": "on"}).status_code == 302
    assert "夜市" in officers.get(reverse("mediation:write_ups")).content.decode()


def test_the_list_needs_the_same_queries_for_one_and_for_three(over, mine, officer, cast, client_as):
    client, address = client_as(cast.mediator), reverse("mediation:write_ups") + "?view=working"
    written(over, mine)
    client.get(address)
    few = queries_of(lambda: client.get(address))
    written(over, mine, title="二")
    written(over, mine, title="三")
    assert queries_of(lambda: client.get(address)) == few


def test_it_is_sealed_and_drafts_go_with_the_people_of_the_case(over, mine):
    row = written(over, mine, words="摊主老李。")
    with connection.cursor() as cursor:
        cursor.execute("SELECT w::text FROM mediation_writeup w")
        assert "摊主老李".encode().hex() not in cursor.fetchone()[0]
    assert write_ups.forget(over.petition) == 1
    row.refresh_from_db()
    assert (row.title, row.words) == ("", "")
