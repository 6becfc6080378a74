"""One part's bytes under one key: AES-256-GCM in chunks, so that a gigabyte needs no memory.

The nonce is the chunk's number and whether it is the last: chunks can't be left out, swapped, repeated or cut off. The
key is used for one part only. What is sealed is padded to a size class (Padmé), at least SMALLEST, so that a length
tells little, and an empty part looks like a small one. AES-GCM does not commit to its key: `commitment` does.
"""

import hashlib
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

CHUNK, TAG, KEY = 2**16, 16, 32
SMALLEST = 1024
_ZEROS = bytes(CHUNK)
_COMMIT = b"comity/seal/key/v1\n"


class BadPart(ValueError):
    """A part that is not what its head says; the text says how."""


def commitment(key: bytes) -> str:
    """What binds a part to one key, in hexadecimal."""
    return hashlib.sha256(_COMMIT + key).hexdigest()


def size_class(length: int) -> int:
    """The padded length for so many bytes, its marker included: at most 12 in 100 more (Padmé, PURBs 2019)."""
    least = max(length + 1, SMALLEST)
    top = least.bit_length() - 1
    mask = (1 << max(0, top - top.bit_length())) - 1
    return (least + mask) & ~mask


def _padded(data: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes, one byte 0x80, and zeros up to the size class."""
    length = 0
    for piece in data:
        length += len(piece)
        yield piece
    rest = size_class(length) - length - 1
    yield b"\x80" + bytes(min(rest, CHUNK - 1))
    rest -= min(rest, CHUNK - 1)
    while rest:
        yield _ZEROS[: min(rest, CHUNK)]
        rest -= min(rest, CHUNK)


def chunks(data: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """The same bytes in pieces of CHUNK, the last at most so long and never left out; copied where they must be."""
    held: list[memoryview] = []
    have = 0
    for piece in data:
        rest = memoryview(piece)
        while rest:
            if have == CHUNK:
                yield _joined(held)
                held, have = [], 0
            held.append(rest[: CHUNK - have])
            have, rest = have + len(held[-1]), rest[CHUNK - have :]
    yield _joined(held)


def _joined(held: list[memoryview]) -> bytes | memoryview:
    return held[0] if len(held) == 1 else b"".join(held)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def seal(key: bytes, about: bytes, data: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed chunks of a part. `about`: what the part is, authenticated with each chunk."""
    box, number = AESGCM(key), 0
    before: bytes | memoryview | None = None
    for chunk in chunks(_padded(data)):
        if before is not None:
            yield box.encrypt(_nonce(number, False), before, about)
            number += 1
        before = chunk
    yield box.encrypt(_nonce(number, True), before or b"", about)


def unseal(key: bytes, about: bytes, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a part from its sealed chunks, as they are authenticated. Raises BadPart.

    Take nothing as whole before it has ended without an error: the last chunk says that it is the last.
    """
    box, before, number, padding = AESGCM(key), None, 0, _Padding()
    for chunk in sealed:
        if before is not None:
            yield from padding.past(_opened(box, number, False, before, about))
            number += 1
        before = chunk
    if before is None:
        raise BadPart("the part is cut off")
    yield from padding.past(_opened(box, number, True, before, about))
    if not padding.marked:
        raise BadPart("the part's padding is not what it must be")


class _Padding:
    """What may turn out to be padding: a mark and the zeros after it, counted, so that they need no memory."""

    def __init__(self) -> None:
        self.marked, self._zeros = False, 0

    def past(self, data: bytes) -> Iterator[bytes]:
        """What is certainly not padding, as soon as that is known."""
        bare = data.rstrip(b"\x00")
        if bare:
            yield from self._not_padding()
            self.marked = bare.endswith(b"\x80")
            yield bare[:-1] if self.marked else bare
        self._zeros += len(data) - len(bare)

    def _not_padding(self) -> Iterator[bytes]:
        if self.marked:
            yield b"\x80"
        while self._zeros:
            some = min(self._zeros, CHUNK)
            yield bytes(some)
            self._zeros -= some


def _opened(box: AESGCM, number: int, last: bool, chunk: bytes, about: bytes) -> bytes:
    if not TAG <= len(chunk) <= CHUNK + TAG:
        raise BadPart(f"chunk {number} has a length that no chunk has")
    try:
        return box.decrypt(_nonce(number, last), chunk, about)
    except InvalidTag:
        raise BadPart(f"chunk {number} does not open: another key, another part, altered, or cut off") from None


class Tags:
    """What the sealer signs of a stream: its length, and SHA-256 over the tags of its chunks.

    Without the key nobody makes other chunks with these tags; hashing whole chunks would make sealing twice as dear.
    Whoever is given the key later could: so the gateway hashes all bytes when they come, and the record says so
    (`Item.content`).
    """

    def __init__(self) -> None:
        self.length, self._sum = 0, hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        """The next chunk."""
        self.length += len(chunk)
        self._sum.update(chunk[-TAG:])

    @property
    def digest(self) -> str:
        """In hexadecimal."""
        return self._sum.hexdigest()
