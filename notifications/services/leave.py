"""Whoever is to stand in for somebody is told, and so is whoever they stand in for."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Post
from notifications.services.notices import notify


def tell_both(*, stand_in: Post, **_more: Any) -> None:
    held = stand_in.stands_in_for
    assert held is not None and stand_in.last_day is not None
    words = {
        "first": stand_in.valid_from.isoformat(),
        "last": stand_in.last_day.isoformat(),
        "name": held.user.get_full_name(),
        "substitute": stand_in.user.get_full_name(),
        "post": held.label,
    }
    link, key = reverse("accounts:leave"), f"leave:{stand_in.pk}"
    text = _("%(first)s 至 %(last)s 由您代%(name)s（%(post)s）办理；点右上角的岗位可以换成代班身份。") % words
    notify(recipients=[stand_in.user_id], text=text, link=link, dedupe_key=key, level="soon")
    text = _("%(first)s 至 %(last)s 您的“%(post)s”由%(substitute)s代班。") % words
    notify(recipients=[held.user_id], text=text, link=link, dedupe_key=f"{key}:holder")
