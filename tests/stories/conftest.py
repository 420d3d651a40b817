"""What the stories share: a moment that can be moved, people at their screens, and what each finds there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse

from core.timekeeping import SHANGHAI, now
from deadlines.services import sweep_all
from notifications.models import Notice
from petitions import extensions
from petitions.enums import Act
from petitions.models import Petition
from petitions.selectors.categories import current_categories
from petitions.services import codes
from petitions.services.categories import load_default
from tests.stories.screens import Clock, Screens

#: A Thursday morning with no holiday near.
MORNING = datetime(2026, 9, 3, 9, 0, tzinfo=SHANGHAI)


class Time:
    """The story's clock: stands still until it is moved."""

    def __init__(self, traveller) -> None:
        self._traveller = traveller

    def move_to(self, moment: datetime) -> None:
        assert moment >= now(), "a story goes forward"
        self._traveller.move_to(moment)

    def move(self, **length: float) -> None:
        self.move_to(now() + timedelta(**length))

    def pass_in_minutes(self, minutes: int) -> None:
        """Let time pass, the sweep coming by twice a minute."""
        for _minute in range(minutes):
            self.move(minutes=1)
            sweep_all(now=now())
            sweep_all(now=now())


@pytest.fixture
def time():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield Time(traveller)


@pytest.fixture
def clock():
    """For screens: the clock runs, and is put forward."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield Clock(traveller)


@pytest.fixture
def screens(cast, clock, open_page, client_as, live_server) -> Screens:
    return Screens(cast, open_page, client_as, live_server.url)


class Desks:
    """People of the cast at their screens. Every call is a person who has just logged in."""

    def __init__(self, cast, client_as: Callable) -> None:
        self.cast, self.client_as = cast, client_as

    def of(self, who: str) -> Client:
        return self.client_as(getattr(self.cast, who))

    def read(self, who: str, address: str, *, status: int = 200) -> str:
        """The text of a page, as that person gets it."""
        answer = self.of(who).get(address)
        assert answer.status_code == status, (who, address, answer.status_code, answer.headers)
        return text_of(answer)

    def do(self, who: str, case: Petition, act: str, **typed) -> str:
        """Open the form of an act by its button on the case page, fill it in, send it; what the next page says."""
        client = self.of(who)
        address = extensions.url_of(Act(act), case) or reverse("petitions:act", args=[case.number, act])
        assert address in client.get(case.get_absolute_url()).content.decode(), f"{who} has no button {act}"
        form = client.get(address).context["form"]
        filled = {name: form[name].value() for name in form.fields}
        data = {name: value for name, value in filled.items() if value not in {None, False}} | typed
        answer = client.post(address, data, follow=True)
        assert answer.redirect_chain, f"{act} was not accepted: {text_of(answer)}"
        assert answer.status_code == 200
        case.refresh_from_db()
        return text_of(answer)

    def has_no_button(self, who: str, case: Petition, act: str) -> bool:
        """Neither a button nor a way round it: the address refuses."""
        client = self.of(who)
        address = reverse("petitions:act", args=[case.number, act])
        page = client.get(case.get_absolute_url())
        assert address not in page.content.decode()
        return client.get(address).status_code in {403, 404, 409}

    def fill(self, who: str, page: str, /, **typed) -> str:
        """Open a page with a form, fill it in over what stands there, send it; what the next page says."""
        client = self.of(who)
        form = client.get(page).context["form"]
        filled = {name: form[name].value() for name in form.fields}
        data = {name: value for name, value in filled.items() if value not in {None, False}} | typed
        return self.send(client, page, **data)

    def send(self, client: Client, page: str, /, **data) -> str:
        answer = client.post(page, data, follow=True)
        assert answer.redirect_chain, f"{page} was not accepted: {text_of(answer)}"
        assert answer.status_code == 200
        return text_of(answer)

    def inbox(self, who: str) -> list[str]:
        """The notices on a person's page, oldest first; the page and the rows agree."""
        rows = list(Notice.objects.filter(recipient=getattr(self.cast, who)).order_by("pk"))
        page = self.read(who, reverse("notifications:inbox"))
        for row in rows[-40:]:
            assert row.text in page
        return [row.text for row in rows]


@pytest.fixture
def desks(cast, client_as, time) -> Desks:
    return Desks(cast, client_as)


class Resident:
    """Somebody with a phone and no account; keeps the number and the query code of the receipt."""

    def __init__(self) -> None:
        self.client = Client()
        self.number = self.code = ""

    def file(self, **typed) -> Petition:
        assert self.client.get(reverse("petitions:file")).status_code == 200
        answer = self.client.post(
            reverse("petitions:file"), {"token": codes.new_token(), **typed}, follow=True
        )
        assert answer.redirect_chain == [(reverse("petitions:receipt"), 302)], text_of(answer)
        case = answer.context["petition"]
        self.number, self.code = case.number, answer.context["code"]
        assert self.number in text_of(answer)
        assert self.code in text_of(answer)
        return Petition.objects.get(number=self.number)

    def look(self) -> str:
        """The own case, after number and code were typed anew."""
        wanted = {"number": self.number, "code": self.code}
        answer = self.client.post(reverse("petitions:query"), wanted, follow=True)
        assert answer.redirect_chain == [(reverse("petitions:mine"), 302)], text_of(answer)
        return text_of(answer)

    def rate(self, **typed) -> str:
        self.look()
        data = {"token": codes.new_token(), **typed}
        answer = self.client.post(reverse("petitions:mine_evaluate"), data, follow=True)
        assert answer.redirect_chain, text_of(answer)
        return text_of(answer)


@pytest.fixture
def resident(cast) -> Resident:
    return Resident()


@pytest.fixture
def categories(db):
    """The leaves offered for new cases; the shipped table, also after a test that emptied every table."""
    load_default(apps, now())
    return list(current_categories().order_by("pk"))


def text_of(answer) -> str:
    """What stands between the tags."""
    body = re.sub(r"<(script|style|title)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
