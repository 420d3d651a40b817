"""Closed cases old enough to be reviewed, and the people who review them."""

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Post, User
from core.timekeeping import SHANGHAI
from petitions.archive_enums import ArchiveClass
from petitions.enums import Status
from petitions.models import Petition
from petitions.services import anonymising, archiving
from petitions.services.registering import NewPerson
from tests.cast import SINCE
from tests.pictures import PNG

#: Closed in 2026; kept for ten years it is over with 2036.
OVER = datetime(2037, 1, 1, 9, 0, tzinfo=SHANGHAI)
REASON = "保管期满，无继续留存的必要"
PERSON = NewPerson(name="张小河", phone="13800001234", id_number="11010519491231002X", address="柳湾村十二号")


def person_with(cast, key, name, role, unit):
    user = User.objects.create(username=key, name=name, password="!")
    post = Post.objects.create(user=user, unit=getattr(cast.units, unit), role=role, valid_from=SINCE)
    cast.people[key] = user
    setattr(cast.posts, key, post)
    return Actor.of(post)


def office_head(cast):
    return person_with(cast, "office_head", "苏平", Role.UNIT_HEAD, "petition_office")


def old_case(cast, make_case, *, ten=True, **new):
    """A closed case with one person, whose ten years are over at ``OVER``."""
    fields = {"persons": [PERSON], "files": [SimpleUploadedFile("照片.png", PNG, content_type="image/png")]}
    case = make_case(until=Status.CLOSED, **{**fields, **new})
    archiving.file_closed(OVER)
    if ten:
        case.archive.__class__.objects.filter(petition=case).update(
            archive_class=ArchiveClass.TEN,
            over_on=archiving.term_over(case.closed_at, ArchiveClass.TEN),
            by_hand=True,
            class_reason="试验",
            class_by=cast.clerk,
        )
    return Petition.objects.get(pk=case.pk)


def propose(cast, case, at=OVER, who="petition_officer"):
    return anonymising.propose(petition=case, actor=cast.actor(who), reason=REASON, at=at)


def decide(case, head, *, agree=True, at=OVER, **more):
    anonymising.decide(petition=case, actor=head, agree=agree, decision="经审查，同意", at=at, **more)
