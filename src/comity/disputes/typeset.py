"""The child that opens what parties hand in, and sets a bundle of it: with limits, no file on any disk, no Django.

Started by `press`, once for each job. In: frames of eight bytes of length and that many bytes: the job as JSON, then
each file. Out: frames, each given as soon as it is known. Files lie in memory (`memfd_create`), where typst finds them
as /proc/self/fd/N. Nothing in the data is markup: words reach the page as strings.
"""

from __future__ import annotations

import contextlib
import email
import io
import itertools
import json
import os
import resource
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, FloatObject, NameObject, NullObject, TextStringObject

from comity.answers.glyphs import settable
from comity.disputes.frames import give, take
from comity.disputes.rules import of_words
from comity.reading import sniff

PDF, PLAIN = sniff.PDF, sniff.PLAIN
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
PAGES_AT_MOST, PIXELS_AT_MOST, CHARACTERS_AT_MOST = 1500, 60_000_000, 300_000
ENCRYPTED, BROKEN, LONG, LARGE, KIND = "encrypted", "broken", "too-long", "too-large", "kind"
AS_THEY_ARE = frozenset({"file", "format", "form", "sha256", "language"})  # of our own making
PIECE = 2000
ZIPPED = (sniff.ZIP, sniff.DOCX, sniff.ODF)
PARTS_AT_MOST, MEMBER_AT_MOST = 50, 30_000_000
TRIAL = (
    b"#let d = json(bytes(sys.inputs.data))\n#set page(width: auto, height: auto)\n"
    b'#for n in range(d.pages) { page(image(d.file, format: d.format, width: 10cm, height: 10cm, fit: "contain",'
    b' ..if d.format == "pdf" { (page: n + 1) })) }'
)


class Fault(Exception):
    """Why a file can't be set; its text is one of the codes above."""


# -- looking at one file ----------------------------------------------------------------------------------------------


def look(data: bytes, media: str) -> dict[str, Any]:
    """How many pages a file has, which of them lie across, and why it can't be set, if so. Never raises."""
    try:
        return {"fault": "", **_looked(data, media)}
    except Fault as fault:
        return {"fault": str(fault), "pages": 0, "wide": []}
    except BaseException:  # a parser's panic is one: what can't be read is a sheet that says so
        return {"fault": BROKEN, "pages": 0, "wide": []}


def _looked(data: bytes, media: str) -> dict[str, Any]:
    if media == PLAIN:
        if len(data) > CHARACTERS_AT_MOST:
            raise Fault(LONG)
        return {"pages": 1, "wide": []}
    if media == PDF:
        found = _pages(data)
        _try(data, "pdf", len(found))
        return {"pages": len(found), "wide": [n for n, across in enumerate(found, 1) if across]}
    if media in PICTURES:
        width, height = sniff.size_of_picture(data) or (0, 0)
        if width * height > PIXELS_AT_MOST:
            raise Fault(LARGE)
        _try(data, PICTURES[media], 1)
        return {"pages": 1, "wide": [1] if width > height else []}
    raise Fault(KIND)


def _reader(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Fault(ENCRYPTED)
    return reader


def _pages(data: bytes) -> list[bool]:
    """For each page, whether it is wider than high as a reader sees it."""
    reader = _reader(data)
    if len(reader.pages) > PAGES_AT_MOST:
        raise Fault(LONG)
    found = []
    for page in reader.pages:
        box, turned = page.cropbox, int(page.rotation or 0) % 180 != 0
        found.append((box.width > box.height) != turned)
    if not found:
        raise Fault(BROKEN)
    return found


def _try(data: bytes, form: str, pages: int) -> None:
    """Set every page once and throw it away: what typst can't open is known before it stands in a bundle."""
    given = json.dumps({"file": _held(data), "format": form, "pages": pages})
    typst.compile(TRIAL, format="pdf", root="/proc/self/fd", sys_inputs={"data": given}, **_fonts())


def words(data: bytes, media: str) -> str:
    """What tells the words of a file apart from others; empty where it has none."""
    if media == PDF:
        return of_words("".join(page.extract_text() for page in _reader(data).pages))
    return of_words(decoded(data)) if media == PLAIN else ""


def inside(data: bytes, media: str) -> list[str]:
    """What tells apart everything that lies in a file, one level down: attachments of a PDF or a mail, members of a
    ZIP; of each its SHA-256, and its words. Never raises: what can't be opened holds nothing that could be read."""
    found: list[str] = []
    with contextlib.suppress(Exception):
        for part in itertools.islice(_parts(data, media), PARTS_AT_MOST):
            found.append(sha256(part).hexdigest())
            with contextlib.suppress(Exception):
                found.append(words(part, sniff.kind("", "", part)))
    return [one for one in dict.fromkeys(found) if one]


def _parts(data: bytes, media: str) -> Iterator[bytes]:
    if media == PDF:
        for files_of_a_name in _reader(data).attachments.values():
            yield from files_of_a_name
    elif media == sniff.MAIL:
        for part in email.message_from_bytes(data).walk():
            payload = None if part.is_multipart() else part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield payload
    elif media in ZIPPED:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for one in archive.infolist():
                if one.file_size <= MEMBER_AT_MOST:
                    yield archive.read(one)


def decoded(data: bytes) -> str:
    """The text of plain bytes: UTF-8, or UTF-16 where it says so, or else what a byte each gives."""
    for code in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            break
    return data.decode("cp1252", "replace")


# -- setting a bundle -------------------------------------------------------------------------------------------------


def bundle(job: Mapping[str, Any], originals: Sequence[bytes]) -> bytes:
    """One PDF: cover, index, each document, numbered from its first page; the originals attached. The same bytes for
    the same job. Raises typst.TypstError."""
    docs = [_set(doc, originals) for doc in job["docs"]]
    data = json.dumps(_shown({**job, "docs": docs}))
    source = files("comity.disputes").joinpath("bundle.typ").read_bytes()
    made = typst.compile(source, format="pdf", root="/proc/self/fd", sys_inputs={"data": data}, **_fonts())
    if not isinstance(made, bytes):
        raise TypeError("typst gave no file")
    return _finished(made, job, originals)


def _fonts() -> dict[str, Any]:
    folder = str(files("comity.answers").joinpath("fonts"))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])
    return {"font_paths": fonts, "ignore_system_fonts": True}


def _held(data: bytes) -> str:
    """The path at which typst finds bytes that lie in memory."""
    fd = os.memfd_create("paper")
    with os.fdopen(os.dup(fd), "wb") as file:
        file.write(data)
    return f"/{fd}"


def _set(doc: Mapping[str, Any], originals: Sequence[bytes]) -> dict[str, Any]:
    if doc["fault"] or doc["original"] is None:
        return {**doc, "form": "slip" if doc["fault"] else "words"}
    data, media = originals[doc["original"]], doc["media"]
    if media == PLAIN:
        return {**doc, "form": "words", "text": decoded(data)}
    return {**doc, "form": "pages", "file": _held(data), "format": "pdf" if media == PDF else PICTURES[media]}


def _shown(value: Any) -> Any:
    """The same with every character that no font here has as a visible box."""
    if isinstance(value, str):
        return "\n".join(map(_line, value.replace("\r\n", "\n").replace("\f", "\n").split("\n")))
    if isinstance(value, Mapping):
        return {key: inner if key in AS_THEY_ARE else _shown(inner) for key, inner in value.items()}
    return [_shown(inner) for inner in value] if isinstance(value, list) else value


def _line(text: str) -> str:
    """A line in pieces that `settable` leaves whole."""
    return "".join(settable(text[at : at + PIECE]) for at in range(0, len(text), PIECE))


def _finished(made: bytes, job: Mapping[str, Any], originals: Sequence[bytes]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(made))
    first = writer.pages[0].indirect_reference
    opens = [first, NameObject("/XYZ"), NullObject(), NullObject(), FloatObject(1)]
    writer.root_object[NameObject("/OpenAction")] = ArrayObject(opens)
    writer.root_object[NameObject("/PageMode")] = NameObject("/UseOutlines")
    numbers = {page.indirect_reference.idnum: n for n, page in enumerate(writer.pages, 1) if page.indirect_reference}
    for item in _bookmarks(writer.root_object.get("/Outlines")):
        where = item.get("/Dest") or item["/A"]["/D"]
        if (n := numbers.get(where.get_object()[0].idnum)) is not None:
            item[NameObject("/Title")] = TextStringObject(f"{item['/Title']} · {job['page']} {n}")
    for name, at in job["attached"]:
        writer.add_attachment(name, originals[at])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _bookmarks(outlines: Any) -> Iterator[Any]:
    """Every bookmark, however deep."""
    item = outlines.get_object().get("/First") if outlines is not None else None
    while item is not None:
        found = item.get_object()
        yield found
        yield from _bookmarks(found)
        item = found.get("/Next")


# -- the process ------------------------------------------------------------------------------------------------------


def main() -> None:
    """One job: read it whole, go under the limits, do it, end."""
    given, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    job = json.loads(take(given))
    originals = [take(given) for _ in range(job.pop("files"))]
    limit(job.pop("seconds"), job.pop("memory"), sum(map(len, originals)))
    if job["do"] == "look":
        media = sniff.kind(job["declared"], job["name"], originals[0])
        give(out, media.encode())
        give(out, json.dumps(look(originals[0], media)).encode())
        give(out, words(originals[0], media).encode())
        give(out, json.dumps(inside(originals[0], media)).encode())
    else:
        made = bundle(job, originals)
        give(out, json.dumps({"pages": len(PdfReader(io.BytesIO(made)).pages), "memory": memory()}).encode())
        give(out, made)
    os._exit(0)


def memory() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def limit(seconds: int, memory: int, size: int) -> None:
    """Time, memory and files of this process, from here on."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    most = used + memory + 10 * size
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 1, size + 1))  # what lies in memory counts as a file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
