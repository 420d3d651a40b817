"""After 销案 the leader goes on reading what is watched, and what an own instruction is still to be answered on."""

from datetime import timedelta

import pytest

from core.timekeeping import local_day, now
from leaders.models import CasePackage
from leaders.services import instructions
from leaders.services.watching import end_watch
from tests.cases import strike_off_package

pytestmark = pytest.mark.django_db


def test_the_leader_goes_on_reading_what_is_watched_and_what_was_asked(cast, package_of, client_as):
    package = package_of(post="leader2")
    case, leader2 = package.petition, cast.actor("leader2")
    leader = client_as(cast.leader2)
    strike_off_package(package, leader2, cast.actor("petition_officer"))
    for page in (package.get_absolute_url(), case.get_absolute_url()):
        assert leader.get(page).status_code == 200, page
    task = instructions.instruct(petition=case, actor=leader2, text="跟踪期内请回访一次。")
    CasePackage.objects.filter(pk=package.pk).update(watch_until=local_day(now()) - timedelta(days=1))
    assert end_watch(now()) == 0
    assert leader.get(task.get_absolute_url()).status_code == 200
    instructions.report_instruction(instruction=task, actor=cast.actor("handler"), text="已回访。")
    assert end_watch(now()) == 0, "the report is not read yet"
    instructions.acknowledge_instruction(instruction=task, actor=leader2, enough=True)
    assert end_watch(now()) == 1 and end_watch(now()) == 0
    assert leader.get(package.get_absolute_url()).status_code == 404
