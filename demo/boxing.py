"""分片包联 of the county, the inboxes of two leaders with some letters and replies, and the units that read in time."""

from __future__ import annotations

from datetime import timedelta

from core.timekeeping import local_day
from demo.receiving import CHARGES, post_of
from demo.world import World
from leaders.models import LeaderInbox
from leaders.services import areas, extensions, inboxes, readings, replies
from petitions.enums import Channel, Status
from petitions.models import Petition

#: Leader, name of the box, address, what it is for.
BOXES = (
    ("leader2", "县长信箱", "xianzhang", "关于全县工作的意见建议，长期没有解决的难事，都可以写给县长。"),
    ("leader", "副县长信箱", "fuxianzhang", "城管、住建、自然资源和交通方面的事，可以写给高望舒副县长。"),
)
REPLY = "您的来信我看过了，已经请{unit}到现场了解情况，办理结果由他们按期限书面答复您。谢谢您告诉我们。"
REASON = "噪声检测机构的报告要到下月初才能出具，须等报告后再答复。"
#: Units whose heads read new letters within the limit.
READERS = ("urban", "housing")
LETTERS_EACH = 4


def play(world: World) -> None:
    """At the county's last moment, through the doors."""
    officer, at = world.actor("officer"), world.until
    start = local_day(at) - timedelta(days=200)
    for leader, charges in CHARGES.items():
        towns = [key for key in charges if world.units[key].kind == "town"]
        for town in towns:
            areas.add_area(
                actor=officer,
                post=post_of(world, leader),
                unit=world.units[town],
                valid_from=start,
                note="每月到镇街一次，接访时间见公告。",
                at=at,
            )
    for leader, name, slug, purpose in BOXES:
        plan = inboxes.InboxPlan(name=name, slug=slug, post=post_of(world, leader), purpose=purpose)
        _fill(world, leader, inboxes.open_inbox(actor=officer, plan=plan, at=at))
    _ask_for_time(world)
    for key in READERS:
        readings.set_duty(unit=world.units[key], actor=officer, on=True, at=at)


def _ask_for_time(world: World) -> None:
    """One request for an extension waits for the head of a unit, where a case of theirs may still be extended."""
    cases = Petition.objects.filter(
        lead_unit=world.units["urban"], status=Status.ACCEPTED, sealed=False, complained_unit=None
    )
    for case in cases.order_by("registered_at", "id"):
        if not extensions.why_not(case, world.until):
            handler = world.staff.handlers("urban")[0]
            extensions.ask(petition=case, actor=handler, days=20, reason=REASON, at=world.until)
            return


def _fill(world: World, leader: str, box: LeaderInbox) -> None:
    """Letters of the last days: one was answered, one waits for the leader's release, the others to be read."""
    at, actor = world.until, world.actor(leader)
    inboxes.name_delegate(
        inbox=box,
        actor=actor,
        user=world.staff.posts["officer"].user,
        valid_from=local_day(at),
        last_day=local_day(at) + timedelta(days=180),
        at=at,
    )
    cases = Petition.objects.filter(
        channel=Channel.ONLINE, sealed=False, inbox_letter=None, complained_unit=None
    )
    newest = (
        cases.filter(status__in=[Status.FORWARDED, Status.ACCEPTED])
        .select_related("lead_unit")
        .order_by("-registered_at", "-id")
    )
    for place, case in enumerate(newest[:LETTERS_EACH]):
        letter = inboxes.put_into(box, case, at)
        if place < 2:
            assert case.lead_unit is not None
            text = REPLY.format(unit=case.lead_unit.label)
            replies.draft_reply(letter=letter, actor=world.actor("officer"), text=text, at=at)
        if place == 0:
            replies.release_reply(letter=letter, actor=actor, at=at)
            readings.read(reading=case.readings.get(inbox=box), actor=actor, at=at)
