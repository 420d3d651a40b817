"""Kill anything at random moments, and count afterwards.

    python -m tests.chaos [--rounds 50] [--workers 2] [--beats 2] [--seed N] [--speed 300] [--minutes M] [--folder DIR]

A round: after a random while one to three victims get SIGKILL at once, stay down for a random while, and are started
again. Residents file, an officer answers and forwards, a unit accepts, all the time and through the web. At the end
everything is started once more, the crowd stops, and ``tests.chaos.auditor`` counts. The seed chooses victims and pauses;
what the machine does in between is its own. Prints the figures as JSON; ends with 1 where anything was lost.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.chaos.stage import ROOT, Stage
from tests.chaos.traffic import Crowd, Told

FOLDER = ROOT / "var" / "chaos"


def play(stage, dice, *, rounds, minutes):
    """Kill and start again; how many rounds were played."""
    end = time.monotonic() + minutes * 60
    for number in range(1, rounds + 1):
        if time.monotonic() > end:
            return number - 1
        time.sleep(dice.uniform(0.2, 2.5))
        stage.note_ended()
        stage.restart_dead()
        chosen = dice.sample(stage.victims(), dice.choice((1, 1, 2, 3)))
        for victim in dict.fromkeys(chosen):
            stage.kill(victim, dice)
        say(f"round {number}: {', '.join(dict.fromkeys(chosen))}")
        time.sleep(dice.uniform(0, 1.5))
        began = time.monotonic()
        stage.restart_dead()
        if dice.random() < 0.7 and not stage.sweeps(began, 30):  # else the next blow falls while they start
            say("  no sweep within 30 seconds")
    return rounds


def say(words):
    print(words, file=sys.stderr, flush=True)


def run(asked):
    dice, began = random.Random(asked.seed), time.monotonic()
    told = asked.folder / "told.jsonl"
    crew = {"workers": asked.workers, "beats": asked.beats}
    with Stage(asked.folder, **crew, speed=asked.speed, tables=asked.tables) as stage:
        assert stage.sweeps(time.monotonic(), 60), "nothing swept in the first minute"
        say(f"up after {time.monotonic() - began:.0f} s; seed {asked.seed}")
        with Crowd(stage.site, Told(told), pause=asked.pause) as crowd:
            played = play(stage, dice, rounds=asked.rounds, minutes=asked.minutes)
            stage.mail_server.come_back(at_once=True)
            stage.restart_dead()
            swept = stage.sweeps(time.monotonic(), 60)
            time.sleep(2)  # what was filed last is seen by one more sweep
        stage.stop_programs()
        figures = audit(stage, told)
    return {
        "rounds": played, "seed": asked.seed, **crew,
        "swept at the end": swept, "kills": dict(stage.kills), "ended by themselves": dict(stage.ended),
        "requests": crowd.tries, "seconds": round(time.monotonic() - began), **figures,
    }  # fmt: skip


def lay_still(figures):
    """Whether the engine itself had stopped: nothing swept at the end, or what had been due long before was first done
    by the hand that settles."""
    return not figures["swept at the end"] or figures["counted"]["overdue in the end"] > 0


def audit(stage, told):
    """First what is due is done, then the mail server's list is complete, then all is counted."""
    settled = auditor(stage, "--settle")["counted"]
    mails = stage.folder / "mails.json"
    mails.write_text(json.dumps(stage.mails.received))
    figures = auditor(stage, "--at", settled["settled at"], "--told", str(told), "--mails", str(mails))
    figures["counted"] |= {key: n for key, n in settled.items() if key.endswith("in the end")}
    return figures


def auditor(stage, *options):
    command = [sys.executable, "-m", "tests.chaos.auditor", *options]
    answer = subprocess.run(command, cwd=ROOT, env=stage.environment, capture_output=True, text=True)
    try:
        return json.loads(answer.stdout)
    except ValueError:
        raise SystemExit(answer.stderr) from None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--beats", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument(
        "--speed", type=int, default=300, help="minute and hour rules run so many times faster"
    )
    parser.add_argument("--minutes", type=float, default=60, help="no round begins after so many")
    parser.add_argument("--pause", type=float, default=0.5, help="seconds between two filings of a resident")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--tables", type=Path, help="an SQL dump of empty tables, instead of all migrations")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(1))  # so that what was started is cleared away
    figures = run(asked)
    words = json.dumps(figures, ensure_ascii=False, indent=1)
    (asked.folder / "figures.json").write_text(words)
    print(words)
    return (
        1
        if any(figures[word] for word in ("lost", "doubled", "orphaned", "broken")) or lay_still(figures)
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
