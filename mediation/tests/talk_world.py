"""A talk of 东溪镇, made through the doors, for the tests of talks."""

from datetime import timedelta

from core.timekeeping import now
from mediation.services import talk_minutes, talk_panel, talks
from mediation.talk_enums import PanelKind, TalkKind, TalkState


def in_days(days, hour=14):
    return (now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def make_talk(cast, until=TalkState.ANNOUNCED, key="town_clerk", came=40, opinion="", panel=False, **fields):
    """``until``: planned, announced, held; ``panel``: a lawyer sits on it."""
    new = talks.NewTalk(
        **{
            "kind": TalkKind.OWNERS,
            "topic": "阳光小区电梯和停车",
            "starts_at": in_days(5),
            "seats": 60,
            "place": "物业楼一楼",
            **fields,
        }
    )
    actor = cast.actor(key)
    talk = talks.convene(actor=actor, new=new)
    if panel:
        talk_panel.seat(talk=talk, actor=actor, kind=PanelKind.LAWYER, name="甄律师", body="清正律师事务所")
    if until != TalkState.PLANNED:
        talk = talks.announce(talk=talk, actor=actor)
    if until == TalkState.HELD:
        talk = talk_minutes.hold(
            talk=talk,
            actor=actor,
            came=came,
            minutes="先说电梯，再说停车。",
            opinion=opinion,
            names="张三丰、李四光",
            agreed=True,
            at=talk.starts_at + timedelta(hours=2),
        )
    return talk
