"""Seals a text, opens it, and indexes it blindly.

A sealed text is: format (1 byte), key version (1), nonce (12), SM4-GCM ciphertext, tag (16). ``place`` is what it is
bound to (column and row); it is authenticated, not stored.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.sealing.keys import DataKey, keyring

FORMAT = 1
NONCE, TAG, HEAD = 12, 16, 2
#: Bytes kept of an HMAC: enough that two numbers never meet, little enough for a small index.
INDEX_BYTES = 16


class Unreadable(Exception):
    """A sealed text does not open: its key is missing, or it was changed or moved."""


def seal(text: str, place: str) -> bytes:
    """The text under the current key; an empty text stays empty."""
    if not text:
        return b""
    key, nonce = keyring().current, os.urandom(NONCE)
    head = bytes((FORMAT, key.version))
    sealer = Cipher(algorithms.SM4(key.cipher), modes.GCM(nonce)).encryptor()
    sealer.authenticate_additional_data(head + place.encode())
    return head + nonce + sealer.update(text.encode()) + sealer.finalize() + sealer.tag


def open_sealed(sealed: bytes, place: str) -> str:
    """The text again. Raises Unreadable."""
    if not sealed:
        return ""
    if len(sealed) < HEAD + NONCE + TAG or sealed[0] != FORMAT:
        raise Unreadable(f"{place}: not a sealed text")
    key = keyring().by_version.get(sealed[1])
    if key is None:
        raise Unreadable(f"{place}: sealed under key version {sealed[1]}, which DATA_KEYS does not hold")
    nonce, tag = sealed[HEAD : HEAD + NONCE], sealed[-TAG:]
    opener = Cipher(algorithms.SM4(key.cipher), modes.GCM(nonce, tag)).decryptor()
    opener.authenticate_additional_data(sealed[:HEAD] + place.encode())
    try:
        return (opener.update(sealed[HEAD + NONCE : -TAG]) + opener.finalize()).decode()
    except InvalidTag:
        raise Unreadable(f"{place}: changed, or moved from another place") from None


def version_of(sealed: bytes) -> int:
    """The key version it was sealed under; 0 for an empty text."""
    return sealed[1] if sealed else 0


def blind(text: str, column: str) -> bytes | None:
    """The index of a text under the current key; None for an empty text. Equal texts of one column are equal."""
    return _blind(text, column, keyring().current) if text else None


def blinds(text: str, column: str) -> list[bytes]:
    """The index under every key, for a look-up while keys are being rotated."""
    return [_blind(text, column, key) for key in keyring().by_version.values()] if text else []


def joined(texts: Sequence[str]) -> str:
    """Several texts as one to index; empty while any of them is. No text holds a NUL (``core.text``)."""
    return "\0".join(texts) if all(texts) else ""


def _blind(text: str, column: str, key: DataKey) -> bytes:
    mac = hmac.HMAC(key.index, hashes.SM3())
    mac.update(f"{column}\0{text}".encode())
    return mac.finalize()[:INDEX_BYTES]


def sign(text: str) -> str:
    """``version:HMAC-SM3`` of the text under the current key, in hex."""
    key = keyring().current
    return f"{key.version}:{_signature(text, key).hex()}"


def signed_rightly(text: str, signature: str) -> bool:
    """Whether a key at hand signed this very text."""
    version, _colon, digest = signature.partition(":")
    key = keyring().by_version.get(int(version)) if version.isdigit() else None
    return key is not None and compare_digest(_signature(text, key).hex(), digest)


def signed_by_a_retired_key(signature: str) -> bool:
    """Whether its key is no longer at hand, so that nobody can say whether it is right."""
    version, _colon, _digest = signature.partition(":")
    return version.isdigit() and int(version) not in keyring().by_version


def _signature(text: str, key: DataKey) -> bytes:
    mac = hmac.HMAC(key.signing, hashes.SM3())
    mac.update(text.encode())
    return mac.finalize()
