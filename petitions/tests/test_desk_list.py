"""The case list: views, filters, search, scope, paging, counts, and the number of its queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from petitions.enums import Channel, Kind, Status, Urgency
from petitions.models import Category, CategoryVersion, Petition
from petitions.selectors import search
from tests.cases import MORNING

pytestmark = pytest.mark.django_db
URL = "/cases/"


@pytest.fixture
def officer(cast, client_as):
    return client_as(cast.petition_officer)


@pytest.fixture
def handler(cast, client_as):
    return client_as(cast.handler)


def listed(response):
    return [petition.number for petition in response.context["page"].items]


def counts(response):
    return {tab.key: tab.count for tab in response.context["tabs"]}


class TestViews:
    def test_the_first_tab_depends_on_the_role(self, cast, client_as):
        first = {
            key: client_as(getattr(cast, key)).get(URL).context["view"].key
            for key in ("petition_officer", "handler", "unit_head", "inspector", "statistician", "leader")
        }
        assert first == {
            "petition_officer": "forwarding",
            "handler": "acceptance",
            "unit_head": "late",
            "inspector": "late",
            "statistician": "all",
            "leader": "late",
        }

    def test_each_case_is_in_the_view_of_its_state_and_counted_there(self, officer, make_case):
        made = {
            "forwarding": make_case(),
            "acceptance": make_case(until=Status.FORWARDED),
            "objected": make_case(until=Status.OBJECTED),
            "handling": make_case(until=Status.ACCEPTED),
            "service": make_case(until=Status.CONCLUDED),
            "rating": make_case(until=Status.SERVED),
            "filing": make_case(until=Status.EVALUATED),
            "closed": make_case(until=Status.CLOSED),
        }
        for view, case in made.items():
            assert listed(officer.get(URL, {"view": view})) == [case.number], view
        found = counts(officer.get(URL))
        assert {view: found[view] for view in made} == dict.fromkeys(made, "1") | {"closed": ""}
        assert found["all"] == ""

    def test_a_unit_counts_its_views_in_one_pass_and_not_its_closed_cases(self, cast, client_as, make_case):
        for status in (Status.FORWARDED, Status.ACCEPTED, Status.ACCEPTED, Status.CLOSED):
            make_case(until=status)
        found = counts(client_as(cast.handler).get(URL))
        assert (found["acceptance"], found["handling"], found["closed"], found["all"]) == ("1", "2", "", "")

    def test_due_today_and_late_go_by_the_nearest_clock(self, officer, make_case, time_machine):
        case = make_case()
        Petition.objects.update(due_at=MORNING + timedelta(hours=3))
        time_machine.move_to(MORNING, tick=False)
        assert listed(officer.get(URL, {"view": "today"})) == [case.number]
        assert listed(officer.get(URL, {"view": "late"})) == []
        time_machine.move_to(MORNING + timedelta(hours=4), tick=False)
        assert listed(officer.get(URL, {"view": "today"})) == []
        assert listed(officer.get(URL, {"view": "late"})) == [case.number]

    def test_newest_come_first_and_by_due_the_soonest(self, officer, make_case):
        old, new = make_case(at=MORNING), make_case(at=MORNING + timedelta(days=1))
        Petition.objects.filter(pk=new.pk).update(due_at=MORNING)
        assert listed(officer.get(URL)) == [new.number, old.number]
        Petition.objects.filter(pk=old.pk).update(due_at=MORNING - timedelta(days=1))
        assert listed(officer.get(URL, {"sort": "due"})) == [old.number, new.number]

    def test_pages_go_on_by_key(self, officer, make_case, monkeypatch):
        from petitions.selectors import desk

        monkeypatch.setattr(desk.page_of, "__kwdefaults__", {"size": 2})
        numbers = [make_case(at=MORNING + timedelta(minutes=n)).number for n in range(3)][::-1]
        first = officer.get(URL)
        assert listed(first) == numbers[:2]
        second = officer.get(URL, {"cursor": first.context["page"].next_cursor})
        assert listed(second) == numbers[2:]
        assert listed(officer.get(URL, {"cursor": "forged"})) == numbers[:2]

    def test_an_empty_view_says_so(self, officer):
        assert "“待转送”里现在没有信访件。" in officer.get(URL).content.decode()


class TestFilters:
    @pytest.fixture
    def cases(self, cast, make_case):
        version = CategoryVersion.objects.create(name="t", digest="t", loaded_at=MORNING, is_current=False)
        noise = Category.objects.create(version=version, level1="城乡建设", level2="噪音", level3="夜市")
        return {
            "online": make_case(until=Status.FORWARDED, category_id=noise.pk),
            "visit": make_case(
                channel=Channel.VISIT,
                head_count=6,
                urgency=Urgency.URGENT,
                place_unit=cast.units.xishan,
                at=MORNING + timedelta(days=5),
            ),
        }

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"channel": "visit"}, "visit"),
            ({"channel": "online"}, "online"),
            ({"joint": "1"}, "visit"),
            ({"joint": "0"}, "online"),
            ({"mass": "1"}, "visit"),
            ({"mass": "0"}, "online"),
            ({"urgency": "urgent"}, "visit"),
            ({"category": "城乡建设"}, "online"),
            ({"kind": ""}, None),
            ({"since": "2026-09-04"}, "visit"),
            ({"until": "2026-09-03"}, "online"),
            ({"status": "forwarded"}, "online"),
            ({"status": "registered", "joint": "1"}, "visit"),
        ],
    )
    def test_each_narrows_to_its_cases(self, officer, cases, query, found):
        wanted = {found} if found else set(cases)
        assert set(listed(officer.get(URL, {"view": "all", **query}))) == {
            cases[key].number for key in wanted
        }

    def test_units_and_places_count_what_is_below_them(self, cast, officer, cases):
        place = officer.get(URL, {"view": "all", "place": cast.units.xiling.pk})
        unit = officer.get(URL, {"view": "all", "unit": cast.units.urban.pk})
        assert listed(place) == [cases["visit"].number]
        assert listed(unit) == [cases["online"].number]

    @pytest.mark.parametrize(
        "query",
        [
            {"channel": "pigeon"},
            {"unit": "999999"},
            {"unit": "' OR 1=1"},
            {"place": "x"},
            {"since": "2026-13-40"},
            {"until": "9999-12-31"},
            {"since": "2026-09-05", "until": "2026-09-01"},
            {"path": "7"},
            {"category": "没有的分类"},
            {"q": "噪"},
            {"view": "secret"},
            {"sort": "random"},
            {"joint": "2"},
            {"mass": "2"},
            {"unit": "1\x00x"},
            {"q": "x" * 61},
        ],
    )
    def test_what_cannot_be_read_answers_422_with_a_sentence_and_lists_nothing(self, officer, cases, query):
        response = officer.get(URL, {"view": "all", **query})
        assert response.status_code == 422
        assert listed(response) == []
        assert 'role="alert"' in response.content.decode()

    def test_a_unit_outside_ones_own_part_of_the_tree_is_no_choice(self, cast, handler):
        response = handler.get(URL, {"unit": cast.units.housing.pk})
        assert response.status_code == 422

    def test_filters_travel_in_the_links(self, officer, cases):
        page = officer.get(URL, {"view": "all", "channel": "visit"}).content.decode()
        assert "view=all&amp;channel=visit&amp;sort=due" in page

    def test_htmx_gets_the_results_alone(self, officer, cases):
        response = officer.get(URL, {"view": "all"}, headers={"HX-Request": "true"})
        page = response.content.decode()
        assert "<html" not in page
        assert cases["visit"].number in page
        assert "HX-Request" in response["Vary"]


class TestSearch:
    def test_a_number_is_found_by_its_beginning(self, officer, make_case):
        case, other = make_case(), make_case()
        assert listed(officer.get(URL, {"q": case.number})) == [case.number]
        assert set(listed(officer.get(URL, {"q": case.number[:12]}))) == {case.number, other.number}

    @pytest.mark.parametrize("words", ["噪音", "夜市噪音扰民", "凌晨两点", "河边 老人"])
    def test_words_are_found_in_subject_and_text(self, officer, make_case, words):
        case = make_case()
        make_case(subject="路灯不亮", body="西山社区三号楼前路灯坏了一个月。", requests=[])
        assert listed(officer.get(URL, {"q": words})) == [case.number]

    def test_pieces_that_stand_apart_are_not_the_word(self, officer, make_case):
        make_case(subject="噪音和音扰和扰民", body="分开写", requests=[])
        assert listed(officer.get(URL, {"q": "噪音扰民"})) == []

    @pytest.mark.parametrize(
        "words", ["'; DROP TABLE", "\\'", "%%", "!!", "a & b | c:*", "((", "<->", "😀😀"]
    )
    def test_signs_of_query_languages_are_only_signs(self, officer, make_case, words):
        make_case()
        response = officer.get(URL, {"q": words})
        assert (response.status_code, listed(response)) == (200, [])

    def test_the_pieces_are_those_of_the_index(self):
        assert search.bigram_query("噪音扰民") == "'噪音' & '音扰' & '扰民'"
        assert search.bigram_query("QJ 灯") == "'qj' & '灯':*"
        assert search.bigram_query("!!") == ""

    def test_the_text_index_is_used(self, make_case, cast):
        make_case()
        with CaptureQueriesContext(connection) as captured:
            list(search.narrow(Petition.objects.all(), "噪音"))
        look_up = next(query["sql"] for query in captured if "petitionwords" in query["sql"])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {look_up}")
            assert "petition_words_pieces" in str(cursor.fetchall())

    @pytest.mark.parametrize("words", ["噪音", "夜市噪音扰民", "河边 老人", "led 夜市"])
    def test_a_common_word_finds_the_same_as_a_rare_one(self, officer, make_case, monkeypatch, words):
        case = make_case(body="柳湾河边的夜市,LED 灯很亮,老人睡不好觉。")
        make_case(subject="路灯不亮", body="西山社区三号楼前路灯坏了一个月。", requests=[])
        rare = listed(officer.get(URL, {"q": words}))
        monkeypatch.setattr(search, "MOST_HITS", 0)
        assert listed(officer.get(URL, {"q": words})) == rare == [case.number]


class TestScope:
    def test_everyone_lists_their_own_and_nobody_elses(self, cast, client_as, make_case):
        mine, others = (
            make_case(until=Status.FORWARDED),
            make_case(until=Status.FORWARDED, unit=cast.units.housing),
        )
        view = {"view": "all"}
        assert listed(client_as(cast.handler).get(URL, view)) == [mine.number]
        assert listed(client_as(cast.handler2).get(URL, view)) == [others.number]
        assert listed(client_as(cast.outsider).get(URL, view)) == []
        assert set(listed(client_as(cast.petition_officer).get(URL, view))) == {mine.number, others.number}

    @pytest.mark.parametrize(
        "key", ["petition_officer", "inspector", "statistician", "clerk", "town_clerk", "leader"]
    )
    def test_a_sealed_case_is_in_no_list_count_or_search_but_its_own(self, cast, client_as, make_case, key):
        sealed = make_case.registered(kind=Kind.ACCUSATION, complained_unit=cast.units.dongxi).petition
        client = client_as(getattr(cast, key))
        response = client.get(URL, {"view": "all"})
        assert listed(response) == []
        assert set(counts(response).values()) - {""} == {"0"}
        for words in (sealed.number, sealed.subject, "噪音"):
            assert listed(client.get(URL, {"view": "all", "q": words})) == []

    def test_the_discipline_desk_has_it(self, cast, client_as, make_case):
        sealed = make_case.registered(kind=Kind.ACCUSATION).petition
        response = client_as(cast.discipline_officer).get(URL, {"view": "all"})
        assert listed(response) == [sealed.number]
        assert "密" in response.content.decode()

    def test_the_unit_complained_about_lists_nothing(self, cast, client_as, make_case):
        make_case(
            complained_unit=cast.units.urban,
            until=Status.FORWARDED,
            unit=cast.units.housing,
            handler="handler2",
        )
        assert listed(client_as(cast.handler).get(URL, {"view": "all"})) == []

    def test_residents_are_sent_to_the_login_and_other_posts_are_refused(self, cast, client, client_as):
        assert client.get(URL).status_code == 302
        for key in ("sysadmin", "secadmin", "auditor"):
            assert client_as(getattr(cast, key)).get(URL).status_code == 403


class TestQueries:
    def count(self, client, query):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(URL, query)
        return len(captured), len(listed(response))

    @pytest.mark.parametrize("key", ["petition_officer", "handler", "leader"])
    def test_three_rows_cost_as_many_queries_as_one(self, cast, client_as, make_case, key):
        client = client_as(getattr(cast, key))
        make_case(until=Status.FORWARDED)
        client.get(URL, {"view": "all"})
        one = self.count(client, {"view": "all"})
        make_case(until=Status.ACCEPTED, co_units=[cast.units.housing])
        make_case(until=Status.SERVED)
        three = self.count(client, {"view": "all"})
        assert (one[1], three[1]) == (1, 3)
        assert one[0] == three[0]

    def test_a_row_reads_no_long_column(self, officer, make_case):
        make_case()
        with CaptureQueriesContext(connection) as captured:
            officer.get(URL)
        rows = next(q["sql"] for q in captured if '"petitions_petition"."subject"' in q["sql"])
        assert '"petitions_petition"."body"' not in rows


class TestBulk:
    url = "/cases/forward/"

    def test_each_ticked_case_is_a_step_of_its_own_and_a_failure_is_told(self, cast, officer, make_case):
        good, bad, gone = (
            make_case(),
            make_case(complained_unit=cast.units.urban),
            make_case(until=Status.FORWARDED),
        )
        page = officer.get(self.url, {"number": [good.number, bad.number, gone.number]})
        assert page.status_code == 200
        data = {
            "number": [good.number, bad.number, gone.number],
            "unit": cast.units.urban.pk,
            "note": "",
            "token": "t" * 20,
        }
        results = officer.post(self.url, data).context["results"]
        told = {one.number: one for one in results}
        assert {one.number: one.done for one in results} == {
            good.number: True,
            bad.number: False,
            gone.number: False,
        }
        assert "第二十八条" in told[bad.number].sentence
        assert "周静" in told[gone.number].sentence
        good.refresh_from_db()
        bad.refresh_from_db()
        assert (good.lead_unit, bad.lead_unit) == (cast.units.urban, None)

    def test_the_same_form_twice_forwards_once(self, cast, officer, make_case):
        case = make_case()
        data = {"number": [case.number], "unit": cast.units.urban.pk, "token": "t" * 20}
        officer.post(self.url, data)
        again = officer.post(self.url, data)
        assert [one.done for one in again.context["results"]] == [True]
        assert case.events.filter(act="forward").count() == 1

    def test_without_a_unit_the_form_comes_back_with_the_cases(self, officer, make_case):
        case = make_case()
        response = officer.post(self.url, {"number": [case.number], "token": "t"})
        assert response.status_code == 422
        assert case.number in response.content.decode()

    def test_forged_numbers_are_nothing_to_forward(self, officer):
        assert officer.get(self.url, {"number": ["339999-2026-999999"]}).status_code == 422

    def test_only_petition_officers_may(self, cast, client, client_as):
        assert client.get(self.url).status_code == 302
        for key in ("handler", "outsider", "clerk", "inspector", "sysadmin"):
            assert client_as(getattr(cast, key)).get(self.url).status_code == 403


def test_the_addresses_are_the_ones_other_rooms_link_to():
    assert reverse("petitions:list") == URL
    assert reverse("petitions:detail", args=["339999-2026-000001"]) == "/cases/339999-2026-000001/"
