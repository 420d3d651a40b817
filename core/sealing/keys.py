"""The district's data keys: versioned, from the environment or a file, never from the database they protect."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECRET_BYTES = 32
HIGHEST_VERSION = 255


@dataclass(frozen=True)
class DataKey:
    """One version. ``cipher`` is the SM4 key (16 bytes), ``index`` and ``signing`` are HMAC-SM3 keys (32 bytes)."""

    version: int
    cipher: bytes
    index: bytes
    signing: bytes


@dataclass(frozen=True)
class Keyring:
    """``current`` seals; every version opens."""

    current: DataKey
    by_version: Mapping[int, DataKey]


def keyring() -> Keyring:
    """The keys of ``settings.DATA_KEYS``: ``version:secret`` parted by blanks or line ends, the secret 32 random bytes
    in URL-safe base64. The highest version is the one that seals.

    Raises ImproperlyConfigured: none, one twice, or one that is no key; the sentence never repeats a secret.
    """
    return _read(settings.DATA_KEYS)


@lru_cache(maxsize=4)
def _read(words: str) -> Keyring:
    keys: dict[int, DataKey] = {}
    for place, word in enumerate(words.split(), start=1):
        number, _colon, secret = word.partition(":")
        if not number.isdigit() or not 1 <= int(number) <= HIGHEST_VERSION or int(number) in keys:
            raise ImproperlyConfigured(
                f"DATA_KEYS: entry {place} needs a version of its own, 1 to {HIGHEST_VERSION}, and a colon."
            )
        keys[int(number)] = _key(int(number), secret, place)
    if not keys:
        raise ImproperlyConfigured("DATA_KEYS holds no key. docs/operations.md says how to make one.")
    return Keyring(keys[max(keys)], keys)


def _key(version: int, secret: str, place: int) -> DataKey:
    try:
        raw = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != SECRET_BYTES:
        raise ImproperlyConfigured(
            f"DATA_KEYS: the secret of entry {place} is not {SECRET_BYTES} bytes in URL-safe base64."
        )
    return DataKey(
        version,
        cipher=_derived(raw, b"huiying cipher", 16),
        index=_derived(raw, b"huiying index", 32),
        signing=_derived(raw, b"huiying signing", 32),
    )


def _derived(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=purpose).derive(secret)
