"""Personal data at rest: sealed under versioned keys, bound to its row, found again blindly."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured

from core.sealing import Unreadable, blind, blinds, open_sealed, seal, version_of

ONE = "1:" + "A" * 43
TWO = "2:" + "B" * 42 + "A"
PHONE = "13900001234"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.DATA_KEYS = ONE
    return settings


def test_the_cipher_is_the_national_one():
    # GB/T 32907-2016, appendix A.1
    key = plain = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealer = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()
    assert sealer.update(plain).hex() == "681edf34d206965e86b3e94f536e4246"


@pytest.mark.parametrize("text", [PHONE, "䶮·宿迁", "一" * 20_000, " ", "a"])
def test_a_text_opens_where_it_was_sealed_and_only_there(text):
    sealed = seal(text, "person.phone:7/1")
    assert len(text) < 3 or text.encode() not in sealed
    assert open_sealed(sealed, "person.phone:7/1") == text
    for elsewhere in ("person.phone:7/2", "person.name:7/1", ""):
        with pytest.raises(Unreadable):
            open_sealed(sealed, elsewhere)


def test_the_same_text_never_looks_the_same_twice():
    assert len({seal(PHONE, "p") for _time in range(100)}) == 100


def test_an_empty_text_stays_empty():
    assert seal("", "p") == b""
    assert open_sealed(b"", "p") == ""
    assert blind("", "p") is None
    assert blinds("", "p") == []
    assert version_of(b"") == 0


def test_a_changed_byte_anywhere_is_found():
    sealed = seal(PHONE, "p")
    for place in range(len(sealed)):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(Unreadable):
            open_sealed(bytes(broken), "p")
    with pytest.raises(Unreadable):
        open_sealed(sealed[:-1], "p")


def test_a_new_key_seals_and_the_old_one_still_opens(keys):
    old, old_index = seal(PHONE, "p"), blind(PHONE, "c")
    keys.DATA_KEYS = f"{ONE}\n{TWO}\n"
    assert open_sealed(old, "p") == PHONE
    new = seal(PHONE, "p")
    assert (version_of(old), version_of(new)) == (1, 2)
    assert blind(PHONE, "c") != old_index
    assert set(blinds(PHONE, "c")) == {old_index, blind(PHONE, "c")}
    keys.DATA_KEYS = ONE
    with pytest.raises(Unreadable, match="key version 2"):
        open_sealed(new, "p")


def test_an_index_is_equal_for_equal_texts_of_one_column_alone():
    assert blind(PHONE, "c") == blind(PHONE, "c")
    assert blind(PHONE, "c") != blind(PHONE, "d")
    assert blind(PHONE, "c") != blind("13900001235", "c")
    assert len(blind(PHONE, "c")) == 16


@pytest.mark.parametrize(
    "words",
    [
        "",
        "x:" + "A" * 43,
        "0:" + "A" * 43,
        "256:" + "A" * 43,
        f"{ONE} {ONE}",
        "1:short",
        "1:" + "*" * 43,
        "A" * 43,
    ],
)
def test_keys_that_are_none_are_refused_without_being_repeated(keys, words):
    keys.DATA_KEYS = words
    with pytest.raises(ImproperlyConfigured) as refused:
        seal(PHONE, "p")
    assert "A" * 43 not in str(refused.value)
