"""The figures beside the main table, counted a second time in plain SQL from the words of docs/indicators.md.

As in ``independent``: nothing here imports what the page counts with. Days are told by the calendar of Shanghai.
"""

from __future__ import annotations

from reports.tests.independent import COUNTED, DUE

#: The date of an instant in Shanghai.
DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"
_OVER_AT = "({} + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'"

#: 本机构初次件里到了责任单位的, whose thirtieth day after registration is in the month and over. 自然日，不顺延.
UNIT_ACCEPTANCE = f"""{COUNTED}, thirty AS (
    SELECT counted.id, line_of.line, {_OVER_AT.format(f"({DAY.format('registered_at')} + 30)")} AS over_at
    FROM counted LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
    WHERE lead_unit_id IS NOT NULL AND repeat_of_id IS NULL
      AND {DAY.format("registered_at")} + 30 >= {DAY.format("%(start)s::timestamptz")}
      AND {DAY.format("registered_at")} + 30 < {DAY.format("%(end)s::timestamptz")}
)
SELECT line, COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent said
           WHERE said.petition_id = thirty.id AND said.act IN ('accept', 'refuse', 'guide')
             AND said.at < thirty.over_at)),
       COUNT(*)
FROM thirty WHERE over_at <= %(now)s GROUP BY line
"""

#: 期限内责任单位决定, told or not; 同意异议退回的不计.
UNIT_ACCEPTANCE_OWN = f"""{COUNTED}
SELECT line,
       COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM petitions_petitionevent decided
           WHERE decided.petition_id = deadline.petition_id AND decided.act IN ('accept', 'refuse', 'guide')
             AND decided.at BETWEEN deadline.started_at AND deadline.due_at)),
       COUNT(*)
FROM deadline JOIN counted ON counted.id = deadline.petition_id AND counted.repeat_of_id IS NULL
WHERE code = 'notice' AND {DUE}
  AND NOT EXISTS (
      SELECT FROM petitions_petitionevent back
      WHERE back.petition_id = deadline.petition_id AND back.act = 'agree_objection'
        AND back.at BETWEEN deadline.started_at AND COALESCE(deadline.stopped_at, 'infinity'))
GROUP BY line
"""

#: 从登记之日到受理 (答复) 之日的天数, of each case the first.
_DAYS = """
, firsts AS (
    SELECT DISTINCT ON (petition_id) petition_id, unit_id, at
    FROM petitions_petitionevent WHERE act = '{act}' ORDER BY petition_id, at
)
SELECT line_of.line, SUM({done} - {came})::int, COUNT(*)
FROM firsts JOIN counted ON counted.id = firsts.petition_id
LEFT JOIN line_of ON line_of.unit_id = firsts.unit_id
WHERE firsts.at >= %(start)s AND firsts.at < %(end)s AND firsts.at <= %(now)s
GROUP BY line_of.line
"""
_BOTH = {"done": DAY.format("firsts.at"), "came": DAY.format("counted.registered_at")}
DAYS_TO_ACCEPTANCE = COUNTED + _DAYS.format(act="accept", **_BOTH)
DAYS_TO_ANSWER = COUNTED + _DAYS.format(act="conclude", **_BOTH)

ONLINE_SHARE = f"""{COUNTED}
SELECT line_of.line, COUNT(*) FILTER (WHERE channel IN ('online', 'typed_in', 'message_board')), COUNT(*)
FROM counted LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
WHERE channel NOT IN ('visit', 'reception') AND registered_at >= %(start)s AND registered_at < %(end)s
GROUP BY line_of.line
"""

#: 来访不计；两人以上联名; of these the ones with as many people as a 集体访.
_JOINT = """
SELECT line_of.line, SUM(head_count)::int, COUNT(*)
FROM counted LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
WHERE channel NOT IN ('visit', 'reception') AND registered_at >= %(start)s AND registered_at < %(end)s
  AND head_count >= {least}
GROUP BY line_of.line
"""

#: 文书成文或者答复作出的时间在本月, of the answer that is in force; 写明结论的诉求, each by itself.
_REQUESTS = """
SELECT line_of.line, COUNT(*) FILTER (WHERE asked.outcome = '{outcome}'), COUNT(*)
FROM petitions_petitionrequest asked JOIN counted ON counted.id = asked.petition_id
JOIN petitions_reply reply ON reply.petition_id = asked.petition_id
LEFT JOIN line_of ON line_of.unit_id = reply.unit_id
WHERE asked.outcome <> '' AND reply.made_at >= %(start)s AND reply.made_at < %(end)s AND reply.made_at <= %(now)s
GROUP BY line_of.line
"""

#: The opinion that was reviewed: of a 复核 the one that the 复查 was about. 已转其他程序的不计.
_REVIEWS = """
, review AS (
    SELECT review.*, line_of.line
    FROM reviews_review review JOIN counted ON counted.id = review.petition_id
    LEFT JOIN reviews_review earlier ON earlier.id = review.first_id
    JOIN petitions_reply reply ON reply.id = COALESCE(review.reply_id, earlier.reply_id)
    LEFT JOIN line_of ON line_of.unit_id = reply.unit_id
    WHERE review.level = '{level}' AND review.state <> 'lapsed'
)
"""
_APPLIED = "applied_at >= %(start)s AND applied_at < %(end)s AND applied_at <= %(now)s"
_DECIDED = "decided_at >= %(start)s AND decided_at < %(end)s AND decided_at <= %(now)s"
_REVIEWED = {
    "asked": f"SELECT line, COUNT(*), COUNT(*) FROM review WHERE {_APPLIED} GROUP BY line",
    "declined": f"""
SELECT line, COUNT(*) FILTER (WHERE state = 'not_admitted'), COUNT(*)
FROM review WHERE state <> 'withdrawn' AND {_APPLIED} GROUP BY line""",
    # 计入作出意见的机关, which may be the district itself; 由上级机关办理的不计.
    "in_time": """
SELECT COALESCE(line_of.line, %(district)s), COUNT(*) FILTER (WHERE review.decided_at <= clock.due_at), COUNT(*)
FROM review JOIN reviews_reviewclock clock ON clock.review_id = review.id
JOIN deadlines_rule rule ON rule.id = clock.rule_id AND rule.code IN ('review_30', 'final_review_30')
LEFT JOIN line_of ON line_of.unit_id = review.body_id
WHERE review.body_id IS NOT NULL
  AND clock.due_at >= %(start)s AND clock.due_at < %(end)s AND clock.due_at < %(now)s
  AND NOT (review.state IN ('withdrawn', 'not_admitted') AND review.ended_at <= clock.due_at)
GROUP BY 1""",
    **{
        outcome: f"""
SELECT line, COUNT(*) FILTER (WHERE outcome = '{outcome}'), COUNT(*) FROM review WHERE {_DECIDED} GROUP BY line"""
        for outcome in ("upheld", "changed", "revoked", "redo")
    },
}

#: 办结时间在本月，统计时仍是办结, and answered: what was refused or guided elsewhere was not.
_CLOSED = """
, done AS (
    SELECT counted.*, line_of.line
    FROM counted LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
    WHERE status = 'closed' AND closed_at >= %(start)s AND closed_at < %(end)s AND concluded_at IS NOT NULL
)
"""
#: 再来: somebody said that another case is the same one again; sealed ones never, nor what complains of the reader.
_AGAIN = """EXISTS (
    SELECT FROM counted again WHERE again.repeat_of_id = done.id AND again.registered_at <= %(now)s {within})"""
_WITHIN = f"""AND again.registered_at > done.closed_at
      AND {DAY.format("again.registered_at")} <= {DAY.format("done.closed_at")} + %(watched)s"""
_BACK = """
SELECT line, COUNT(*) FILTER (WHERE NOT {again}), COUNT(*) FROM done WHERE repeat_of_id IS NULL GROUP BY line
"""
FIRST_RESOLVED = COUNTED + _CLOSED + _BACK.format(again=_AGAIN.format(within=_WITHIN))
SETTLED_ONCE = COUNTED + _CLOSED + _BACK.format(again=_AGAIN.format(within=""))

_RESOLVED = """EXISTS (
    SELECT FROM outcomes_mark mark
    WHERE mark.petition_id = done.id AND mark.kind = 'resolved' AND mark.ended_at IS NULL)"""
DEMANDS_RESOLVED = f"""{COUNTED}{_CLOSED}
SELECT line, COUNT(*) FILTER (WHERE {_RESOLVED}), COUNT(*)
FROM done WHERE kind = 'appeal' AND accepted_at IS NOT NULL GROUP BY line
"""
GRASSROOTS_RESOLVED = f"""{COUNTED}{_CLOSED}
SELECT line, COUNT(*) FILTER (WHERE {_RESOLVED} AND NOT EXISTS (
           SELECT FROM petitions_share share JOIN accounts_unit unit ON unit.id = share.unit_id
           WHERE share.petition_id = done.id AND share.role = 'lead' AND unit.kind NOT IN ('town', 'village'))),
       COUNT(*)
FROM done JOIN accounts_unit home ON home.id = done.registered_unit_id AND home.kind IN ('town', 'village')
WHERE done.kind = 'appeal' AND accepted_at IS NOT NULL GROUP BY line
"""
#: The newest word on each of the four counts, of the answer in force.
WELL_HANDLED = f"""{COUNTED}{_CLOSED}, said AS (
    SELECT DISTINCT ON (reply.petition_id, closing.item) reply.petition_id, closing.item, closing.result
    FROM outcomes_closingcheck closing JOIN petitions_reply reply ON reply.id = closing.reply_id
    WHERE reply.petition_id IS NOT NULL
    ORDER BY reply.petition_id, closing.item, closing.id DESC
)
SELECT line, COUNT(*) FILTER (WHERE NOT EXISTS (
           SELECT FROM said WHERE said.petition_id = done.id AND said.result = 'not_done')),
       COUNT(*)
FROM done WHERE done.kind = 'appeal' AND EXISTS (SELECT FROM said WHERE said.petition_id = done.id) GROUP BY line
"""
VISITED_BACK = f"""{COUNTED}
SELECT line_of.line, COUNT(*) FILTER (WHERE visit.result <> 'not_reached'), COUNT(*)
FROM outcomes_returnvisit visit JOIN counted ON counted.id = visit.petition_id
LEFT JOIN line_of ON line_of.unit_id = counted.lead_unit_id
WHERE visit.state = 'done' AND counted.status = 'closed'
  AND visit.ended_at >= %(start)s AND visit.ended_at < %(end)s GROUP BY line_of.line
"""

#: 本月任何一天在领导手里的包案; what happened after the month's end is not of it.
_PACKAGES = """
, inside AS (
    SELECT * FROM leaders_packagecase WHERE left_why <> 'sealed' AND entered_at < LEAST(%(end)s, %(now)s)
), package AS (
    SELECT package.id, package.struck_off_at, package.state, line_of.line
    FROM leaders_casepackage package
    JOIN counted ON counted.id = package.petition_id
    JOIN accounts_post post ON post.id = package.post_id
    LEFT JOIN line_of ON line_of.unit_id = post.unit_id
    WHERE EXISTS (SELECT FROM inside WHERE inside.package_id = package.id
                    AND (inside.left_at IS NULL OR inside.left_at >= %(start)s))
      AND NOT EXISTS (SELECT FROM inside WHERE inside.package_id = package.id
                        AND inside.petition_id = ANY(%(hidden)s))
)
"""
PACKAGES_RESOLVED = f"""{COUNTED}{_PACKAGES}, open AS (
    SELECT inside.package_id FROM inside
    WHERE inside.left_why <> 'moved' AND NOT EXISTS (
        SELECT FROM outcomes_mark mark
        WHERE mark.petition_id = inside.petition_id AND mark.kind = 'resolved' AND mark.at < LEAST(%(end)s, %(now)s)
          AND (mark.ended_at IS NULL OR mark.ended_at >= LEAST(%(end)s, %(now)s)))
)
SELECT line, COUNT(*) FILTER (WHERE NOT EXISTS (SELECT FROM open WHERE open.package_id = package.id) AND EXISTS (
           SELECT FROM inside WHERE inside.package_id = package.id AND inside.left_why <> 'moved')), COUNT(*)
FROM package GROUP BY line
"""
PACKAGES_STRUCK = f"""{COUNTED}{_PACKAGES}
SELECT line, COUNT(*) FILTER (WHERE state = 'struck_off' AND struck_off_at < LEAST(%(end)s, %(now)s)), COUNT(*)
FROM package GROUP BY line
"""
RECEPTIONS = f"""{COUNTED}
SELECT line_of.line, SUM(record.heads)::int, COUNT(*)
FROM leaders_visitrecord record JOIN counted ON counted.id = record.petition_id
JOIN accounts_post post ON post.id = record.post_id
LEFT JOIN line_of ON line_of.unit_id = post.unit_id
WHERE record.at >= %(start)s AND record.at < %(end)s GROUP BY line_of.line
"""
SUPERVISED = f"""{COUNTED}
SELECT line_of.line, COUNT(*) FILTER (WHERE pressed.state = 'closed'), COUNT(*)
FROM supervision_supervision pressed JOIN counted ON counted.id = pressed.petition_id
LEFT JOIN line_of ON line_of.unit_id = pressed.unit_id
WHERE pressed.state IN ('open', 'fed_back', 'closed')
  AND pressed.opened_at >= %(start)s AND pressed.opened_at < %(end)s GROUP BY line_of.line
"""
_SUGGESTED = """
SELECT line_of.line, COUNT(*) FILTER (WHERE {part}), COUNT(*)
FROM supervision_suggestion made LEFT JOIN line_of ON line_of.unit_id = made.unit_id
WHERE made.kind IN ('improve', 'policy') AND made.lapsed_at IS NULL
  AND (made.petition_id IS NULL OR EXISTS (SELECT FROM counted WHERE counted.id = made.petition_id))
  AND made.issued_at >= %(start)s AND made.issued_at < %(end)s GROUP BY line_of.line
"""
SUGGESTIONS_ANSWERED = COUNTED + _SUGGESTED.format(part="made.answered_at IS NOT NULL")
SUGGESTIONS_ADOPTED = COUNTED + _SUGGESTED.format(part="made.adoption IN ('adopted', 'partly')")
#: 退回重报的仍看第一次报告 and its day.
ORDERS_ANSWERED = f"""{COUNTED}, given AS (
    SELECT decided.id, decided.unit_id, decided.petition_id,
           (SELECT clock.due_at FROM conference_orderclock clock
             WHERE clock.order_id = decided.id ORDER BY clock.id LIMIT 1) AS due_at
    FROM conference_order decided WHERE decided.kind IN ('talk', 'rectify') AND decided.state <> 'lapsed'
)
SELECT line_of.line, COUNT(*) FILTER (WHERE EXISTS (
           SELECT FROM conference_orderreport report WHERE report.order_id = given.id AND report.at <= given.due_at)),
       COUNT(*)
FROM given LEFT JOIN line_of ON line_of.unit_id = given.unit_id
WHERE given.due_at >= %(start)s AND given.due_at < %(end)s AND given.due_at < %(now)s
  AND (given.petition_id IS NULL OR EXISTS (SELECT FROM counted WHERE counted.id = given.petition_id))
GROUP BY line_of.line
"""

FURTHER = {
    "unit_acceptance": UNIT_ACCEPTANCE,
    "unit_acceptance_own": UNIT_ACCEPTANCE_OWN,
    "days_to_acceptance": DAYS_TO_ACCEPTANCE,
    "days_to_answer": DAYS_TO_ANSWER,
    "online_share": ONLINE_SHARE,
    "joint": COUNTED + _JOINT.format(least=2),
    "joint_mass": COUNTED + _JOINT.format(least="%(mass)s"),
    "first_resolved": FIRST_RESOLVED,
    "settled_once": SETTLED_ONCE,
    "demands_resolved": DEMANDS_RESOLVED,
    "grassroots_resolved": GRASSROOTS_RESOLVED,
    "well_handled": WELL_HANDLED,
    "visited_back": VISITED_BACK,
    **{
        f"requests_{outcome}": COUNTED + _REQUESTS.format(outcome=outcome)
        for outcome in ("supported", "explained", "not_supported")
    },
    **{
        f"{level}_{code}": COUNTED + _REVIEWS.format(level=level) + statement
        for level in ("review", "final")
        for code, statement in _REVIEWED.items()
    },
    "packages_resolved": PACKAGES_RESOLVED,
    "packages_struck": PACKAGES_STRUCK,
    "receptions": RECEPTIONS,
    "supervised": SUPERVISED,
    "suggestions_answered": SUGGESTIONS_ANSWERED,
    "suggestions_adopted": SUGGESTIONS_ADOPTED,
    "orders_answered": ORDERS_ANSWERED,
}
