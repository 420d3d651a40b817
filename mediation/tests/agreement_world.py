"""Agreements made through the doors, for the tests of agreements."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.timekeeping import local_day, now
from mediation.agreement_enums import AgreementKind, Signer, SigningWay
from mediation.enums import Result, Side
from mediation.models import Duty, Session
from mediation.services import agreements, signing
from mediation.services.agreement_checks import NewAgreement, NewDuty
from mediation.services.on_the_spot import record_session
from tests.mediating import older
from tests.pictures import PNG

WORDS = {
    "content": "摊主分三期补偿三千元，每晚十点收摊。",
    "facts": "夜市摊位噪音影响楼上居民。",
    "dispute": "几点收摊，补偿多少。",
    "liability": "摊主负主要责任。",
}


def today():
    return local_day(now())


def settled(cast, mediation, **more):
    """A session of this very hour in which both agreed; the mediation ends with it."""
    older(mediation, 3)
    # Those of one test keep apart: nobody sits twice at a time.
    end = now() - timedelta(minutes=1 + 15 * Session.objects.count())
    record_session(
        mediation=mediation,
        actor=cast.actor("mediator"),
        room=mediation.room,
        starts_at=end - timedelta(minutes=10),
        ends_at=end,
        record="谈拢了。",
        result=Result.AGREED,
        agreement=WORDS["content"],
        **more,
    )
    mediation.refresh_from_db()
    return mediation


def sides(mediation):
    """The petitioner, and the first of the other side."""
    here = mediation.parties.filter(left_at=None)
    return here.get(is_petitioner=True), here.filter(side=Side.OTHER).first()


def duty(mediation, days=10, amount="1000.00", **more):
    petitioner, other = sides(mediation)
    return NewDuty(
        **{
            "ower": other,
            "owed": petitioner,
            "what": "付补偿款",
            "amount": None if amount is None else Decimal(amount),
            "due_on": None if days is None else today() + timedelta(days=days),
            "way": "微信转账",
            **more,
        }
    )


def new(mediation, kind=AgreementKind.MEDIATED, duties=None, **more):
    return NewAgreement(
        kind=kind, duties=[duty(mediation)] if duties is None else duties, **{**WORDS, **more}
    )


def drafted(cast, mediation, key="mediator", **more):
    return agreements.draft(mediation=mediation, actor=cast.actor(key), new=new(mediation, **more))


def scan(name="签字页.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def everybody(agreement, **more):
    """All who must sign it, on one sheet of paper."""
    also = (Signer.MEDIATOR, Signer.SEAL) if agreement.kind == AgreementKind.MEDIATED else ()
    return signing.Signing(
        **{
            "version": agreement.version,
            "way": SigningWay.PAPER,
            "parties": list(agreement.mediation.parties.filter(left_at=None)),
            "others": also,
            "file": scan(),
            **more,
        }
    )


def in_force(cast, mediation, *, days_ago=0, **more):
    """Signed by everybody, so many days ago."""
    made = drafted(cast, mediation, **more)
    day = today() - timedelta(days=days_ago)
    return signing.sign(
        agreement=made, actor=cast.actor("mediator"), new=everybody(made, signed_on=day), at=now()
    )


@contextmanager
def unguarded():
    """What only who owns the database can do: the triggers rest, so that a day that is to come can be over."""
    tables = ("mediation_agreement", "mediation_agreementtext", "mediation_duty", "mediation_signature")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def duties_of(agreement):
    return list(Duty.objects.filter(text__agreement=agreement, text__number=agreement.version))
