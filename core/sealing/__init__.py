"""Personal data at rest: what must be read again is sealed, what must be found again is indexed blindly.

``SealedTextField`` keeps a text under SM4-GCM (GB/T 32907), bound to its column and its row: a sealed text that was
moved elsewhere does not open. ``BlindIndexField`` keeps an HMAC-SM3 (GB/T 32905) of such texts, so that the same number
is found again without anybody reading it. Keys have versions (``keys``); ``manage.py rotate_keys`` seals anew.
"""

from core.sealing.cipher import (
    Unreadable,
    blind,
    blinds,
    open_sealed,
    seal,
    sign,
    signed_by_a_retired_key,
    signed_rightly,
    version_of,
)
from core.sealing.fields import BlindIndexField, SealedTextField

__all__ = [
    "BlindIndexField",
    "SealedTextField",
    "Unreadable",
    "blind",
    "blinds",
    "open_sealed",
    "seal",
    "sign",
    "signed_by_a_retired_key",
    "signed_rightly",
    "version_of",
]
