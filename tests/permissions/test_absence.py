"""A sealed case is not learned of by its absence either: everything that everybody else is shown stays what it was
before the case came, letter for letter: lists, counts, tabs, pages, searches, choices, figures, files, notices. The
same holds of a case one is recused from, whatever one did with it before."""

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import Post
from core.text import mask_name, mask_phone
from core.timekeeping import local_day, now
from notifications.models import Notice
from petitions.enums import Kind, Status
from petitions.selectors.desk import views_of
from reports.models import FileForm
from reports.periods import Month
from reports.selectors.case_rows import ListWish
from reports.selectors.figures import FIGURES
from reports.selectors.volumes import BY
from reports.services import exports
from tables.enums import Key
from tests.permissions.asking import args_of, ask
from tests.permissions.sparing import known_people, pages_drawn_plainly
from tests.permissions.table import READS, ROW_OF
from tests.permissions.town import (
    AVOIDED,
    AVOIDED_NAME,
    AVOIDED_PHONE,
    CASES,
    MARKER,
    PEOPLE,
    RECUSED,
    SEALED,
    SECRET_NAME,
    SECRET_PHONE,
    Town,
)

pytestmark = pytest.mark.django_db
KNOWING = {who for case in SEALED for who in READS[case].split()}
#: The auditor sees that something was done to a case without a number, as the law asks; of what, nothing.
NOT_KNOWING = [person for person in PEOPLE if person not in KNOWING]
#: Who feels for it besides looking at every page they have: one of each way to stand to other cases.
PROBING = ("登记员", "专员", "承办", "分管领导", "统计", "被反映")
#: Who is recused from a case; of them all but the mediator, whose post alone opens no list, feel for it as well.
AVOIDING = RECUSED["回避"].split()
#: What a person may be told of a sealed case: nothing of this.
SECRETS = [MARKER, SECRET_NAME, mask_name(SECRET_NAME), SECRET_PHONE, mask_phone(SECRET_PHONE), "密字巷"]
#: Nor of this whoever is recused.
STOOD_BACK = [
    *(AVOIDED, AVOIDED_NAME, mask_name(AVOIDED_NAME), AVOIDED_PHONE, mask_phone(AVOIDED_PHONE)),
    "避字巷",
]


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
        *({key: "1"} for key in ("sealed", "confidential", "repeat", "joint", "mass")),
        *({"unit": unit.pk} for unit in (units.discipline, units.urban)),
        *({"place": unit.pk} for unit in (units.liuwan,)),
        *({"q": words} for words in (MARKER, "账目", SECRET_NAME, SECRET_PHONE, "339999")),
        *({"q": words} for words in (AVOIDED, AVOIDED_NAME, AVOIDED_PHONE)),
        {"since": today - timedelta(days=3), "until": today, "forwarded": "1"},
        # Keys that are no filters of ours say nothing, whatever stands in them.
        {"order": "sealed", "sealed__exact": "1", "persons__name__startswith": "欧", "complained_unit": "1"},
    ]
    yield from (("petitions:list", {"view": "all", **query}) for query in filters)
    month = str(Month.of(today))
    for unit in (units.district, units.discipline):
        asked = {"month": month, "unit": unit.pk}
        yield from ((f"reports:{page}", asked) for page in ("month", "indicators", "definitions"))
        yield from (("reports:volumes", {**asked, "by": by}) for by in BY)
        if person in {"统计", "专员"}:
            yield from ((f"reports:behind {code}", {"month": month, "unit": unit.pk}) for code in FIGURES)
    counted = {"measures": ["count", "heads", "acceptance", "refusal"], "period": "this_month"}
    for key in Key:
        across = Key.UNIT if key == Key.STATUS else Key.STATUS
        yield "tables:preview", {**counted, "rows": key, "columns": across}
    yield "tables:preview", {**counted, "rows": Key.UNIT, "kind": Kind.ACCUSATION}
    for door in ("petitions:category_options", "petitions:place_options", "petitions:unit_options"):
        yield from ((door, {"q": words}) for words in (MARKER[:4], AVOIDED[:4], "纪委"))
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
        headers = {"HX-Request": "true"} if name == "tables:preview" and query else {}
        answer = ask(client, reverse(name, args=args), data=query, headers=headers)
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


def beside_the_form(town, person, *, subject=MARKER, name=SECRET_NAME, phone=SECRET_PHONE):
    """What stands beside the counter's form while somebody types the very words of a case that is not theirs."""
    typed = {
        "subject": f"{subject}的账目",
        "body": f"{subject}修了三次，账目对不上，请查。",
        "persons-TOTAL_FORMS": "1",
        "persons-0-name": name,
        "persons-0-phone": phone,
    }
    return ask(town.clients[person], reverse("petitions:register_similar"), "POST", data=typed).body


def beside_the_avoided(town):
    known = {"subject": AVOIDED, "name": AVOIDED_NAME, "phone": AVOIDED_PHONE}
    return {person: beside_the_form(town, person, **known) for person in ("登记员", "专员")}


@dataclass
class Glances:
    """What each person is shown, page by page, and what stands beside the counter's form."""

    town: Town
    before: dict
    after: dict
    beside: list
    avoided: dict
    beside_avoided: list


@pytest.fixture(scope="module")
def glances(django_db_setup, django_db_blocker):
    """First without two sealed cases, then with them, then with the one that people are recused from; the moment stands
    still. The case that was sealed in every room's hands is there all the time."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        time_machine.travel(now(), tick=False),
        known_people(),
        pages_drawn_plainly(),
    ):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL join_collapse_limit = 1")
        town = Town(sealed=False)
        town.cases["后密"] = town.sealed_later()
        # Nobody changes between the glances, and what was done to a case is on the auditor's record.
        before = {person: seen(town, person) for person in NOT_KNOWING if person != "审计员"}
        counter = ("登记员", "镇登记员", "专员")
        beside = [{person: beside_the_form(town, person) for person in counter}]
        town.cases |= town.sealed_cases()
        after = {person: seen(town, person) for person in NOT_KNOWING}
        beside.append({person: beside_the_form(town, person) for person in counter})
        beside_avoided = [beside_the_avoided(town)]
        town.cases["回避"] = town.avoided()
        avoided = {person: seen(town, person) for person in AVOIDING}
        beside_avoided.append(beside_the_avoided(town))
        yield Glances(town, before, after, beside, avoided, beside_avoided)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def town(glances):
    return glances.town


#: A first page for no post, and a paper of a petitioner on whom none was served.
NOTHING_THERE = {("无岗", "reports:home"), ("信访人", "papers:mine_paper")}


def changes(before, after):
    return [
        (person, *address, *differing(text, after[person][address]))
        for person, pages in before.items()
        for address, text in pages.items()
        if after[person][address] != text
    ]


def test_every_page_list_count_search_choice_and_figure_stays_what_it_was(glances):
    before = glances.before
    changed = changes(before, glances.after)
    assert not changed, "\n".join(map(str, changed[:20]))
    assert sum(map(len, before.values())) > 400
    refused = {
        (person, door)
        for person, pages in before.items()
        for (door, _query), (said, _text) in pages.items()
        if said in {"403", "404", "405"}
    }
    assert refused == NOTHING_THERE, "nothing is compared where nothing is shown"


#: When a room and a mediator are taken everybody sees, or nobody could book them; of what case, nobody.
TAKEN = {"mediation:board", "mediation:feed", "mediation:mediator_list", "mediation:timetable"}


def test_all_of_it_stays_what_it_was_for_whoever_is_recused_from_a_case(glances):
    before = {person: glances.after[person] for person in AVOIDING}
    changed = [one for one in changes(before, glances.avoided) if one[1] not in TAKEN]
    assert not changed, "\n".join(map(str, changed[:20]))
    assert set(AVOIDING) <= set(NOT_KNOWING)
    shown = [
        (person, address, word)
        for person, pages in glances.avoided.items()
        for address, (_said, text) in pages.items()
        for word in [*STOOD_BACK, glances.town.cases["回避"].number]
        if word in text and "'q'" not in address[1]
    ]
    assert not shown, shown


def test_its_words_typed_at_the_counter_find_nothing_for_whoever_is_recused(glances):
    first, second = glances.beside_avoided
    assert first == second
    found = beside_the_form(glances.town, "登记人", subject=AVOIDED, name=AVOIDED_NAME, phone=AVOIDED_PHONE)
    assert glances.town.cases["回避"].number in found.decode(), "the clerk who is not recused finds it"


def test_no_notice_about_it_is_kept_by_or_comes_to_whoever_is_recused(town):
    case = town.cases["回避"]
    avoiding = [town.users[label].pk for label in AVOIDING]
    about = Notice.objects.filter(
        Q(about=case.about) | Q(text__contains=case.number) | Q(link__contains=case.number)
    )
    assert not about.filter(recipient__in=avoiding).exists()
    assert about.exists(), "others are told"


def test_the_same_words_typed_at_the_counter_find_nothing(glances):
    first, second = glances.beside
    assert first == second


def test_it_is_there_all_the_same(town):
    """So that the comparisons above are such: those who may see it, do."""
    page = ask(town.clients["纪委"], reverse("petitions:list"), data={"view": "all"}).body.decode()
    assert MARKER in page and town.cases["密件"].number in page
    for reader in READS["回避"].split():
        page = ask(town.clients[reader], reverse("petitions:list"), data={"view": "all"}).body.decode()
        assert AVOIDED in page and town.cases["回避"].number in page, reader


@pytest.mark.parametrize("person", NOT_KNOWING)
def test_nothing_anybody_is_shown_holds_a_word_of_a_sealed_case(person, glances):
    town = glances.town
    numbers = {town.cases[case].number for case in SEALED}
    if (
        person == "审计员"
    ):  # what was done to it while it was open is on record under its number, and stays so
        numbers.discard(town.cases["后密"].number)
    words = [*SECRETS, *numbers]
    pages = {
        address: text for address, (_said, text) in glances.after[person].items() if "'q'" not in address[1]
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


@pytest.mark.parametrize("form", [FileForm.XLSX, FileForm.DOCX, FileForm.CSV])
@pytest.mark.parametrize("person", sorted(ROW_OF["reports:export"].named("", "")))
def test_no_file_of_a_month_holds_or_counts_it(person, form, town):
    post = Post.objects.get(user=town.users[person], stands_in_for=None)
    unit = town.cast.units.district if person in {"专员", "督查", "统计"} else post.unit
    month = Month.of(local_day(now()))
    job = exports.request_export(actor=town.actor(person), unit=unit, month=month, form=form)
    exports.run_waiting()
    job.refresh_from_db()
    with job.file.open("rb") as made:
        text = made.read().decode() if form == FileForm.CSV else packed_text(made.read())
    assert not [word for word in SECRETS if word in text]
    assert not [case for case in SEALED if town.cases[case].number in text]
    if person in AVOIDING:
        assert not [word for word in STOOD_BACK if word in text] and town.cases["回避"].number not in text


def packed_text(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@pytest.mark.parametrize("person", sorted(ROW_OF["reports:cases_export"].named("", "")))
def test_no_list_taken_out_holds_it(person, town):
    actor = town.actor(person)
    if "all" not in {view.key for view in views_of(actor)}:
        pytest.skip("no list of all cases")
    wish = ListWish("all", {}, ("number", "subject", "body", "spot"))
    job = exports.request_cases(actor=actor, wish=wish, form=FileForm.CSV, reason="核对重复信访")
    exports.run_waiting()
    job.refresh_from_db()
    with job.file.open("rb") as made:
        text = made.read().decode("utf-8")
    seen = {case for case, readers in READS.items() if person in readers.split() and case not in SEALED}
    assert {case for case in CASES if town.cases[case].number in text} == seen
    assert not [word for word in SECRETS if word in text]
