from __future__ import annotations

from django import template

from accounts import audit_words

register = template.Library()
register.filter("act_label", audit_words.act_label)
register.filter("object_label", audit_words.object_label)
