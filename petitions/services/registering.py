"""The door in: every petition is registered, always, whatever is missing from it (条例 21, 22, 44)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Unit, User
from accounts.services import audit
from core.bulk import note_made, step_transaction
from core.errors import Refusal
from core.text import clean_text, id_number_facts
from core.timekeeping import now
from core.uploads import prepare_files
from petitions.enums import Act, Channel, Kind, PersonRole, Urgency
from petitions.models import (
    Category,
    Petition,
    PetitionEvent,
    PetitionPerson,
    PetitionRequest,
    PetitionScope,
    Recusal,
)
from petitions.models.people import MOST_REPRESENTATIVES
from petitions.selectors.same_person import can_be_dialled, phone_normal
from petitions.services import attaching, clocks, codes, complained, scope, sealing
from petitions.services.numbering import next_number
from petitions.services.stepping import append_event
from petitions.signals import petition_stepped
from petitions.workflow import ClockCode as C

LONGEST_BODY = 20_000
#: Signs of a title made from the text.
LONGEST_TITLE, LEAST_TITLE = 40, 8
#: A lone sign is no name: without it half the text would be gone.
LEAST_HIDDEN = 2


@dataclass(kw_only=True)
class NewPerson:
    name: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""
    role: PersonRole = PersonRole.PETITIONER
    sex: str = ""


@dataclass(kw_only=True)
class NewPetition:
    """What was handed in. Only ``subject`` or ``body`` must say something.

    ``complained_people``: the staff complained of, ``kept_out`` those with an interest on another ground: they are out
    of the case from the moment it is there (条例 28).
    """

    channel: Channel
    body: str
    subject: str = ""
    requests: Sequence[str] = ()
    persons: Sequence[NewPerson] = ()
    kind: str = ""
    category_id: int | None = None
    place_unit: Unit | None = None
    place_text: str = ""
    urgency: Urgency = Urgency.NORMAL
    complained_unit: Unit | None = None
    complained_text: str = ""
    complained_people: Sequence[User] = ()
    kept_out: Sequence[User] = ()
    anonymous: bool = False
    confidential: bool = False
    head_count: int = 1
    batch_count: int = 1
    national_number: str = ""
    first_nationwide: bool | None = None
    received_at: datetime | None = None
    repeat_of: Petition | None = None
    source_ref: str | None = None
    files: Sequence[UploadedFile] = field(default_factory=list)


@dataclass(frozen=True)
class Registered:
    """``query_code`` is known only here and now; ``created`` is False when the same form came twice."""

    petition: Petition
    query_code: str
    created: bool


def register(
    *,
    actor: Actor,
    new: NewPetition,
    unit: Unit,
    token: str | None = None,
    at: datetime | None = None,
) -> Registered:
    """Register a petition in one transaction: it is on disk before anybody sees a receipt.

    ``unit`` is the registering office; ``token`` is the form's: the same token again gives back the same case.

    Raises:
        Refusal: nothing was said at all, or more than five representatives were named.
    """
    token = token or codes.new_token()
    check(new)
    new.files = prepare_files(new.files)
    try:
        with attaching.undone_with_the_step(), step_transaction():
            petition = _create(actor, new, unit, token, at or now())
        return Registered(petition, codes.query_code(token), True)
    except IntegrityError as error:
        # A double click or a reload: the unique key keeps the first one.
        if "submit_key" not in str(error):
            raise
    earlier = Petition.objects.get(submit_key=codes.submit_key(token))
    return Registered(earlier, codes.query_code(token), False)


def check(new: NewPetition) -> None:
    """Clean the texts of what was handed in, and refuse only what cannot be kept.

    Raises:
        Refusal: nothing was said, it is too long, or more than five representatives were named.
    """
    new.body, new.subject = (
        clean_text(new.body),
        clean_text(new.subject).replace("\n", " "),
    )
    if not new.body and not new.subject:
        raise Refusal(_("请写下要反映的事情，一句话也可以。"), code="invalid")
    if len(new.body) > LONGEST_BODY:
        raise Refusal(
            _("内容有 %(have)d 字，最多 %(most)d 字。请精简，或把详细材料作为附件上传。")
            % {"have": len(new.body), "most": LONGEST_BODY},
            code="invalid",
        )
    if sum(person.role == PersonRole.REPRESENTATIVE for person in new.persons) > MOST_REPRESENTATIVES:
        raise Refusal(_("代表最多登记 5 人；实际人数请填在“人数”里，不受限制。"), code="invalid")


def _create(actor: Actor, new: NewPetition, unit: Unit, token: str, at: datetime) -> Petition:
    headed = settle_complained(new, at)
    petition = petition_row(actor, new, unit, token, at)
    petition.complained_as_headed = headed is not None
    petition.number = next_number(at)
    seal_code(petition, token)
    running = clocks.at_arrival(petition, without=nobody_to(new))
    petition.due_at = min(clock.due_at for clock in running)
    petition.save(force_insert=True)
    note_made(petition)
    # Before the scope rows: who holds a sealed case by name depends on who is out of it.
    out = complained.first_rows(petition, new.complained_people, actor)
    out += complained.kept_out_rows(petition, new.kept_out, new.complained_people, actor)
    Recusal.objects.bulk_create(out)
    PetitionPerson.objects.bulk_create(person_rows(petition, new.persons))
    PetitionRequest.objects.bulk_create(request_rows(petition, new.requests))
    attaching.attach(petition, new.files, actor=actor, at=at)
    PetitionScope.objects.bulk_create(scope.rows_for(petition, []))
    clocks.save_first(petition, running)
    event = event_row(petition, actor, at, complained.words_of(new.complained_people, headed))
    append_event(event)
    audit.record(
        actor=actor,
        act="petition.register",
        obj=petition,
        at=at,
        detail={"channel": new.channel},
    )
    petition_stepped.send(sender=Petition, petition=petition, event=event, actor=actor, step=None)
    if petition.sealed:
        route(petition, at)
    return petition


def settle_complained(new: NewPetition, at: datetime) -> Unit | None:
    """Where no unit is named, the one that somebody complained of heads is complained of too, and returned."""
    if new.complained_unit is not None:
        return None
    new.complained_unit = complained.unit_headed_by(new.complained_people, at)
    return new.complained_unit


def petition_row(actor: Actor, new: NewPetition, unit: Unit, token: str, at: datetime) -> Petition:
    """The unsaved case, without its number and what hangs on the number (``seal_code``)."""
    sealed = new.kind == Kind.ACCUSATION
    return Petition(
        national_number=clean_text(new.national_number)[:40],
        channel=new.channel,
        kind=new.kind,
        sealed=sealed,
        subject=new.subject[:200] or own_title(new),
        body=new.body,
        category_id=new.category_id,
        place_unit=new.place_unit,
        place_text=clean_text(new.place_text)[:200],
        urgency=new.urgency,
        complained_unit=new.complained_unit,
        complained_text=clean_text(new.complained_text)[:200],
        has_recusals=bool(new.complained_people or new.kept_out),
        anonymous=new.anonymous,
        confidential=new.confidential or sealed,
        head_count=max(new.head_count, len(new.persons), 1),
        batch_count=max(new.batch_count, 1),
        first_here=new.repeat_of is None,
        first_nationwide=new.first_nationwide,
        repeat_of=new.repeat_of,
        received_at=new.received_at or at,
        registered_at=at,
        registered_unit=unit,
        registered_by=actor.user,
        submit_key=codes.submit_key(token),
        source_ref=new.source_ref,
    )


def own_title(new: NewPetition) -> str:
    """A title for what came without one, without the people it came from: titles stand in every list. An accusation
    says no word of its text, only what it is, its category and its place (条例 30)."""
    if new.kind == Kind.ACCUSATION:
        category = Category.objects.filter(pk=new.category_id).first() if new.category_id else None
        of = (category.level3 or category.level2) if category else ""
        place = new.place_unit.label if new.place_unit else ""
        return " · ".join(filter(None, [str(Kind.ACCUSATION.label), of, place]))
    return title_of(_without_people(new)) or _("来信来访")


def _without_people(new: NewPetition) -> str:
    """The text without the names, numbers and addresses that the form gave; the longest first: one may hold another."""
    text = new.body
    told = {
        value
        for person in new.persons
        for typed in (person.name, person.phone, person.id_number, person.address)
        for value in (clean_text(typed), phone_normal(typed))
        if len(value) >= LEAST_HIDDEN
    }
    for value in sorted(told, key=len, reverse=True):
        text = re.sub(
            rf"(我(?:是|叫)|本人|举报人|信访人|投诉人)?[:：]?{re.escape(value)}[，,、：:。；\s]*", "", text
        )
    return clean_text(text)


def title_of(body: str) -> str:
    """A title for what came without one: its first sentences, at most 40 signs; … where more was cut off."""
    line = body.split("\n", 1)[0]
    if len(line) <= LONGEST_TITLE:
        return line
    end = max(line.rfind(stop, 0, LONGEST_TITLE) for stop in "。！？；")
    return line[:end] if end >= LEAST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def seal_code(petition: Petition, token: str) -> None:
    """Bind the query code to the number, which must be known by now."""
    petition.query_code_hash = codes.hash_code(petition.number, codes.query_code(token))


def reachable(new: NewPetition) -> bool:
    """Whether anybody left a number that can be dialled; "12" promises no call."""
    return any(can_be_dialled(person.phone) for person in new.persons)


def nobody_to(new: NewPetition) -> frozenset[str]:
    """Clocks of 10-30-24 that do not start: nobody to call without a number, and nobody to answer where an anonymous
    petitioner left none either (domain C, 10/30/24). The 24 hours bind all the same."""
    if reachable(new):
        return frozenset()
    named = not new.anonymous and any(person.name or person.address for person in new.persons)
    return frozenset({C.CALL}) if named else frozenset({C.CALL, C.RESPOND})


def person_rows(petition: Petition, persons: Sequence[NewPerson]) -> list[PetitionPerson]:
    # Representatives come first so that the database's "at most five" can be a check on the ordinal.
    ordered = sorted(persons, key=lambda person: person.role != PersonRole.REPRESENTATIVE)
    return [
        PetitionPerson(petition=petition, ordinal=n, **_person_fields(p))
        for n, p in enumerate(ordered, start=1)
    ]


def request_rows(petition: Petition, requests: Sequence[str]) -> list[PetitionRequest]:
    texts = filter(None, map(clean_text, requests or ()))
    return [
        PetitionRequest(petition=petition, ordinal=n, text=text[:500])
        for n, text in enumerate(texts, start=1)
    ]


def event_row(petition: Petition, actor: Actor, at: datetime, text: str = "") -> PetitionEvent:
    """The unsaved first event of a case."""
    return PetitionEvent(
        petition=petition,
        act=Act.REGISTER,
        at=at,
        user=actor.user,
        unit=actor.unit,
        who=actor.label,
        to_status=petition.status,
        public=True,
        text=text,
        public_text=_("已登记，编号 %(number)s。") % {"number": petition.number},
    )


def _person_fields(person: NewPerson) -> dict[str, Any]:
    typed = clean_text(person.id_number)
    facts = id_number_facts(typed)
    return {
        "role": person.role,
        "name": clean_text(person.name)[:100],
        "id_number": facts.number[:30],
        "id_check_failed": bool(typed) and not facts.valid,
        "birth_on": facts.birth_on if facts.valid else None,
        "sex": (facts.sex if facts.valid else None) or person.sex,
        "phone": phone_normal(person.phone)[:30],
        "address": clean_text(person.address)[:200],
    }


def route(petition: Petition, at: datetime) -> None:
    """检举控告 goes straight to the discipline route and to nobody else (条例 22, 30)."""
    sealing.into_the_route(petition, at)
