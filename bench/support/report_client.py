"""Asks for one heavy report after another until it is ended: ``python -m bench.support.report_client PORT KIND MONTH``.

``month``: the month's page as counted today; ``table``: an own table over a year; ``freeze``: the month frozen once more;
each through the web server, like a statistician's browser. ``export``: a list of a hundred thousand cases by thirty columns,
asked for by the door and made by the worker of the queue ``report``, which runs beside. Prints a line for each that was
made: seconds, or the status where it was refused.
"""

from __future__ import annotations

import http.client
import os
import re
import sys
import time
from datetime import date, timedelta
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.support.filing_settings")

import django

django.setup()

from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from accounts.models import Post, User
from bench.support.tabling import MIXED, inspector
from petitions.models import Petition
from reports.case_columns import USUAL
from reports.models import LIVE, FileForm
from reports.selectors.case_rows import ListWish
from reports.services.exports import request_cases
from reports.tasks import run_exports
from tables.enums import Key
from tables.periods import LONGEST_DAYS

CASES, COLUMNS = 100_000, 30
PORT, KIND, MONTH = int(sys.argv[1]), sys.argv[2], sys.argv[3]
UNTIL = date.fromisoformat(f"{MONTH}-28")


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Browser:
    def __init__(self, user: User) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        self.cookie = cookie_of(user)

    def ask(
        self, method: str, address: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str]:
        headers |= {"Cookie": self.cookie, "Referer": "http://127.0.0.1/"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie" and "csrf" in value:
                self.cookie = f"{self.cookie.split('; ')[0]}; {value.split(';')[0]}"
        return answer.status, answer.read().decode()


def month(browser: Browser) -> int:
    return browser.ask("GET", f"{reverse('reports:month')}?month={MONTH}&today=1")[0]


def table(browser: Browser) -> int:
    wish = {"rows": Key.UNIT, "columns": Key.MONTH, "measures": MIXED, "period": "fixed"}
    wish |= {"since": UNTIL - timedelta(days=LONGEST_DAYS - 1), "until": UNTIL}
    address = f"{reverse('tables:preview')}?{urlencode(wish, doseq=True)}"
    return browser.ask("GET", address, **{"HX-Request": "true"})[0]


def freeze(browser: Browser) -> int:
    """The form as the page sends it. 302 is how it answers; whether it froze is what the page says afterwards."""
    _status, page = browser.ask("GET", f"{reverse('reports:month')}?month={MONTH}&today=1")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="(\d*)"', page)
    assert token and seen, page[:2000]
    form = {"csrfmiddlewaretoken": token[1], "month": MONTH, "seen": seen[1]}
    if int(seen[1] or 0):
        form["reason"] = "再测一次"
    return browser.ask("POST", reverse("reports:freeze"), form)[0]


def export(_browser: Browser) -> int:
    actor = Actor.of(Post.objects.select_related("unit", "user").get(user__username="statistician"))
    newest = Petition.objects.order_by("-registered_at", "-pk").values_list("registered_at")[CASES][0]
    wish = ListWish("all", {"since": str(newest.date())}, USUAL[:COLUMNS])
    job = request_cases(actor=actor, wish=wish, form=FileForm.XLSX)
    while job.state in LIVE:
        run_exports.apply_async(queue="report", expires=5)  # as beat does
        time.sleep(2)
        job.refresh_from_db()
    assert not job.error, job.error
    job.file.delete(save=False)
    return 200


def main() -> None:
    user = inspector() if KIND == "table" else User.objects.get(username="statistician")
    browser, work = Browser(user), {"month": month, "table": table, "freeze": freeze, "export": export}[KIND]
    while True:
        begin = time.perf_counter()
        status = work(browser)
        spent = time.perf_counter() - begin
        print(f"{spent:.2f}" if status in {200, 302} else f"answered {status}", flush=True)


if __name__ == "__main__":
    main()
