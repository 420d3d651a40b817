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


def _feistel(number: int, half: int, key: bytes) -> int:
    mask = (1 << half) - 1
    left, right = number >> half, number & mask
    for turn in range(ROUNDS):
        mixed = blake2s(bytes([turn]) + right.to_bytes(8, "big"), key=key, digest_size=8).digest()
        left, right = right, left ^ (int.from_bytes(mixed, "big") & mask)
    return left << half | right
