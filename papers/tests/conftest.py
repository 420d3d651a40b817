"""What the tests of this room share: units with words for their numbers, people with telephones, papers on their way."""

from datetime import timedelta

import pytest

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import now
from documents.enums import PaperKind, ServiceMethod
from documents.services import NewDelivery, set_word
from papers import due
from papers.models import CasePaper
from papers.services import drafting, serving
from petitions.enums import Status
from tests.cast import SINCE

WORDS = {"urban": "清城", "housing": "清建", "petition_office": "清信", "district": "清政"}


def post_in(cast, key, name, role, unit):
    """Somebody more: ``cast.actor(key)`` from then on."""
    user = User.objects.create(username=key, name=name, password="!", phone="0571-1234567")
    made = Post.objects.create(user=user, unit=getattr(cast.units, unit), role=role, valid_from=SINCE)
    cast.people[key] = user
    setattr(cast.posts, key, made)
    return Actor.of(made)


@pytest.fixture
def offices(cast):
    """Every unit has a word, everybody a telephone; 城市管理局 and 信访局 a second pair of eyes and a head."""
    for key, word in WORDS.items():
        set_word(actor=cast.actor("sysadmin"), unit=getattr(cast.units, key), word=word)
    User.objects.update(phone="0571-1234567")
    for person in cast.people.values():
        person.phone = "0571-1234567"
    post_in(cast, "urban2", "沈可", Role.HANDLER, "urban")
    post_in(cast, "officer2", "郭宁", Role.PETITION_OFFICER, "petition_office")
    post_in(cast, "office_head", "苏平", Role.UNIT_HEAD, "petition_office")
    return cast


@pytest.fixture
def lately(make_case):
    """A case brought to a state within the last hours: ``lately(Status.ACCEPTED)``."""

    def make(until=Status.ACCEPTED, **new):
        return make_case(until=until, at=now() - timedelta(hours=8), **new)

    return make


@pytest.fixture
def draft(offices):
    """``draft(case, PaperKind.ACCEPTANCE)``: by 城市管理局's handler unless told otherwise."""

    def make(case, kind, who="handler", subject=None, token=""):
        found = [
            one
            for one in due.papers_of(case)
            if one.kind == kind and (subject is None or one.subject == subject)
        ]
        assert found, f"the case asks for no {kind}"
        return drafting.draft(actor=offices.actor(who), petition=case, due=found[0], token=token)

    return make


@pytest.fixture
def bring(offices):
    """``bring(row, "issued", lacking={...})``: handed in, checked, signed, issued; what is missing is typed."""

    def make(row, state="issued", *, writer="handler", checker="unit_head", signer="unit_head", lacking=None):
        fields = row.paper.fields | (lacking or {})
        row = drafting.save(
            actor=offices.actor(writer), row=row, fields=fields, revision=row.revision, submit=True
        )
        steps = (("checked", drafting.check, checker), ("approved", drafting.approve, signer))
        for name, step, who in (*steps, ("issued", drafting.issue, writer)):
            if state == "draft":
                break
            row = step(actor=offices.actor(who), row=row)
            if name == state:
                break
        return CasePaper.objects.select_related("paper__template", "paper__unit", "petition").get(pk=row.pk)

    return make


@pytest.fixture
def hand_over(offices):
    def make(row, who="handler", *, method=ServiceMethod.DIRECT, recipient="张小河", tried_at=None, **more):
        new = NewDelivery(method=method, recipient=recipient, tried_at=tried_at or now(), **more)
        return serving.serve(actor=offices.actor(who), row=row, new=new)

    return make


@pytest.fixture
def opinion(lately, draft, bring):
    """An issued 处理意见书, not served yet."""

    def make(**new):
        case = lately(Status.CONCLUDED, **new)
        return bring(draft(case, PaperKind.OPINION))

    return make
