"""Shamir's secret sharing over GF(2⁸), byte by byte, as npm's audited `shamir-secret-sharing` writes it.

A share is the y of each byte and then its x: 33 bytes for a secret of 32. Shares of either combine in the other. It is
not of constant time, which is why each secret here is the key of one part and used once. A false share gives a false
secret silently: whoever combines checks commitments first (`shares.py`).
"""

import os
from collections.abc import Sequence
from functools import cache

MOST = 255


class BadShares(ValueError):
    """Shares that can't be made or combined; the text says which rule they break."""


@cache
def _logs() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Logarithms and powers of the generator 3 in GF(2⁸) with AES's polynomial."""
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
        value &= 0xFF
    return tuple(powers), tuple(logs)


@cache
def _times(factor: int) -> bytes:
    """A table for `bytes.translate` that multiplies each byte by a factor."""
    powers, logs = _logs()
    return bytes(powers[logs[factor] + logs[one]] if factor and one else 0 for one in range(256))


def _plus(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


def split(secret: bytes, k: int, xs: Sequence[int]) -> list[bytes]:
    """Shares of a secret, one for each x (1 to 255, each once), of which any k give it back. Raises BadShares."""
    if not 2 <= k <= len(xs) <= MOST or len({*xs}) != len(xs) or not all(0 < x <= MOST for x in xs):
        raise BadShares("shares: 2 <= k <= n <= 255, and each x from 1 to 255 once")
    if not secret:
        raise BadShares("the secret is empty")
    size = len(secret)
    random = os.urandom(size * (k - 1))
    coefficients = [random[at : at + size] for at in range(0, len(random), size)]
    return [_at(x, coefficients, secret) + bytes([x]) for x in xs]


def _at(x: int, coefficients: Sequence[bytes], secret: bytes) -> bytes:
    """The polynomial's value, by Horner's rule; the secret is the constant."""
    times, value = _times(x), coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = _plus(value.translate(times), coefficient)
    return _plus(value.translate(times), secret)


def combine(shares: Sequence[bytes]) -> bytes:
    """The secret that k shares give; of fewer, or false ones, something else. Raises BadShares."""
    lengths, xs = {len(one) for one in shares}, [one[-1] for one in shares if one]
    if len(shares) < 2 or len(lengths) != 1 or min(lengths) < 2:
        raise BadShares("two shares or more, of one length, are asked for")
    if 0 in xs or len({*xs}) != len(xs):
        raise BadShares("a share came twice, or has no x")
    secret = bytes(len(shares[0]) - 1)
    for share in shares:
        secret = _plus(secret, share[:-1].translate(_times(_weight(share[-1], xs))))
    return secret


def _weight(x: int, xs: Sequence[int]) -> int:
    """Lagrange's weight of one share at zero: the product of x' / (x' - x)."""
    powers, logs = _logs()
    log = sum(logs[other] - logs[other ^ x] for other in xs if other != x)
    return powers[log % 255]
