"""Counts what was lost, doubled or orphaned, from the rows alone and from what people were told.

    DATABASE_URL=… python -m tests.chaos.auditor [--settle] [--at MOMENT] [--told TOLD.jsonl] [--mails MAILS.json]

Works on any database of the project. ``--told``: what the pages told residents and officials; ``--mails``: Message-IDs
that a mail server took, with how often. ``--settle`` first does by hand what the next ticks would do (sweep, send, seal);
messages that a killed sender held are asked for as from the moment at which its claim lapses, and those that a mail
server away put off as from their next attempts; and says at which moment.
``--at``: what fell due after this moment may still be open; now by default. Prints figures as JSON and ends with 1 where a
count that must be nought is not.
"""

import argparse
import io
import json
import os
import re
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.chaos.settings")

import django

django.setup()

from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import AuditEntry, Post
from accounts.services import audit_chain
from core.timekeeping import now
from deadlines import ladder, ledger
from deadlines.enums import EntryKind, StepKind
from deadlines.models import ClockEntry
from deadlines.registry import clock_classes
from deadlines.rulebook import rulebook
from deadlines.services import sweep_all
from notifications.enums import OutboxState
from notifications.models import Notice, OutboxMessage
from notifications.services import claiming, outbox
from notifications.services.entitled import LEFT_WORDS
from petitions.models import Petition, PetitionEvent
from petitions.services.clocks import AT_ARRIVAL, applies

#: A clock may be due for so long before the sweep is late.
GRACE = timedelta(seconds=3)
#: What has been due for so long before the hand settles was not about to be done: a killed sweep's rows come back at
#: once, the low-water mark looks back every minute, and a killed sender's claims lapse.
LONG = timedelta(minutes=2)
MARK = re.compile(r"来件标记 (\S+) 止")
ONCE = ("register", "respond", "forward", "accept")


class Findings:
    """What must be nought, with a few examples of each, and what is merely counted."""

    def __init__(self):
        self.faults: Counter = Counter()
        self.examples: dict[str, list[str]] = {}
        self.counted: dict[str, int] = {}

    def fault(self, kind, example):
        """``kind`` begins with lost, doubled, orphaned or broken."""
        self.faults[kind] += 1
        if len(kept := self.examples.setdefault(kind, [])) < 5:
            kept.append(str(example))

    def totals(self):
        words = ("lost", "doubled", "orphaned", "broken")
        return {word: sum(n for kind, n in self.faults.items() if kind.startswith(word)) for word in words}

    def as_dict(self):
        return {**self.totals(), "counted": self.counted, "faults": self.faults, "examples": self.examples}


def settle():
    """What the next ticks would do; how much of it there was."""
    at = now()
    overdue = overdue_at(at)
    swept = sum(result.claimed for result in sweep_all(now=at).values())
    later, sent = at + claiming.LEASE + timedelta(seconds=1), 0
    for minutes in (0, *claiming.BACK_OFF_MINUTES):
        later += timedelta(minutes=minutes * 1.1)
        while (result := outbox.send_due(later)).sent:
            sent += result.sent
    while audit_chain.seal():
        pass
    return {
        "settled at": at.isoformat(), "overdue in the end": overdue,
        "swept in the end": swept, "sent in the end": sent,
    }  # fmt: skip


def overdue_at(at):
    """Clocks that no sweep and messages that no sender has seen to for so long: were all done by hand, the count would
    find a dead engine in order."""
    clocks = sum(one._base_manager.filter(next_at__lt=at - LONG).count() for one in clock_classes())
    lapsed = OutboxMessage.objects.filter(state__in=claiming.OPEN_STATES)
    return clocks + lapsed.filter(next_try_at__lt=at - LONG - claiming.LEASE).count()


def check_told(found, lines):
    """Every receipt is a case, every act that was said to be done is in its history, and nothing came of one form twice."""
    of_mark: dict[str, list[str]] = {}
    for number, body in Petition.objects.values_list("number", "body"):
        if mark := MARK.search(body):
            of_mark.setdefault(mark[1], []).append(number)
    events = Counter(PetitionEvent.objects.values_list("petition__number", "act"))
    said = Counter(line["said"] for line in lines)
    found.counted |= {"forms sent": said["sent"], "receipts": said["receipt"], "acts said done": said["done"]}
    for line in lines:
        if line["said"] == "receipt" and line["number"] not in of_mark.get(line["mark"], []):
            found.fault("lost: receipt without a case", line)
        if line["said"] == "done" and not events[line["number"], line["act"]]:
            found.fault("lost: act without its event", line)
    for mark, numbers in of_mark.items():
        if len(numbers) > 1:
            found.fault("doubled: one form, several cases", f"{mark}: {numbers}")
    sent = {line["mark"] for line in lines if line["said"] == "sent"}
    for mark in of_mark.keys() - sent:
        found.fault("orphaned: case that nobody sent", mark)


def check_cases(found):
    """A case is there with all that its registration writes, or not at all."""
    found.counted["cases"] = Petition.objects.count()
    for relation in ("events", "clocks", "scopes", "requests"):
        for number in Petition.objects.filter(**{relation: None}).values_list("number", flat=True):
            found.fault(f"orphaned: case without {relation}", number)
    twice = PetitionEvent.objects.filter(act__in=ONCE).values("petition__number", "act")
    for row in twice.annotate(n=Count("pk")).filter(n__gt=1):
        found.fault("doubled: act in the history twice", row)
    registered = AuditEntry.objects.filter(act="petition.register")
    recorded = Counter(registered.values_list("object_id", flat=True))
    for case in Petition.objects.prefetch_related("clocks__rule"):
        if recorded[str(case.audit_name)] != 1:
            found.fault("lost: registration not once in the audit log", case.number)
        started = {clock.rule.code for clock in case.clocks.all()}
        for code in AT_ARRIVAL:
            if applies(case, code) and code not in started:
                found.fault("lost: clock that arrival starts", f"{case.number} {code}")


class Rounds:
    """What the ledger says of the rounds of each clock: under which rule and extension its rungs were told, and when the
    last round but the first began."""

    CHANGES = (EntryKind.RULE, EntryKind.EXTEND, EntryKind.LEAVE_OUT, EntryKind.MOVE)

    def __init__(self, clock_class):
        self.known, self.began, self.early = {}, {}, set()
        lines = ClockEntry.objects.filter(clock_class=clock_class._meta.label_lower).order_by("pk")
        columns = ("clock_id", "kind", "rule_id", "extended_days", "at", "breached_at")
        for pk, kind, rule, days, at, breached in lines.values_list(*columns).iterator():
            self.known.setdefault(pk, set()).add((rule, days))
            if kind in self.CHANGES:
                self.began[pk] = at
            if kind == EntryKind.BREACH and breached is None:
                self.early.add(pk)  # a machine clock was fast: told, taken back, and due yet
        self.taken_back = ledger.rounds(clock_class, list(self.known))

    def counted_as_done(self, clock, rung, due, told):
        """Whether a change put it behind the clock: a reminder that is over, or what an earlier round has told."""
        began = self.began.get(clock.pk)
        if began is None or due > began:
            return False
        return rung.kind == StepKind.REMIND or any(key.startswith(f"{clock.key}:") for key in told)

    def of_an_earlier_round(self, pk, rule, days, clock):
        """Told under a rule or with an extension that the clock had before, or of a breach that was taken back."""
        return (rule, days) in self.known.get(pk, ()) and (
            (rule, days) != (clock.rule_id, clock.extended_days) or pk in self.taken_back or pk in self.early
        )


RUNG = re.compile(r"(?P<clock>[a-z_]+\.[a-z_]+:(?P<pk>\d+)):(?P<rule>\d+):(?P<days>\d+)(r\d+)?:\d+$")


#: What a clock may be of: a case, or something that belongs to one.
OF_CASES = ("petition", "review", "package", "instruction", "supervision", "order", "execution")


def notices_withdrawn(clock):
    """Whether notices of its case may have been taken back, and rightly: it was sealed, somebody may not know of it."""
    of = next((getattr(clock, name) for name in OF_CASES if hasattr(clock, name)), None)
    case = getattr(of, "petition", of)
    return isinstance(case, Petition) and bool(case.sealed or case.has_recusals or case.complained_unit_id)


def told_of():
    """Rung → whom it was told, how often."""
    told: dict[str, Counter] = {}
    for key, recipient in Notice.objects.values_list("dedupe_key", "recipient").iterator():
        told.setdefault(key.rsplit(":", 1)[0], Counter())[recipient] += 1
    return told


def check_alerts(found, at):
    """Each rung that a clock has done was told, each person once; no rung that is due was passed over; nothing was told
    of a rung that is not done. Rounds are read from the ledger: what was told before an extension, another rule or a
    breach taken back stays told, and is not told again by the round that follows."""
    told, book, done, clocks, overtaken = told_of(), rulebook(), set(), {}, 0
    by_clock: dict[str, list[str]] = {}
    for key in told:
        if match := RUNG.match(key):
            by_clock.setdefault(match["clock"], []).append(key)
    for clock_class in clock_classes():
        rounds = Rounds(clock_class)
        for clock in clock_class._base_manager.all().iterator():
            clock.rule = book.by_id[clock.rule_id]
            clocks[clock.key] = (clock, rounds)
            course = ladder.course_of(clock, book)
            rungs = ladder.in_order(book.ladder(clock.rule_id), course)
            first = ladder.first_rung(rungs, clock.started_at, course)
            for place, rung in enumerate(rungs):
                key = ladder.key_of(clock, rung, rounds.taken_back.get(clock.pk, 0))
                due = ladder.moment_of(clock, rung, course)
                if place >= clock.step_no:
                    if clock.stopped_at is None and due <= at - GRACE:
                        found.fault("lost: rung that is due and was not done", f"{key} {due}")
                    overtaken += clock.stopped_at is not None and due <= clock.stopped_at
                    continue
                done.add(key)
                missing = place >= first and rung.kind != StepKind.LAPSE and key not in told
                if missing and not rounds.counted_as_done(clock, rung, due, by_clock.get(clock.key, ())):
                    if notices_withdrawn(clock):
                        withdrawn = found.counted.get("rungs whose notices were taken back", 0)
                        found.counted["rungs whose notices were taken back"] = withdrawn + 1
                    else:
                        found.fault("lost: rung done and nobody told", key)
    labels = {clock_class._meta.label_lower for clock_class in clock_classes()}
    for rung, people in told.items():
        match = RUNG.match(rung)
        if match is None or match["clock"].rsplit(":", 1)[0] not in labels:
            continue
        if rung not in done:
            clock, rounds = clocks.get(match["clock"], (None, None))
            before = clock is not None and rounds.of_an_earlier_round(
                clock.pk, int(match["rule"]), int(match["days"]), clock
            )
            if not before:
                found.fault("orphaned: told of a rung that is not done", rung)
        for recipient, times in people.items():
            if times > 1:
                found.fault("doubled: one rung told to one person twice", f"{rung} {recipient}")
    alerts = sum(sum(told[key].values()) for keys in by_clock.values() for key in keys)
    found.counted |= {"rungs done": len(done), "alerts": alerts, "rungs a stop overtook": overtaken}


def sent_to_the_stand_in(notice):
    """Whoever is away has the notice alone, where whoever stands in for them was mailed of the same occasion."""
    occasion = notice.dedupe_key.removesuffix(str(notice.recipient_id))
    posts = Post.objects.filter(stands_in_for__user=notice.recipient_id).values_list("user", flat=True)
    keys = [f"{occasion}{user}" for user in posts]
    return bool(keys) and Notice.objects.filter(dedupe_key__in=keys, messages__isnull=False).exists()


def check_messages(found, at, mails):
    """Every notice to somebody with an address has its message once; none waits longer than it may; what is noted as
    sent has left, and nothing left that is not noted."""
    rows = OutboxMessage.objects.select_related("notice__recipient")
    for state, n in rows.values_list("state").annotate(n=Count("pk")).order_by("state"):
        found.counted[f"messages {OutboxState(state).name.lower()}"] = n
    for notice in Notice.objects.filter(messages=None).exclude(recipient__email=""):
        if sent_to_the_stand_in(notice):
            continue
        found.fault("lost: notice without a message", notice.dedupe_key)
    for message in rows.filter(state=OutboxState.SENDING, next_try_at__lt=at - GRACE):
        found.fault("orphaned: message that a sender held beyond its time", message)
    for message in rows.filter(state=OutboxState.WAITING, next_try_at__lt=at - GRACE):
        found.fault("lost: message that is due and was not sent", message)
    for message in rows.filter(state=OutboxState.GAVE_UP).exclude(last_error=LEFT_WORDS):
        found.fault("lost: message that was given up", f"{message} {message.last_error}")
    if mails is None:
        return
    known = {f"<{outbox.mail_for(one).extra_headers['Message-ID'].strip('<>')}>": one for one in rows}
    for name, message in known.items():
        if message.state == OutboxState.SENT and name not in mails:
            found.fault("lost: message noted as sent that no server took", message)
    for name in mails.keys() - known.keys():
        found.fault("orphaned: mail of no message", name)
    found.counted |= {"mails": sum(mails.values()), "mails sent again": sum(n - 1 for n in mails.values())}


def check_books(found):
    """The ledger of the clocks, and the chain of the audit log."""
    for command in ("check_deadlines", "verify_audit"):
        try:
            call_command(command, stdout=io.StringIO(), stderr=io.StringIO())
        except CommandError as error:
            found.fault(f"broken: {command}", error)


def audit(*, at, told=(), mails=None):
    found = Findings()
    check_told(found, list(told))
    check_cases(found)
    check_alerts(found, at)
    check_messages(found, at, mails)
    check_books(found)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--told", type=Path)
    parser.add_argument("--mails", type=Path)
    parser.add_argument("--settle", action="store_true")
    parser.add_argument("--at", type=datetime.fromisoformat, default=now())
    asked = parser.parse_args()
    settled = settle() if asked.settle else {}
    told = [json.loads(line) for line in asked.told.read_text().splitlines()] if asked.told else []
    found = audit(at=asked.at, told=told, mails=json.loads(asked.mails.read_text()) if asked.mails else None)
    found.counted |= settled
    print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    return 1 if any(found.totals().values()) else 0


if __name__ == "__main__":
    sys.exit(main())
