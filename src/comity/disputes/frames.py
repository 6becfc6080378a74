"""Frames between `press` and its child: eight bytes of length, then that many bytes."""

import struct
from typing import BinaryIO

LENGTH = struct.Struct(">Q")


def take(given: BinaryIO) -> bytes:
    """One frame. Raises EOFError where there is none."""
    head = given.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError("closed")
    (size,) = LENGTH.unpack(head)
    data = given.read(size)
    if len(data) < size:
        raise EOFError("closed")
    return data


def give(out: BinaryIO, data: bytes) -> None:
    """One frame."""
    out.write(LENGTH.pack(len(data)) + data)
    out.flush()
