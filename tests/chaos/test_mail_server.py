"""A mail server that says nothing, or thinks about every mail: through a real beat, worker and sender."""

import time

import pytest

from tests.chaos.__main__ import audit
from tests.chaos.stage import OURS, Stage
from tests.chaos.traffic import Crowd, Told

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
#: It was as long as a round of sending, two minutes. A sweep comes every second; the rest is a busy machine.
MOST = 10


def longest_rest(stage, seconds):
    """The greatest age of the last sweep that was seen."""
    end, worst = time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        worst = max(worst, stage.health().get("age_of_last_sweep_seconds") or 0.0)
        time.sleep(0.2)
    return worst


@pytest.fixture
def alone(monkeypatch, folder):
    """Nothing of this test run's own servers; the run's mark is taken off again."""
    for name in set(OURS) - {"PYTEST_CURRENT_TEST"}:  # pytest takes that off by itself
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(folder))


def test_a_mail_server_that_hangs_or_is_slow_stops_no_sweep_and_loses_nothing(alone, folder, tables):
    told = folder / "told.jsonl"
    with Stage(folder, workers=1, beats=1, speed=300, tables=tables) as stage:
        assert stage.sweeps(time.monotonic(), 90), "nothing swept"
        stage.mails.hanging = True
        with Crowd(stage.site, Told(told), pause=0.5):
            silent = longest_rest(stage, 15)
            asked = stage.mails.asked
            stage.mails.hanging, stage.mails.slow = False, 0.3
            slow = longest_rest(stage, 8)
        stage.mails.slow = 0
        stage.stop_programs()
        figures = audit(stage, told)
    assert asked, "nobody asked the mail server"
    assert silent < MOST and slow < MOST, (silent, slow)
    assert {word: figures[word] for word in ("lost", "doubled", "orphaned", "broken")} == {
        "lost": 0, "doubled": 0, "orphaned": 0, "broken": 0,
    }, figures  # fmt: skip
    assert figures["counted"]["alerts"] and figures["counted"]["mails"], figures
