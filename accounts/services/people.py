"""The accounts of people who log in: made, corrected, closed, given a new password."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actor import Actor
from accounts.enums import LoginEnd, Role
from accounts.models import User
from accounts.selectors import posts_held_or_to_come
from accounts.services import audit, logins, standing_in
from core.errors import Refusal

#: Without signs that look alike when read from a slip of paper (0 o, 1 l i).
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 3, 4
DETAILS = ("name", "phone", "email")


def make_first_password() -> str:
    """Twelve signs (59 bits) in three groups, to be read out or written down once."""
    groups = ("".join(secrets.choice(ALPHABET) for _n in range(GROUP_LENGTH)) for _g in range(GROUPS))
    return "-".join(groups)


def add_person(*, by: Actor, username: str, name: str, phone: str = "", email: str = "") -> tuple[User, str]:
    """A new account and its first password, which is kept nowhere and must be changed at first login.

    Raises Refusal for a username in use (small and capital letters count as one) and for anybody
    but the system administrator.
    """
    if not (rules.is_program(by) or by.role == Role.SYSTEM_ADMIN):
        raise Refusal(_("人员由系统管理员登记。"), code="forbidden")
    password = make_first_password()
    with transaction.atomic():
        _refuse_known(username)
        user = User(username=username, name=name, phone=phone, email=email, must_change_password=True)
        user.set_password(password)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            raise _taken(username) from None
        audit.record(actor=by, act="person.add", obj=user)
    return user, password


def _refuse_known(username: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise _taken(username)


def _taken(username: str) -> Refusal:
    words = _("用户名“%(username)s”已有人使用，请换一个。")
    return Refusal(words % {"username": username}, code="username_twice")


def change_person(*, user: User, by: Actor, name: str, phone: str, email: str) -> User:
    """Correct name, telephone and e-mail. The username stays: the audit log is read by it."""
    wanted = {"name": name, "phone": phone, "email": email}
    with transaction.atomic():
        locked = _kept_by(user, by)
        changed = [field for field in DETAILS if getattr(locked, field) != wanted[field]]
        for field in changed:
            setattr(locked, field, wanted[field])
        if changed:
            locked.save(update_fields=changed)
            audit.record(actor=by, act="person.change", obj=locked, detail={"fields": changed})
    return locked


def set_active(*, user: User, by: Actor, active: bool) -> User:
    """Close an account (all logins end at once, posts rest) or open it again."""
    with transaction.atomic():
        locked = _kept_by(user, by)
        if locked.is_active == active:
            words = _("账号已经恢复。") if active else _("账号已经停用。")
            raise Refusal(words, code="stale")
        locked.is_active = active
        locked.save(update_fields=["is_active"])
        if not active:
            logins.end_all(locked, LoginEnd.DEACTIVATED)
            standing_in.follow_leaving(locked, by)
        audit.record(actor=by, act="person.activate" if active else "person.deactivate", obj=locked)
    return locked


def reset_password(*, user: User, by: Actor) -> str:
    """A new first password; the old one and all logins made with it end at once."""
    password = make_first_password()
    with transaction.atomic():
        locked = _kept_by(user, by)
        if not locked.is_active:
            raise Refusal(_("此人的账号已停用，请先恢复账号。"), code="inactive")
        locked.set_password(password)
        locked.must_change_password = True
        locked.save(update_fields=["password", "must_change_password"])
        logins.end_all(locked, LoginEnd.PASSWORD)
        audit.record(actor=by, act="password.reset", obj=locked)
    return password


def _kept_by(user: User, by: Actor) -> User:
    """The account's row, locked, if it is in the hands of ``by``.

    Posts are given under the same lock, so that nobody is handed a protected post in between.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    require_keeper(user=locked, by=by)
    return locked


def require_keeper(*, user: User, by: Actor) -> None:
    """Raises Refusal where the account is not in the hands of ``by``, nobody's own ever being."""
    if rules.is_program(by):
        return
    if rules.is_self(by, user):
        raise Refusal(_("自己的账号请由另一位管理员办理；改密码请到“我的账号”。"), code="forbidden")
    keeper = rules.keeper_of(posts_held_or_to_come(user))
    if by.role != keeper:
        raise Refusal(_("此人的账号由%(keeper)s管理。") % {"keeper": keeper.label}, code="forbidden")
