"""A form that came too late, somebody having been quicker: its sentence stands on the page once."""

import pytest
from django.urls import reverse

from core.timekeeping import local_day, now
from outcomes.services import executing

pytestmark = pytest.mark.django_db


def test_a_report_and_a_confirmation_that_came_too_late_say_so_once(reported, cast, client_as):
    case, row = reported()
    today = local_day(now()).isoformat()
    again = client_as(cast.handler).post(
        reverse("outcomes:execution_report", args=[case.number, row.pk]), {"done_on": today, "text": "又报。"}
    )
    assert again.status_code == 409 and again.content.decode().count("没有生效") == 1
    words = {"done": "yes", "word": "到现场看过。"}
    address = reverse("outcomes:execution_confirm", args=[case.number, row.pk])
    officer = client_as(cast.petition_officer)
    assert officer.post(address, words).status_code == 302
    late = officer.post(address, words)
    assert late.status_code == 409 and late.content.decode().count("没有生效") == 1


def test_a_mark_that_somebody_took_back_first_says_so_once(answered, cast, client_as):
    case, row = answered()
    executing.report(execution=row, actor=cast.actor("handler"), text="已落实。", done_on=local_day(now()))
    officer = client_as(cast.petition_officer)
    mark = {"kind": "resolved", "on": local_day(now()).isoformat(), "how": "found", "evidence": "现场照片。"}
    assert officer.post(reverse("outcomes:mark", args=[case.number]), mark).status_code == 302
    twice = officer.post(reverse("outcomes:mark", args=[case.number]), mark)
    assert twice.status_code == 409 and twice.content.decode().count("没有生效") == 1
    address = reverse("outcomes:unmark", args=[case.number, case.marks.get().pk])
    assert officer.post(address, {"reason": "登记错了。"}).status_code == 302
    late = officer.post(address, {"reason": "登记错了。"})
    assert late.status_code == 409 and late.content.decode().count("没有生效") == 1
