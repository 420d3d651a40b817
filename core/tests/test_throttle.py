"""How often something may be tried."""

import uuid
from unittest import mock

import pytest

from core import throttle
from core.errors import Refusal


@pytest.fixture
def key():
    return uuid.uuid4().hex


def test_tries_beyond_the_limit_are_refused_until_the_next_window(key):
    with mock.patch.object(throttle.time, "time", return_value=1_000_000.0):
        assert [throttle.allow(key, 3, 60) for _ in range(5)] == [True, True, True, False, False]
    with mock.patch.object(throttle.time, "time", return_value=1_000_060.0):
        assert throttle.allow(key, 3, 60)


def test_keys_do_not_count_against_each_other(key):
    assert throttle.allow(key, 1, 600)
    assert throttle.allow(f"{key}2", 1, 600)


def test_the_refusal_is_a_429(key):
    throttle.require(key, 1, 600)
    with pytest.raises(Refusal) as refused:
        throttle.require(key, 1, 600)
    assert refused.value.status == 429


def test_an_unreachable_cache_lets_people_through_and_is_reported(key, caplog):
    with mock.patch.object(throttle.cache, "add", side_effect=ConnectionError):
        assert throttle.allow(key, 1, 60)
    assert "throttle_unreachable" in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8::"),
        ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_address_counts_as_its_64(address, network):
    assert throttle.network_of(address) == network
