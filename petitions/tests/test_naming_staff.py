"""How staff complained of are found and suggested on the screens that name them (petitions/forms/staff.py)."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role, UnitKind
from accounts.models import Post, Unit, User
from accounts.services.units import next_ids, path_of
from core.timekeeping import SHANGHAI
from petitions.enums import Act
from petitions.models import Petition, Recusal
from petitions.services import codes
from tests.cast import SINCE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 4, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(AT, tick=False):
        yield


class TestFinding:
    """Names are found by typing them; the list is never there to be browsed."""

    @pytest.fixture
    def find(self, cast, client_as):
        client = client_as(cast.clerk)
        return lambda words: [
            one["label"] for one in client.get(reverse("petitions:person_options"), {"q": words}).json()
        ]

    @pytest.mark.parametrize("words", ["", " ", "陈", "陈 ", "城市管理局", "%%", "__"])
    def test_less_than_two_signs_or_a_unit_alone_finds_nobody(self, find, words):
        assert find(words) == []

    def test_a_name_with_unit_and_post(self, find):
        assert find("陈立") == ["陈立（城市管理局 承办人）"]
        assert find("建国") == ["赵建国（城市管理局 单位负责人）"]

    def test_a_surname_within_a_unit(self, find):
        assert find("城市管理 陈") == ["陈立（城市管理局 承办人）"]
        assert find("住房 陈") == []

    def test_nobody_of_another_district(self, find, cast):
        pk = next_ids(1)[0]
        other = Unit.objects.create(
            pk=pk, path=path_of("", pk), name="邻县", kind=UnitKind.DISTRICT, valid_from=SINCE
        )
        Post.objects.filter(user=cast.handler).update(unit=other)
        assert find("陈立") == [] and find("赵建国") != []

    def test_nobody_out_of_office(self, find, cast):
        Post.objects.filter(user=cast.handler).update(valid_until=AT.date())
        User.objects.filter(pk=cast.unit_head.pk).update(is_active=False)
        assert find("陈立") == find("赵建国") == []

    def test_a_forged_choice_is_said_and_nothing_is_registered(self, cast, client_as):
        Post.objects.filter(user=cast.handler).update(valid_until=AT.date())
        typed = {
            "token": codes.new_token(), "channel": "visit", "body": "有人骂人。", "persons-TOTAL_FORMS": "0",
            "persons-INITIAL_FORMS": "0", "complained_people": [cast.handler.pk, "9" * 30, "x"],
        }  # fmt: skip
        answer = client_as(cast.clerk).post(reverse("petitions:register"), typed)
        assert answer.status_code == 422 and "有人骂人。" in answer.content.decode()
        assert "重新查找" in answer.content.decode() and not Petition.objects.exists()

    def test_many_namesakes_are_cut_off_and_cost_no_query_each(
        self, cast, find, django_assert_max_num_queries
    ):
        for n in range(15):
            user = User.objects.create(username=f"n{n}", name="王同名", password="!")
            Post.objects.create(user=user, unit=cast.units.urban, role=Role.HANDLER, valid_from=SINCE)
        find("王同名")
        with django_assert_max_num_queries(14):
            assert len(find("王同名")) == 10


class TestSuggestion:
    """What the petitioner wrote stands beside the field; one full name in it is suggested and never taken by itself."""

    def page(self, cast, client_as, make_case, text):
        self.case = make_case(complained_text=text)
        self.client = client_as(cast.petition_officer)
        self.url = reverse("petitions:act", args=[self.case.number, Act.CLASSIFY])
        return self.client.get(self.url).content.decode()

    def test_one_name(self, cast, client_as, make_case):
        page = self.page(cast, client_as, make_case, "城管队的陈立<b>")
        assert "信访人写的是：“城管队的陈立&lt;b&gt;”" in page
        assert (
            "是陈立（城市管理局 承办人），请核对后勾选" in page
            and " checked" not in page.split("陈立（")[0][-80:]
        )
        self.client.post(self.url, {"token": codes.new_token(), "kind": "appeal", "path": 6})
        assert not Recusal.objects.exists(), "not confirmed"
        typed = {
            "token": codes.new_token(),
            "kind": "appeal",
            "path": 6,
            "complained_people": [cast.handler.pk],
        }
        self.client.post(self.url, typed)
        assert Recusal.objects.get().user == cast.handler

    @pytest.mark.parametrize("text", ["", "一个姓陈的", "陈立和赵建国", "陈 立"])
    def test_nobody_or_several(self, cast, client_as, make_case, text):
        assert "请核对后勾选" not in self.page(cast, client_as, make_case, text)

    def test_namesakes_are_not_guessed(self, cast, client_as, make_case):
        other = User.objects.create(username="other", name="陈立", password="!")
        Post.objects.create(user=other, unit=cast.units.housing, role=Role.HANDLER, valid_from=SINCE)
        assert "请核对后勾选" not in self.page(cast, client_as, make_case, "陈立")

    def test_a_tick_survives_an_error_once(self, cast, client_as, make_case):
        self.page(cast, client_as, make_case, "陈立")
        typed = {"token": codes.new_token(), "kind": "appeal", "complained_people": [cast.handler.pk]}
        page = self.client.post(self.url, typed).content.decode()
        assert page.count(f'value="{cast.handler.pk}" checked') == 1
        assert f'<option value="{cast.handler.pk}"' not in page
