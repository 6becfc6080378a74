"""What the authority collects: a ZIP whose parts only its own key opens, with everything that says what it is.

    manifest.json     head, parts, the sealer's signature, hashes of every other file, zone, limits
    opening.json      the request that custodians answered, with order, finding and act
    roster.json       who holds the shares
    shares/NAME.json  each custodian's answer
    parts/N.sealed    each part's frames, as they stand in the item
    …                 the cover sheet and whatever else the gateway adds

Only the listed parts are in it; of the item's others it shows a digest each, which says nothing.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from . import items, openings, rosters, streams, texts
from .documents import BadDocument, Reader
from .hybrid import Private
from .items import BadItem, Head, Item, Part
from .openings import BadOpening, Given, Opening
from .rosters import BadRoster, Roster, Signed
from .streams import BadPart
from .texts import BadText

LARGEST_TEXT = 64_000_000
OURS = ("manifest.json", "opening.json", "roster.json")


class BadPackage(BadText):
    """A package that is not one, or not whole; the text says what."""


@dataclass(frozen=True)
class Package:
    """A package as read, every hash of it checked; nothing is opened yet."""

    manifest: Mapping[str, Any]
    head: Head
    parts: Mapping[int, Part]
    opening: Opening
    roster: Roster
    given: tuple[Given, ...]

    @property
    def content(self) -> str:
        """The digest of all bytes of its item, to compare with what the record says of the day when that came."""
        return texts.digest(self.manifest["hashes"])


def write(
    file: IO[bytes],
    *,
    item: Item,
    blob: IO[bytes],
    opening: bytes,
    roster: Signed,
    answers: Sequence[bytes],
    about: Mapping[str, Any],
    beside: Mapping[str, bytes],
) -> str:
    """Write a package, streaming; returns the SHA-256 of its manifest.

    `blob`: the item's file; `about`: what the manifest says besides (`made`, `zone`, `limits`, `production`,
    `supplements`); `beside`: further files by name. Raises BadOpening for answers that don't belong.
    """
    asked = openings.parse(opening)
    openings.verify_of(asked, item.head)
    named = {openings.parse_answer(raw, asked, roster.roster).custodian: raw for raw in answers}
    files = {
        "opening.json": opening,
        "roster.json": roster.raw,
        **{f"shares/{n}.json": raw for n, raw in named.items()},
    }
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as into:
        for name, raw in {**beside, **files}.items():
            _add(into, name, (raw,), hashes)
        for number in asked.parts:
            _add(into, f"parts/{number}.sealed", _framed(items.body(blob, item, number)), hashes)
        manifest = texts.canonical(_manifest(item, asked, about, hashes))
        _add(into, "manifest.json", (manifest,), {})
    return hashlib.sha256(manifest).hexdigest()


def _framed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        yield len(chunk).to_bytes(4, "big")
        yield chunk
    yield bytes(4)


def _add(into: zipfile.ZipFile, name: str, pieces: Iterable[bytes], hashes: dict[str, str]) -> None:
    hashed = hashlib.sha256()
    with into.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as out:
        for piece in pieces:
            hashed.update(piece)
            out.write(piece)
    hashes[name] = hashed.hexdigest()


def _manifest(item: Item, opening: Opening, about: Mapping[str, Any], hashes: Mapping[str, str]) -> dict[str, Any]:
    return {
        **about,
        "v": 1,
        "kind": "comity-production",
        "opening": opening.number,
        "request": opening.digest,
        "head": item.head.told(),
        "parts": [item.parts[number].told() for number in opening.parts],
        "bodies": item.tail["bodies"],
        "envelopes": item.tail["envelopes"],
        "hashes": list(item.hashes),
        "signature": texts.b64(item.signature),
        "files": dict(hashes),
    }


# Reading --------------------------------------------------------------------------------------------------------------


def read(file: IO[bytes], sealer: str | None = None, content: str | None = None) -> Package:
    """A package, every hash and signature of it checked. `sealer`: the platform's key, if it is known; `content`: what
    the record's entry `item.sealed` says of its item, if whoever opens it might have altered it since. Raises
    BadPackage."""
    try:
        with zipfile.ZipFile(file) as whole:
            package = _read(whole, sealer)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, RuntimeError) as error:
        raise BadPackage(f"not a package, or a file is missing: {error}") from None
    except (BadItem, BadOpening, BadRoster) as error:
        raise BadPackage(str(error)) from None
    if content is not None and package.content != content:
        raise BadPackage("content: its bytes are not those that came, as the record says")
    return package


def _read(whole: zipfile.ZipFile, sealer: str | None) -> Package:
    manifest = texts.parse(_text(whole, "manifest.json"), "manifest", LARGEST_TEXT)
    if manifest.get("kind") != "comity-production":
        raise BadPackage("manifest: it is of no production")
    _verify_files(whole, manifest)
    head = items.parse_head(texts.canonical(manifest.get("head")))
    if sealer is not None and head.sealer != sealer:
        raise BadPackage("sealer: it was sealed by another platform than the one that was named")
    if not _hashes_of(head, manifest.get("hashes")):
        raise BadPackage("hashes: one for each part of the item is asked for")
    parts = {part.number: part for part in map(items.parse_part, texts.objects(manifest, "parts"))}
    bodies = items.parse_bodies(head, manifest.get("bodies"))
    tail = items.tail(head, bodies, items.parse_hashes(manifest.get("envelopes")))
    items.verify_sealed(head, tail, texts.binary(manifest, "signature", 64))
    opening = openings.parse(_text(whole, "opening.json"))
    openings.verify_of(opening, head)
    if tuple(sorted(parts)) != opening.parts or manifest.get("request") != opening.digest:
        raise BadPackage("parts: those in it are not those that were asked for")
    for number, part in parts.items():
        items.verify_part(head, part)
        if items.hashed(_frames(whole, number), number) != (bodies[number], manifest["hashes"][number]):
            raise BadPackage(f"part {number}: its bytes are not those that were sealed")
    roster = rosters.parse(_text(whole, "roster.json")).roster
    if roster.hash != head.roster:
        raise BadPackage("roster: it is not the one that the item was sealed to")
    return Package(manifest, head, parts, opening, roster, tuple(_given(whole, opening, roster)))


def _hashes_of(head: Head, said: Any) -> bool:
    listed = isinstance(said, list) and len(said) == len(head.parts)
    return listed and all(isinstance(one, str) and texts.HEX.fullmatch(one) for one in said)


def _text(whole: zipfile.ZipFile, name: str) -> bytes:
    if whole.getinfo(name).file_size > LARGEST_TEXT:
        raise BadPackage(f"{name}: too long")
    return whole.read(name)


def _verify_files(whole: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
    """Every file has the hash that the manifest says, and there is none that it doesn't list."""
    listed = manifest.get("files")
    names = whole.namelist()
    if not isinstance(listed, dict) or sorted(names) != sorted([*listed, "manifest.json"]):
        raise BadPackage("files: those in it are not those that the manifest lists")
    for name, expected in listed.items():
        if _hash(whole, name) != expected:
            raise BadPackage(f"{name}: its hash is not the one in the manifest")


def _hash(whole: zipfile.ZipFile, name: str) -> str:
    hashed = hashlib.sha256()
    with whole.open(name) as one:
        while piece := one.read(2**20):
            hashed.update(piece)
    return hashed.hexdigest()


def _given(whole: zipfile.ZipFile, opening: Opening, roster: Roster) -> Iterator[Given]:
    for name in whole.namelist():
        if name.startswith("shares/"):
            answer = openings.parse_answer(_text(whole, name), opening, roster)
            if isinstance(answer, Given):
                yield answer


def _frames(whole: zipfile.ZipFile, number: int) -> Iterator[bytes]:
    with whole.open(f"parts/{number}.sealed") as file:
        yield from items.frames(file)


def unseal(file: IO[bytes], package: Package, key: Private) -> Iterator[tuple[Part, Reader]]:
    """Each part of a package and a reader of its documents. Raises BadShare, BadOpening, BadPart, BadDocument.

    Every key is combined and checked before the first part is opened; take each part to its end.
    """
    found = openings.keys(package.opening, package.head, package.parts, package.given, key, package.roster)
    with zipfile.ZipFile(file) as whole:
        for number, one in found.items():
            part = package.parts[number]
            reader = Reader(streams.unseal(one, part.digest.encode(), _frames(whole, number)))
            said = reader.about
            if (said.get("category"), said.get("day")) != (part.category, part.day):
                raise BadDocument(f"part {number}: its content says that it is of another category or day")
            yield part, reader


__all__ = ["BadPackage", "BadPart", "Package", "read", "unseal", "write"]
