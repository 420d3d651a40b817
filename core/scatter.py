"""Counting without telling how far one has counted: each serial gets a number of its own, in no order anybody sees."""

from __future__ import annotations

from hashlib import blake2s

ROUNDS = 6


def scatter(serial: int, *, below: int, key: bytes) -> int:
    """The number of ``serial`` (0 ≤ serial < below): another for every serial, the same each time, ≥ 0 and < below.

    A Feistel network over the next even number of bits, walked until it lands below the limit: what goes in without
    repeating comes out without repeating. It hides the order, no more; ``key`` (at most 32 bytes) says which order.

    Raises:
        ValueError: the serials are used up.
    """
    if not 0 <= serial < below:
        raise ValueError(f"serial {serial} is not below {below}")
    half = ((below - 1).bit_length() + 1) // 2
    number = _feistel(serial, half, key)
    while number >= below:  # at least a quarter of the network lies below the limit, so a few steps do
        number = _feistel(number, half, key)
    return number


def gather(number: int, *, below: int, key: bytes) -> int:
    """The serial that ``scatter`` made this number of.

    Raises:
        ValueError: no serial has it.
    """
    if not 0 <= number < below:
        raise ValueError(f"number {number} is not below {below}")
    half = ((below - 1).bit_length() + 1) // 2
    serial = _feistel_back(number, half, key)
    while serial >= below:
        serial = _feistel_back(serial, half, key)
    return serial


def _feistel(number: int, half: int, key: bytes) -> int:
    left, right = number >> half, number & ((1 << half) - 1)
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(turn, right, half, key)
    return left << half | right


def _feistel_back(number: int, half: int, key: bytes) -> int:
    left, right = number >> half, number & ((1 << half) - 1)
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(turn, left, half, key), left
    return left << half | right


def _mixed(turn: int, part: int, half: int, key: bytes) -> int:
    digest = blake2s(bytes([turn]) + part.to_bytes(8, "big"), key=key, digest_size=8).digest()
    return int.from_bytes(digest, "big") & ((1 << half) - 1)
