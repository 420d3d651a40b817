"""Beat after the machine's clock was put back: every entry goes on within a second or two, not after an hour."""

from datetime import datetime, timedelta

import pytest
import time_machine

from config.beat import SteadyScheduler
from config.celery import app
from core.timekeeping import SHANGHAI

NOON = datetime(2026, 10, 8, 12, tzinfo=SHANGHAI)


@pytest.fixture
def scheduler(tmp_path, monkeypatch):
    """Two entries, one each second and one every two; what is published is noted."""
    published = []
    with time_machine.travel(NOON, tick=False):
        made = SteadyScheduler(app=app, schedule_filename=str(tmp_path / "beat"), lazy=True)
        made.setup_schedule()
        made.schedule.clear()
        for name, every in (("sweep", 1.0), ("send", 2.0)):
            made.add(name=name, task=name, schedule=every)
        monkeypatch.setattr(made, "apply_entry", lambda entry, producer=None: published.append(entry.name))
        monkeypatch.setattr(SteadyScheduler, "producer", None)
        made.published = published
        yield made
    made.close()


def run(scheduler, start, seconds):
    """Ticks as often as beat does; what was published in that time."""
    scheduler.published.clear()
    for second in range(seconds):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            while scheduler.tick() == 0:
                pass
    return {name: scheduler.published.count(name) for name in ("sweep", "send")}


def test_each_entry_comes_as_often_as_it_is_to(scheduler):
    assert run(scheduler, NOON + timedelta(seconds=1), 10) == {"sweep": 10, "send": 5}


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=3)])
def test_a_clock_put_back_stops_nothing(scheduler, back):
    run(scheduler, NOON + timedelta(seconds=1), 10)
    after = run(scheduler, NOON - back, 10)
    assert after["sweep"] >= 9 and after["send"] >= 4


def test_a_clock_put_forward_doubles_nothing(scheduler):
    run(scheduler, NOON + timedelta(seconds=1), 10)
    after = run(scheduler, NOON + timedelta(hours=1), 10)
    assert after["sweep"] <= 11 and after["send"] <= 6
