"""A sealed case is not learned of by its absence either: everything that everybody else is shown stays what it was
before the case came, letter for letter: lists, counts, tabs, pages, searches, choices, figures, files, notices."""

import io
import zipfile
from datetime import timedelta
from itertools import zip_longest

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from accounts.models import Post
from core.text import mask_name, mask_phone
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions.enums import Kind, Status
from petitions.selectors.desk import views_of
from reports.periods import Month
from reports.selectors.figures import FIGURES
from reports.services import exports
from tests.permissions.asking import args_of, ask
from tests.permissions.table import READS, ROW_OF
from tests.permissions.town import CASES, MARKER, PEOPLE, SEALED, SECRET_NAME, SECRET_PHONE, Town

pytestmark = pytest.mark.django_db
KNOWING = {who for case in SEALED for who in READS[case].split()}
#: The auditor sees that something was done to a case without a number, as the law asks; of what, nothing.
NOT_KNOWING = [person for person in PEOPLE if person not in KNOWING]
#: Who feels for it besides looking at every page they have: one of each way to stand to other cases.
PROBING = ("登记员", "专员", "承办", "分管领导", "统计", "被反映")
#: What a person may be told of a sealed case: nothing of this.
SECRETS = [MARKER, SECRET_NAME, mask_name(SECRET_NAME), SECRET_PHONE, mask_phone(SECRET_PHONE), "密字巷"]


def plain_pages():
    """Addresses without a case in them, that open by GET and do not draw a new secret each time."""
    return [
        door
        for door, row in ROW_OF.items()
        if not row.of_a_case and "GET" in row.methods and door not in {"healthz", "accounts:second_factor"}
    ]


def probes(town, person):
    """(door, query) by which one might feel for what one may not see."""
    today, units = local_day(now()), town.cast.units
    actor = town.actor(person) if town.users.get(person) and person != "无岗" else None
    filters = [
        *({"view": view.key} for view in (views_of(actor) if actor else ())),
        *({key: value} for key, value in (("kind", Kind.ACCUSATION), ("status", Status.FORWARDED))),
        *({key: "1"} for key in ("sealed", "confidential", "repeat", "joint")),
        *({"unit": unit.pk} for unit in (units.discipline, units.urban)),
        *({"place": unit.pk} for unit in (units.liuwan,)),
        *({"q": words} for words in (MARKER, "账目", SECRET_NAME, SECRET_PHONE, "339999")),
        {"since": today - timedelta(days=3), "until": today, "forwarded": "1"},
        # Keys that are no filters of ours say nothing, whatever stands in them.
        {"order": "sealed", "sealed__exact": "1", "persons__name__startswith": "欧", "complained_unit": "1"},
    ]
    yield from (("petitions:list", {"view": "all", **query}) for query in filters)
    month = str(Month.of(today))
    for unit in (units.district, units.discipline):
        yield "reports:month", {"month": month, "unit": unit.pk}
        if person in {"统计", "专员"}:
            yield from ((f"reports:behind {code}", {"month": month, "unit": unit.pk}) for code in FIGURES)
    for door in ("petitions:category_options", "petitions:place_options", "petitions:unit_options"):
        yield from ((door, {"q": words}) for words in (MARKER[:4], "纪委"))
    for door, view in (
        ("leaders:packages", "struck"),
        ("leaders:instructions", "done"),
        ("mediation:mine", "ended"),
    ):
        yield door, {"view": view}


def seen(town, person, *, probing=True):
    """address → what it says, for all pages and probes this person may open at all."""
    found = {}
    client = town.clients[person]
    addresses = [(door, {}) for door in plain_pages()]
    for door, query in (*addresses, *(probes(town, person) if probing and person in PROBING else ())):
        name, _space, code = door.partition(" ")
        row = ROW_OF[name]
        if person not in row.named("", "") and name != "reports:home":
            continue
        args = [code] if code else args_of(town, name)
        answer = ask(client, reverse(name, args=args), data=query, headers={})
        found[door, str(query)] = (
            answer.said,
            answer.steady.decode("utf-8", "replace"),
        )
    return found


def differing(before, after):
    """The first place where two answers part."""
    if before[0] != after[0]:
        return before[0], after[0]
    place = next(n for n, (a, b) in enumerate(zip_longest(before[1], after[1])) if a != b)
    return before[1][place - 60 : place + 60], after[1][place - 60 : place + 60]


def beside_the_form(town, person):
    """What stands beside the counter's form while somebody types the very words of the sealed case."""
    typed = {
        "subject": f"{MARKER}的账目",
        "body": f"{MARKER}修了三次，账目对不上，请查。",
        "persons-TOTAL_FORMS": "1",
        "persons-0-name": SECRET_NAME,
        "persons-0-phone": SECRET_PHONE,
        "persons-0-address": "清江县密字巷九号",
    }
    return ask(town.clients[person], reverse("petitions:register_similar"), "POST", data=typed).body


@pytest.fixture(scope="module")
def town(before_and_after):
    """With all the sealed cases, also the one that was in every room's hands before it was sealed."""
    return before_and_after[0]


@pytest.fixture(scope="module")
def before_and_after(django_db_setup, django_db_blocker):
    """What everybody sees without the sealed cases, and after two of them came; the moment stands still."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(now(), tick=False):
        town = Town(sealed=False)
        glances = []
        for turn in range(2):
            shown = {person: seen(town, person) for person in NOT_KNOWING if person != "审计员"}
            beside = {person: beside_the_form(town, person) for person in ("登记员", "镇登记员", "专员")}
            glances.append((shown, beside))
            if not turn:
                town.cases |= town.sealed_cases()
        town.cases["后密"] = town.sealed_later()
        yield town, *glances
        transaction.set_rollback(True)


def test_every_page_list_count_search_choice_and_figure_stays_what_it_was(before_and_after):
    _town, (before, _b), (after, _a) = before_and_after
    changed = [
        (person, *address, *differing(text, after[person][address]))
        for person, pages in before.items()
        for address, text in pages.items()
        if after[person][address] != text
    ]
    assert not changed, "\n".join(map(str, changed[:20]))
    assert sum(map(len, before.values())) > 400
    refused = {
        (person, door)
        for person, pages in before.items()
        for (door, _query), (said, _text) in pages.items()
        if said in {"403", "404", "405"}
    }
    assert refused == {("无岗", "reports:home")}, "nothing is compared where nothing is shown"


def test_the_same_words_typed_at_the_counter_find_nothing(before_and_after):
    _town, (_before, first), (_after, second) = before_and_after
    assert first == second


def test_it_is_there_all_the_same(before_and_after):
    """So that the comparison above is one: those who may see it, do."""
    town, *_glances = before_and_after
    page = ask(town.clients["纪委"], reverse("petitions:list"), data={"view": "all"}).body.decode()
    assert MARKER in page and town.cases["密件"].number in page


@pytest.mark.parametrize("person", NOT_KNOWING)
def test_nothing_anybody_is_shown_holds_a_word_of_a_sealed_case(person, town):
    numbers = {town.cases[case].number for case in SEALED}
    if (
        person == "审计员"
    ):  # what was done to it while it was open is on record under its number, and stays so
        numbers.discard(town.cases["后密"].number)
    words = [*SECRETS, *numbers]
    pages = {
        address: text for address, (_said, text) in seen(town, person).items() if "'q'" not in address[1]
    }
    for case in CASES:
        if person in READS[case].split():
            for door in ("petitions:detail", "petitions:preview", "mediation:case"):
                row = ROW_OF[door]
                if person in (row.let_in or set()):
                    answer = ask(town.clients[person], reverse(door, args=[town.cases[case].number]))
                    pages[door, case] = answer.body.decode()
    told = [(address, word) for address, text in pages.items() for word in words if word in text]
    assert not told, told


def test_no_notice_of_anybody_else_holds_a_word_of_it(town):
    knowing = {user.pk for label, user in town.users.items() if label in KNOWING}
    for notice in Notice.objects.exclude(recipient__in=knowing):
        assert not [word for word in SECRETS if word in notice.text], notice.text
        assert not [case for case in SEALED if town.cases[case].number in f"{notice.text} {notice.link}"]
        assert notice.about not in {town.cases[case].about for case in SEALED}
    assert not Notice.objects.filter(text__contains=SECRET_NAME).exists(), "no notice names who petitioned"


@pytest.mark.parametrize("person", sorted(ROW_OF["reports:export"].named("", "")))
def test_no_workbook_holds_or_counts_it(person, town):
    post = Post.objects.get(user=town.users[person])
    unit = town.cast.units.district if person in {"专员", "督查", "统计"} else post.unit
    job = exports.request_export(actor=town.actor(person), unit=unit, month=Month.of(local_day(now())))
    exports.run_waiting()
    job.refresh_from_db()
    with job.file.open("rb") as made, zipfile.ZipFile(io.BytesIO(made.read())) as book:
        text = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    assert not [word for word in SECRETS if word in text]
    assert not [case for case in SEALED if town.cases[case].number in text]
