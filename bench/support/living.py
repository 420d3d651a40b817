"""One client of ``bench/lifecycle.py``: waits for "go", lives for SECONDS, and says how many lives it finished."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from datetime import timedelta

from accounts.actor import Actor
from accounts.models import Post, Unit
from core.timekeeping import now
from outcomes.enums import CheckItem, CheckResult
from outcomes.services import ending
from petitions.enums import Channel, Kind, Outcome, Path, Rating, ServiceMethod
from petitions.services import answering, following, forwarding
from petitions.services.registering import NewPerson, NewPetition, register

HOUR = timedelta(hours=1)
WHAT = {"case_kind": Kind.APPEAL, "case_path": Path.PETITION}


def actor(username: str) -> Actor:
    return Actor.of(Post.objects.select_related("user", "unit").get(user__username=username))


def live(officer: Actor, handler: Actor, review_body: Unit, turn: str) -> None:
    """The last nine hours of a case, one act an hour, each a transaction of its own."""
    assert handler.unit is not None and officer.unit is not None
    at = now() - 9 * HOUR
    case = register(
        actor=Actor.petitioner(),
        new=NewPetition(
            channel=Channel.ONLINE,
            subject=f"夜市噪音扰民{turn}",
            body="河边的夜市每天营业到凌晨两点，音响声音很大，老人睡不好觉。",
            requests=["请规定收摊时间"],
            persons=[NewPerson(name="测某", phone=f"137{int(time.time_ns()) % 10**8:08d}")],
        ),
        unit=officer.unit,
        at=at,
    ).petition
    forwarding.forward(petition=case, actor=officer, unit=handler.unit, at=at + HOUR, **WHAT)
    forwarding.accept(petition=case, actor=handler, kind=Kind.APPEAL, path=Path.PETITION, at=at + 2 * HOUR)
    answering.conclude(
        petition=case,
        actor=handler,
        text="已约谈摊主，夜市十点收摊。",
        basis="《噪声污染防治法》",
        outcomes={one.pk: (Outcome.EXPLAINED, "已说明") for one in case.requests.all()},
        review_body=review_body,
        at=at + 3 * HOUR,
    )
    answering.serve(
        petition=case,
        actor=handler,
        method=ServiceMethod.DIRECT,
        served_at=at + 4 * HOUR,
        recipient="本人",
        paper_number="测〔2026〕1号",
        at=at + 4 * HOUR,
    )
    ratings = {"office_rating": Rating.SATISFIED, "unit_rating": Rating.SATISFIED}
    following.evaluate(petition=case, actor=Actor.petitioner(), at=at + 5 * HOUR, **ratings)
    done = dict.fromkeys(CheckItem, (CheckResult.DONE, ""))
    ending.check(petition=case, actor=handler, answers=done, at=at + 6 * HOUR)
    following.close(petition=case, actor=handler, at=at + 7 * HOUR)


def main(seconds: float, place: str) -> None:
    officer, handler = actor("officer"), actor("handler")
    assert handler.unit is not None and handler.unit.parent is not None
    body = handler.unit.parent
    live(officer, handler, body, f"{place}-0")  # everything is imported and planned once
    print("ready", flush=True)
    sys.stdin.readline()
    until, lived = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        lived += 1
        live(officer, handler, body, f"{place}-{lived}")
    print(lived, flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
