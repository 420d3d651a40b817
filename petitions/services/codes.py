"""Query codes and form tokens. Neither is ever stored in the clear."""

import hashlib
import hmac
import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, 1/I: read out over the phone and typed by old hands
LENGTH = 10  # 32 ** 10 = 2 ** 50 codes, and attempts are limited


def new_token() -> str:
    """A form's token: the same token twice is the same case."""
    return secrets.token_urlsafe(24)


def submit_key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def query_code(token: str) -> str:
    """The code that belongs to a form token, so that a reload shows the same receipt without storing the code."""
    digest = salted_hmac("petitions.query_code", token, algorithm="sha256").digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:LENGTH])


def hash_code(number: str, code: str) -> str:
    """What is stored. Bound to the number, so that equal codes do not show as equal rows."""
    return salted_hmac("petitions.code_hash", f"{number}:{normal(code)}", algorithm="sha256").hexdigest()


def matches(number: str, code: str, stored: str) -> bool:
    return constant_time_compare(hash_code(number, code), stored)


def normal(code: str) -> str:
    """As typed by people: case, spaces and dashes do not matter; O and I are read as 0 and 1 never occur."""
    return code.upper().replace("-", "").replace(" ", "")


def nothing_to_compare(number: str, code: str) -> None:
    """Spend the same time on a number that does not exist."""
    hmac.compare_digest(hash_code(number, code), "0" * 64)
