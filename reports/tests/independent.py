"""The figures of a month counted a second time: one plain SQL statement each, from the words of docs/indicators.md.

Nothing here imports what the page counts with, and what was done is read from events, notices, records and papers
rather than from how a clock was stopped: two ways of counting that share no line can only agree by being right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

#: Sealed cases are in no figure, and what complains of the reader's own office is not the reader's to count. A unit
#: is counted on the line of the child of the district that it is, or that it stands below.
COUNTED = """
WITH counted AS (
    SELECT * FROM petitions_petition WHERE NOT sealed AND NOT (id = ANY(%(hidden)s))
), line_of AS (
    SELECT below.id AS unit_id, line.id AS line
    FROM accounts_unit below
    JOIN accounts_unit line ON line.parent_id = %(district)s AND starts_with(below.path, line.path)
), deadline AS (
    SELECT clock.id, clock.petition_id, clock.started_at, clock.stopped_at, clock.due_at, rule.code,
           GREATEST(clock.due_at, clock.held_until) AS ends_at, line_of.line
    FROM petitions_petitionclock clock
    JOIN deadlines_rule rule ON rule.id = clock.rule_id
    JOIN counted ON counted.id = clock.petition_id
    LEFT JOIN line_of ON line_of.unit_id = COALESCE(clock.missed_unit_id, clock.unit_id)
)
"""

#: 期限截止日在本月且已到期; 时限在本月且已到. What is done at the very moment is in time, so that moment itself is not over.
DUE = "deadline.due_at >= %(start)s AND deadline.due_at < %(end)s AND deadline.due_at < %(now)s"

#: 登记时间在本月. A visit counts by its batches, everything else by the piece; both together are 件次. 集体访: as many
#: people as the district says in each batch of the visit.
_REGISTERED = """
SELECT line_of.line, counted.channel, COALESCE(category.level1, '未分类') AS level1, SUM({what})::int
FROM counted
LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
LEFT JOIN petitions_category category ON category.id = counted.category_id
WHERE counted.registered_at >= %(start)s AND counted.registered_at < %(end)s
GROUP BY 1, 2, 3
"""
_VISIT = "channel IN ('visit', 'reception')"
_MASS = f"{_VISIT} AND head_count >= %(mass)s * batch_count"
VOLUMES = {
    code: COUNTED + _REGISTERED.format(what=what)
    for code, what in {
        "count": f"CASE WHEN {_VISIT} THEN batch_count ELSE 1 END",
        "pieces": f"CASE WHEN {_VISIT} THEN 0 ELSE 1 END",
        "batches": f"CASE WHEN {_VISIT} THEN batch_count ELSE 0 END",
        "heads": f"CASE WHEN {_VISIT} THEN head_count ELSE 0 END",
        "mass_batches": f"CASE WHEN {_MASS} THEN batch_count ELSE 0 END",
        "mass_heads": f"CASE WHEN {_MASS} THEN head_count ELSE 0 END",
        "repeats": (f"CASE WHEN repeat_of_id IS NULL THEN 0 WHEN {_VISIT} THEN batch_count ELSE 1 END"),
    }.items()
}

FORWARDING = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent sent
           WHERE sent.petition_id = deadline.petition_id AND sent.act IN ('forward', 'assign')
             AND sent.at <= deadline.due_at)),
       COUNT(*)
FROM deadline WHERE code = 'forwarding' AND {DUE} GROUP BY line
"""

#: Decided, and told in writing, both by the last day: the written notice counts by when it was sent or handed over,
#: the answer itself in the petitioner's hands tells as well (docs/deadlines.md). Another way after acceptance is
#: decided by that change. 同意异议退回的不计.
ACCEPTANCE = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent decided
           WHERE decided.petition_id = deadline.petition_id AND decided.act IN ('accept', 'refuse', 'change_way')
             AND decided.at BETWEEN deadline.started_at AND deadline.due_at
       ) AND EXISTS (
           SELECT FROM (
               SELECT petition_id, told_at AS at FROM petitions_writtennotice
               UNION ALL
               SELECT COALESCE(petition_id, former_of_id), COALESCE(published_at, served_at)
               FROM petitions_paperservice
           ) told
           WHERE told.petition_id = deadline.petition_id
             AND told.at BETWEEN deadline.started_at AND deadline.due_at)),
       COUNT(*)
FROM deadline
WHERE code = 'notice' AND {DUE}
  AND NOT EXISTS (
      SELECT FROM petitions_petitionevent back
      WHERE back.petition_id = deadline.petition_id AND back.act = 'agree_objection'
        AND back.at BETWEEN deadline.started_at AND COALESCE(deadline.stopped_at, 'infinity'))
GROUP BY line
"""

#: The opinion was made by the last day, extension included, of the same time of handling: an answer that was ordered
#: to be made anew belongs to the days before that. 期限内改为其他途径的不计.
CONCLUSION = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_reply reply
           WHERE COALESCE(reply.petition_id, reply.former_of_id) = deadline.petition_id
             AND reply.made_at >= deadline.started_at
             AND reply.made_at <= LEAST(deadline.due_at, COALESCE(deadline.stopped_at, 'infinity')))),
       COUNT(*)
FROM deadline
WHERE code = 'conclusion' AND {DUE}
  AND NOT EXISTS (
      SELECT FROM petitions_petitionevent changed
      WHERE changed.petition_id = deadline.petition_id AND changed.act = 'change_way'
        AND changed.at = deadline.stopped_at AND changed.at <= deadline.due_at)
GROUP BY line
"""

#: Whom the 10 and 30 minutes and the 24 hours bind is what the clock says: they follow a case to the unit that it is
#: given to while they run (docs/deadlines.md), over or not.
RESPOND_10 = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent response
           WHERE response.petition_id = deadline.petition_id AND response.act = 'respond'
             AND response.at <= deadline.due_at)),
       COUNT(*)
FROM deadline JOIN counted ON counted.id = deadline.petition_id
WHERE code = 'respond_10' AND {DUE}
  AND NOT (counted.anonymous AND NOT EXISTS (
      SELECT FROM petitions_petitionperson person
      WHERE person.petition_id = counted.id AND person.phone_index IS NOT NULL))
GROUP BY line
"""

#: Of the 30 minutes: reached, and a meeting agreed; or, apart from that, somebody dialled in vain before the end.
_MET = """EXISTS (
           SELECT FROM petitions_handlingrecord talk
           WHERE talk.petition_id = deadline.petition_id AND talk.kind = 'phone'
             AND talk.call_outcome = 'reached' AND talk.meeting_at IS NOT NULL AND talk.at <= deadline.due_at)"""
_TO_BE_CALLED = f"""FROM deadline
WHERE code = 'call_30' AND {DUE}
  AND EXISTS (
      SELECT FROM petitions_petitionperson person
      WHERE person.petition_id = deadline.petition_id AND person.phone_index IS NOT NULL)
GROUP BY line
"""
CALL_30 = f"""{COUNTED}
SELECT line, COUNT(*) FILTER (WHERE {_MET}), COUNT(*) {_TO_BE_CALLED}"""
UNREACHED = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE NOT {_MET} AND EXISTS (
           SELECT FROM petitions_handlingrecord attempt
           WHERE attempt.petition_id = deadline.petition_id AND attempt.kind = 'phone'
             AND attempt.call_outcome IN ('not_reached', 'wrong_number') AND attempt.at <= deadline.due_at)),
       COUNT(*)
{_TO_BE_CALLED}"""

FIRST_ROUND_24 = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent done
           WHERE done.petition_id = deadline.petition_id AND done.act = 'first_round'
             AND done.at <= deadline.due_at
       ) AND EXISTS (
           SELECT FROM petitions_petitionevent named
           WHERE named.petition_id = deadline.petition_id AND named.act = 'name_responsible'
             AND named.at <= deadline.due_at)),
       COUNT(*)
FROM deadline WHERE code = 'first_round_24' AND {DUE} GROUP BY line
"""

#: 评价时间在本月, the ratings of answers that were ordered to be made anew since included; 满意 0, 基本满意 1. Only
#: the statistician's post counts what is not closed yet.
_SATISFACTION = """
SELECT line_of.line, COUNT(*) FILTER (WHERE rated.{rating} IN (0, 1)), COUNT(*)
FROM petitions_evaluation rated
JOIN counted ON counted.id = COALESCE(rated.petition_id, rated.former_of_id)
LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
WHERE rated.at >= %(start)s AND rated.at < %(end)s
  AND (NOT %(closed_only)s OR counted.status = 'closed')
GROUP BY line_of.line
"""
OFFICE_SATISFACTION = COUNTED + _SATISFACTION.format(rating="office_rating")
UNIT_SATISFACTION = COUNTED + _SATISFACTION.format(rating="unit_rating")

#: The window ends with its due moment or, where its receipt was entered late, 30 days after the entry. One that was cut
#: short, unused, because the answer was ordered to be made anew is neither rated nor overdue (评价期未满的不计).
#: What was rated after that is the new answer, which has a window of its own.
#: One that was rated before it was cut short counts as rated.
PARTICIPATION = f"""{COUNTED}, windows AS (
    SELECT line, EXISTS (
               SELECT FROM petitions_evaluation rating
               WHERE COALESCE(rating.petition_id, rating.former_of_id) = deadline.petition_id
                 AND rating.at >= deadline.started_at
                 AND rating.at <= LEAST(deadline.ends_at, COALESCE(deadline.stopped_at, 'infinity'))) AS rated,
           EXISTS (
               SELECT FROM petitions_petitionevent anew
               WHERE anew.petition_id = deadline.petition_id AND anew.act = 'redo'
                 AND anew.at >= deadline.started_at AND anew.at < deadline.ends_at) AS cut_short
    FROM deadline
    WHERE code = 'petitioner_window'
      AND ends_at >= %(start)s AND ends_at < %(end)s AND ends_at < %(now)s
)
SELECT line, COUNT(*) FILTER (WHERE rated), COUNT(*)
FROM windows WHERE rated OR NOT cut_short GROUP BY line
"""

#: 受理决定在本月; 哪个单位作出决定就计入哪个单位.
REFUSAL = f"""{COUNTED}
SELECT line_of.line, COUNT(*) FILTER (WHERE decided.act = 'refuse'), COUNT(*)
FROM petitions_petitionevent decided
JOIN counted ON counted.id = decided.petition_id
LEFT JOIN line_of ON line_of.unit_id = decided.unit_id
WHERE decided.act IN ('accept', 'refuse') AND decided.at >= %(start)s AND decided.at < %(end)s
GROUP BY line_of.line
"""

RATES = {
    "forwarding": FORWARDING,
    "acceptance": ACCEPTANCE,
    "conclusion": CONCLUSION,
    "respond_10": RESPOND_10,
    "call_30": CALL_30,
    "unreached": UNREACHED,
    "first_round_24": FIRST_ROUND_24,
    "office_satisfaction": OFFICE_SATISFACTION,
    "unit_satisfaction": UNIT_SATISFACTION,
    "participation": PARTICIPATION,
    "refusal": REFUSAL,
}

#: 不足 5 件评价的不显示.
FEWEST_RATINGS = 5


class Count:
    """All figures of a district's month by these statements. Lines are ids of units; None: not forwarded yet."""

    def __init__(
        self,
        *,
        district: int,
        start: datetime,
        end: datetime,
        now: datetime,
        hidden: Sequence[int] = (),
        closed_only: bool = False,
    ) -> None:
        self.asked = {
            "district": district,
            "start": start,
            "end": end,
            "now": now,
            "hidden": list(hidden),
            "closed_only": closed_only,
            "mass": settings.MASS_VISIT_HEADS,
            "watched": settings.FIRST_RESOLVED_DAYS,
        }

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.asked)
            return list(cursor.fetchall())

    def volume(self, code: str) -> Counter[tuple[int | None, str, str]]:
        """By line, channel and first-level category; cells of nothing are left out."""
        return +Counter(
            {(line, channel, level1): n for line, channel, level1, n in self._rows(VOLUMES[code])}
        )

    def pairs(self, statement: str) -> dict[int | None, tuple[int, int]]:
        """Part and whole by line, of a statement that selects these three."""
        return {line: (part, whole) for line, part, whole in self._rows(statement)}

    def rate(self, code: str) -> dict[int | None, tuple[int, int]]:
        """Part and whole by line; of the repeated cases from the two volumes they are made of."""
        if code != "repeat_rate":
            return self.pairs(RATES[code])
        wholes: Counter[int | None] = Counter()
        parts: Counter[int | None] = Counter()
        for kept, name in ((wholes, "count"), (parts, "repeats")):
            for (line, _channel, _level1), n in self.volume(name).items():
                kept[line] += n
        return {line: (parts[line], whole) for line, whole in wholes.items()}


def withheld(rated: dict[int | None, tuple[int, int]]) -> set[int | None]:
    """Lines whose ratings are not shown: fewer than five, and whatever the total would tell of these.

    One line left out is the total less all others, and so the smallest of the others goes with it.
    """
    filled = {line: whole for line, (_part, whole) in rated.items() if whole}
    left_out = {line for line, whole in filled.items() if whole < FEWEST_RATINGS}
    if len(left_out) == 1 and len(filled) > 1:
        left_out.add(min(filled.keys() - left_out, key=lambda line: filled[line]))
    return left_out
