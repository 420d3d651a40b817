"""The second factor: a TOTP secret (RFC 6238, SHA-1, 30 s, six digits) in the person's telephone, and recovery codes.

django-otp does the arithmetic. Its device models are not used: they keep the secret in clear, and sealing, throttling
and the audit entry belong in one transaction here. Recovery codes have 50 bits and are kept as HMAC-SHA-256 under
SECRET_KEY.
"""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from accounts import rules
from accounts.actor import Actor
from accounts.enums import AuditOutcome, LoginEnd, Role
from accounts.models import LoginSession, RecoveryCode, SecondFactor, User
from accounts.services import audit, logins
from accounts.services.people import ALPHABET
from core.errors import Refusal

SECRET_BYTES = 20
STEP_SECONDS, DIGITS = 30, 6
#: Steps before and after the present one whose codes are taken too: clocks of telephones differ.
TOLERANCE = 1
#: So many wrong codes in a row, then none is looked at for the pause; after it each wrong one costs another pause.
WRONG_CODES, PAUSE = 5, timedelta(minutes=15)
RECOVERY_CODES, RECOVERY_HALF = 10, 5
#: A secret that was shown and not confirmed is made anew after this time.
SHOWN_FOR = timedelta(hours=1)


class Answer(Enum):
    RIGHT = "right"
    RECOVERY = "recovery"
    WRONG = "wrong"
    BLOCKED = "blocked"


def factor_of(user: User) -> SecondFactor | None:
    """The person's second factor in use. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def enrolling(user: User, at: datetime) -> SecondFactor:
    """The secret shown to be put into a telephone, made where there is none that is fresh.

    Raises Refusal when a second factor is in use already.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        factor = SecondFactor.objects.filter(user=user).first() or SecondFactor(user=user, made_at=at)
        if factor.confirmed_at is not None:
            raise Refusal(_("动态口令已经启用。"), code="stale")
        if factor.pk is None or factor.made_at < at - SHOWN_FOR:
            factor.secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
            factor.made_at = at
            factor.save()
    return factor


def otpauth_url(factor: SecondFactor) -> str:
    """What the square code says to an authenticator app."""
    issuer = f"{settings.DISTRICT_NAME}信访"
    label = quote(f"{issuer}:{factor.user.username}")
    return f"otpauth://totp/{label}?" + urlencode(
        {"secret": factor.secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    )


def enrol(*, user: User, code: str, actor: Actor, login: LoginSession, at: datetime) -> list[str]:
    """Take the shown secret into use, its first code given; the recovery codes, which are shown once.

    All other logins of the person end: they were made without it. Raises Refusal for a wrong code.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        step = _step_of(factor, code, at) if factor else None
        if factor is None or step is None:
            raise Refusal(_wrong_code(), code="wrong_code")
        factor.confirmed_at, factor.last_step = at, step
        factor.save(update_fields=["confirmed_at", "last_step"])
        codes = _new_codes(factor)
        LoginSession.objects.filter(pk=login.pk).update(second_factor=True)
        logins.end_all(user, LoginEnd.SECOND_FACTOR, but=login)
        audit.record(actor=actor, act="second_factor.enrol", obj=user, at=at)
    return codes


def check(*, user: User, code: str, at: datetime, address: str = "") -> Answer:
    """Whether the code is the person's now. A right one is used up; every wrong one is counted and written down.

    Commits what it counted, whatever the caller does next.
    """
    with transaction.atomic():
        factor = (
            SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        )
        if factor is None:
            return Answer.WRONG
        if factor.is_blocked(WRONG_CODES, at - PAUSE):
            answer = Answer.BLOCKED
        else:
            answer = _use(factor, code, at)
            factor.failures = factor.failures + 1 if answer == Answer.WRONG else 0
            factor.failed_at = at if answer == Answer.WRONG else factor.failed_at
            factor.save(update_fields=["failures", "failed_at", "last_step"])
        _note(user, answer, address, at)
        if answer == Answer.WRONG and factor.failures == WRONG_CODES:
            _refused(user, "second_factor.lockout", address, at)
    return answer


def _use(factor: SecondFactor, code: str, at: datetime) -> Answer:
    step = _step_of(factor, code, at)
    if step is not None:
        factor.last_step = step
        return Answer.RIGHT
    hashed = _hash(code)
    unused = RecoveryCode.objects.filter(factor=factor, code_hash=hashed, used_at=None)
    return Answer.RECOVERY if unused.update(used_at=at) else Answer.WRONG


def _note(user: User, answer: Answer, address: str, at: datetime) -> None:
    if answer in {Answer.WRONG, Answer.BLOCKED}:
        _refused(user, "login.second_factor", address, at)
    elif answer == Answer.RECOVERY:
        actor = Actor.system("未登录")
        audit.record(actor=actor, act="login.recovery_code", obj=user, detail={"address": address}, at=at)


def _refused(user: User, act: str, address: str, at: datetime) -> None:
    audit.record(
        actor=Actor.system("未登录"),
        act=act,
        obj=user,
        detail={"address": address},
        outcome=AuditOutcome.REFUSED,
        at=at,
    )


def require_code(*, user: User, code: str, at: datetime, address: str = "") -> None:
    """Raise Refusal unless the code is right: asked before recovery codes are replaced or the factor is removed."""
    answer = check(user=user, code=code, at=at, address=address)
    if answer in {Answer.WRONG, Answer.BLOCKED}:
        raise Refusal(words_of(answer), code="wrong_code")


def words_of(answer: Answer) -> str:
    if answer == Answer.BLOCKED:
        minutes = int(PAUSE.total_seconds() // 60)
        return _("连续输错 %(times)d 次，请 %(minutes)d 分钟后再试。") % {
            "times": WRONG_CODES,
            "minutes": minutes,
        }
    return _wrong_code()


def _wrong_code() -> str:
    return _("验证码不对或已经用过。请等手机上换出新的一组再填，并确认手机时间准确。")


def new_codes(*, user: User, actor: Actor, at: datetime) -> list[str]:
    """Ten new recovery codes in place of all old ones. Raises Refusal without a second factor in use."""
    with transaction.atomic():
        codes = _new_codes(_in_use(user))
        audit.record(actor=actor, act="second_factor.codes", obj=user, at=at)
    return codes


def remove(*, user: User, actor: Actor, at: datetime) -> None:
    """Do without it again; whoever must have one is led to a new one at once."""
    with transaction.atomic():
        _in_use(user).delete()
        LoginSession.objects.filter(user=user, ended_at=None).update(second_factor=False)
        audit.record(actor=actor, act="second_factor.remove", obj=user, at=at)


def reset(*, user: User, by: Actor) -> None:
    """Take away the second factor of somebody who lost it, and end all their logins.

    Raises Refusal for anybody but a security administrator or a program, and for one's own.
    """
    if not rules.is_program(by):
        if by.role != Role.SECURITY_ADMIN:
            raise Refusal(_("动态口令由安全管理员重置。"), code="forbidden")
        if rules.is_self(by, user):
            raise Refusal(_("自己的动态口令请由另一位安全管理员重置。"), code="forbidden")
    with transaction.atomic():
        _in_use(user).delete()
        logins.end_all(user, LoginEnd.SECOND_FACTOR)
        audit.record(actor=by, act="second_factor.reset", obj=user)


def _in_use(user: User) -> SecondFactor:
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        raise Refusal(_("还没有启用动态口令。"), code="stale")
    return factor


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(factor__user=user, used_at=None).count()


def _new_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    codes = [
        "-".join("".join(secrets.choice(ALPHABET) for _n in range(RECOVERY_HALF)) for _h in range(2))
        for _c in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, code_hash=_hash(code)) for code in codes)
    return codes


def _hash(code: str) -> str:
    plain = code.lower().replace("-", "").replace(" ", "")
    return salted_hmac("accounts.recovery_code", plain, algorithm="sha256").hexdigest()


def _step_of(factor: SecondFactor, code: str, at: datetime) -> int | None:
    """The time step whose code this is, later than the last one used; None for a wrong or a used code."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    totp = TOTP(base64.b32decode(factor.secret), step=STEP_SECONDS, digits=DIGITS)
    totp.time = at.timestamp()
    if not totp.verify(int(digits), tolerance=TOLERANCE, min_t=factor.last_step + 1):
        return None
    return int(totp.t())
