"""Who petitioned is sealed in the database, found again blindly, and survives a change of keys."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.management.commands import rotate_keys
from core.sealing import Unreadable, open_sealed
from core.sealing.migrating import _sealed
from core.sealing.rotating import rotate, waiting
from petitions.models import PetitionPerson
from petitions.selectors.same_person import Known, earlier_cases
from petitions.services.registering import NewPerson

NEW = "2:" + "B" * 42 + "A"
PERSON = {
    "name": "柳䶮·望舒",
    "id_number": "339999194912310022",
    "phone": "13900005678",
    "address": "柳湾村七组十九号",
}


@pytest.fixture
def people(make_case):
    def made(count: int) -> list[PetitionPerson]:
        for _time in range(count):
            make_case.registered(persons=[NewPerson(**PERSON)])
        return list(PetitionPerson.objects.order_by("pk"))

    return made


def stored() -> str:
    """The rows of people as a dump of the database would show them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(p)::text, encode(name || phone || id_number || address, 'escape')"
            " FROM petitions_petitionperson p"
        )
        return "\n".join("".join(row) for row in cursor.fetchall())


def test_a_dump_of_the_table_shows_nobody(db, people):
    (person,) = people(1)
    dump = stored()
    for text in PERSON.values():
        assert text not in dump
        assert text.encode().hex() not in dump
    assert {name: getattr(person, name) for name in PERSON} == PERSON


def test_a_row_that_was_given_another_rows_text_does_not_open(db, people):
    one, two = people(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE petitions_petitionperson SET phone = (SELECT phone FROM petitions_petitionperson"
            " WHERE id = %s) WHERE id = %s",
            [one.pk, two.pk],
        )
    moved = PetitionPerson.objects.get(pk=two.pk)
    assert moved.name == PERSON["name"]
    with pytest.raises(Unreadable):
        moved.phone  # noqa: B018 (reading opens it)


@pytest.mark.parametrize(
    "known",
    [
        {"id_number": PERSON["id_number"]},
        {"phone": "139 0000-5678"},
        {"name": PERSON["name"], "address": PERSON["address"]},
    ],
)
def test_somebody_is_known_again_under_the_old_and_the_new_key(settings, cast, people, known):
    people(1)
    for keys in (settings.DATA_KEYS, f"{settings.DATA_KEYS} {NEW}"):
        settings.DATA_KEYS = keys
        assert len(earlier_cases(actor=cast.actor("clerk"), persons=[Known(**known)])) == 1
    assert earlier_cases(actor=cast.actor("clerk"), persons=[Known(phone="13900005679")]) == []


def test_nothing_clear_can_be_asked_of_or_written_past_the_seal(db):
    for bad in (
        lambda: PetitionPerson.objects.filter(phone="13900005678").exists(),
        lambda: PetitionPerson.objects.update(name="柳望舒"),
    ):
        with pytest.raises(TypeError, match="is sealed"):
            bad()


def test_a_rotation_that_was_stopped_goes_on(settings, db, people):
    people(5)
    settings.DATA_KEYS = f"{settings.DATA_KEYS} {NEW}"
    first = rotate(PetitionPerson, batch=2)
    assert next(first) == 2
    first.close()
    assert waiting(PetitionPerson) == 3
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "3 行" in out.getvalue()
    assert waiting(PetitionPerson) == 0
    settings.DATA_KEYS = NEW  # the old key is gone
    assert {person.phone for person in PetitionPerson.objects.all()} == {PERSON["phone"]}
    index = PetitionPerson._meta.get_field("phone_index")
    assert PetitionPerson.objects.filter(phone_index__in=index.of_values(PERSON["phone"])).count() == 5


def test_what_a_program_with_the_old_key_writes_behind_the_rotation_is_told(
    settings, db, people, monkeypatch
):
    """Not restarted since the new key came, it writes a row whose batch has passed."""
    one, *_others = people(3)
    old, settings.DATA_KEYS = settings.DATA_KEYS, f"{settings.DATA_KEYS} {NEW}"
    new, going = settings.DATA_KEYS, rotate_keys.rotate

    def disturbed(model, *, batch):
        yield from going(model, batch=batch)
        if model is PetitionPerson:
            settings.DATA_KEYS = old
            one.phone = "13900009999"
            one.save(update_fields=["phone", "phone_index"])
            settings.DATA_KEYS = new

    monkeypatch.setattr(rotate_keys, "rotate", disturbed)
    with pytest.raises(CommandError, match="1 行按旧密钥写入"):
        call_command("rotate_keys")
    monkeypatch.undo()
    settings.DATA_KEYS = new
    call_command("rotate_keys", stdout=StringIO())
    assert waiting(PetitionPerson) == 0
    settings.DATA_KEYS = NEW
    assert PetitionPerson.objects.get(pk=one.pk).phone == "13900009999", "the change was not lost"


def test_a_row_read_before_a_rotation_and_saved_after_it_does_not_undo_it(settings, db, people):
    (one,) = people(1)
    settings.DATA_KEYS = f"{settings.DATA_KEYS} {NEW}"
    read_before = PetitionPerson.objects.get(pk=one.pk)
    call_command("rotate_keys", stdout=StringIO())
    read_before.save()
    assert waiting(PetitionPerson) == 0
    assert PetitionPerson.objects.get(pk=one.pk).phone == PERSON["phone"]


def test_a_rotation_without_the_old_key_changes_nothing_and_says_so(settings, db, people):
    people(1)
    before = stored()
    settings.DATA_KEYS = NEW
    with pytest.raises(CommandError, match="key version 1"):
        call_command("rotate_keys")
    assert stored() == before


def test_what_the_migration_seals_opens_in_the_model(db, people):
    (person,) = people(1)
    names, indexes = list(PERSON), {"phone_index": ["phone"], "home_index": ["name", "address"]}
    row = (person.pk, person.petition_id, person.ordinal, *PERSON.values())
    *sealed, phone_index, home_index, pk = _sealed("petitions.petitionperson", row, names, 2, indexes)
    for name, text in zip(names, sealed, strict=True):
        field = PetitionPerson._meta.get_field(name)
        assert open_sealed(text, field.place(person)) == PERSON[name]
    assert (phone_index, home_index, pk) == (bytes(person.phone_index), bytes(person.home_index), person.pk)
