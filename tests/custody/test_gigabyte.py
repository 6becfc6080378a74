"""A film of a gigabyte on the whole road: sealed, kept, opened by three, collected, and read by its authority alone."""

import hashlib
import os
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sealing
from road import open_road

from comity.custody import places, production, rostered, seals
from comity.platforms.port import Pinned
from comity_seal import documents, items, packages

from .scene import asked, proven

MEGABYTES = int(os.environ.get("COMITY_MEGABYTES", "1024"))
MOST = 96  # MiB that all of it may add to a process that does everybody's work at once
PIECE = hashlib.sha512(b"a frame").digest() * 2**14  # one mebibyte


@dataclass(frozen=True)
class Filming:
    """The platform of a test whose user has sent a film."""

    of: seals.Asked

    def pinned(self) -> Pinned:
        row = rostered.current("demo")
        assert row is not None
        return Pinned(row.hash, sealing.SEALER.public_key().public_bytes_raw().hex())

    def seal(self, key: str, said: dict[str, Any], into: Any) -> None:
        row = rostered.current("demo")
        assert row is not None
        films = next(n for n, part in enumerate(self.of.parts) if part[0] == "content")
        records = [
            items.Records(*part, lambda n=n: film() if n == films else ())  # type: ignore[misc]
            for n, part in enumerate(self.of.parts)
        ]
        roster = rostered.signed(row).roster
        for piece in items.seal(records, roster, case=said["case"], sealer=sealing.SEALER, sealed=sealing.SEALED):
            into.write(piece)

    def collected(self, key: str) -> None:
        """Nothing is kept there."""


def film() -> Iterator[documents.Document]:
    yield documents.Document("film.mp4", "video/mp4", MEGABYTES * 2**20, (PIECE for _ in range(MEGABYTES)))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.soak
@pytest.mark.django_db
def test_a_gigabyte_goes_the_whole_road_and_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    proven(monkeypatch)
    real = seals._asked
    monkeypatch.setattr(
        seals,
        "_asked",
        lambda *of: [replace(one, platform=Filming(one)) for one in real(*of)],  # type: ignore[arg-type]
    )
    with open_road() as road:
        began, before = time.monotonic(), peak()
        made = asked(road)
        kept = time.monotonic()
        assert made.item.bytes > MEGABYTES * 2**20
        made.give(*sorted(made.called()))
        assert (made.opening.state, road.refused) == ("complete", [])
        package = production.collect(made.opening.id)
        path, found = places.production(made.opening.id, package.number), hashlib.sha256()
        produced, length = time.monotonic(), 0
        with path.open("rb") as file:
            whole = packages.read(file, content=made.item.content)
            for _, reader in packages.unseal(file, whole, sealing.RECIPIENT):
                for document in reader.documents():
                    for piece in document.data:
                        found.update(piece)
                        length += len(piece)
        expected = hashlib.sha256()
        for _ in range(MEGABYTES):
            expected.update(PIECE)
        assert (length, found.digest()) == (MEGABYTES * 2**20, expected.digest())
        grown = peak() - before
        print(
            f"{MEGABYTES} MiB: sealed, kept and asked in {kept - began:.0f} s, given and produced in "
            f"{produced - kept:.0f} s, read in {time.monotonic() - produced:.0f} s; memory grew by {grown:.0f} MiB"
        )
        assert grown < MOST
