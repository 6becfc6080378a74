"""Pictures drawn from a word, so that a small platform has some: the same word gives the same bytes."""

import hashlib
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 320, 200
Colour = tuple[int, int, int]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _colours(word: str) -> tuple[Colour, Colour, Colour]:
    d = hashlib.sha256(word.encode()).digest()
    sky = (150 + d[0] % 80, 170 + d[1] % 70, 190 + d[2] % 60)
    hill = (40 + d[3] % 90, 70 + d[4] % 90, 60 + d[5] % 90)
    return sky, hill, (230 + d[6] % 25, 190 + d[7] % 50, 90 + d[8] % 80)


def _pixel(x: int, y: int, shape: bytes, colours: tuple[Colour, Colour, Colour]) -> Colour:
    sky, hill, sun = colours
    slope = 110 + shape[9] % 40 + (x * (shape[10] % 60 - 30)) // WIDTH + (abs(x - shape[11]) * 40) // WIDTH
    if y > slope:
        return hill
    if (x - 60 - shape[12] % 200) ** 2 + (y - 55) ** 2 < 900:
        return sun
    return sky


def png(word: str) -> bytes:
    """A little landscape, 320 by 200 pixels, as PNG (RFC 2083)."""
    shape, colours = hashlib.sha256(word.encode()).digest(), _colours(word)
    lines = (b"\0" + bytes(v for x in range(WIDTH) for v in _pixel(x, y, shape, colours)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"".join(lines))) + _chunk(b"IEND", b"")
