"""The values of an XFA form: what a dynamic form from Adobe's designer holds behind the page that says "Please wait".

Pure, run in the limited child. The packets are XML: read by expat with every declaration of a document type refused
(so no entities), and bounded. A page of such a form is drawn from a template that isn't followed here; `captions` gives
what the template prints beside each field, so that a name that means nothing can be matched. Source: XFA 3.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

MOST_BYTES = 5_000_000
MOST_FIELDS = 2_000
MOST_DEPTH = 100
MOST_VALUE = 50_000


def fields(packets: bytes) -> dict[str, str] | None:
    """Each leaf of the data by its path, `form1.sectionA.reference`, `form1.row[1].url` for a second one of a name.

    `packets` is the stream of the form, or the streams of its array put together in their order. None where there is
    no data or it isn't well-formed: then nobody knows what the form says.
    """
    walked = walk(packet(packet(packets, b"datasets"), b"data"))
    return walked.leaves if walked and walked.leaves else None


def captions(packets: bytes) -> dict[str, str]:
    """What the template prints beside each field, by the field's own name (not its path); empty where it can't tell."""
    walked = walk(packet(packets, b"template"))
    return walked.captions if walked else {}


def packet(packets: bytes, name: bytes) -> bytes:
    """One element by its local name, cut out whole; empty where it isn't there or is larger than it may be."""
    start = re.search(rb"<((?:[\w.-]{1,40}:)?" + name + rb")(?=[\s>/])", packets[: 10 * MOST_BYTES])
    if start is None:
        return b""
    ends = [m.end() for m in re.finditer(rb"</" + re.escape(start[1]) + rb"\s*>", packets)]
    if not ends or ends[-1] - start.start() > MOST_BYTES:
        return b""
    return packets[start.start() : ends[-1]]


class Refused(ValueError):
    """Not read: it declares a document type, or is larger than it may be."""


@dataclass
class Walk:
    """Leaves by path, and captions by field name, as expat meets them."""

    path: list[str] = field(default_factory=list)
    seen: list[dict[str, int]] = field(default_factory=lambda: [{}])
    words: list[list[str]] = field(default_factory=list)
    parents: set[int] = field(default_factory=set)
    leaves: dict[str, str] = field(default_factory=dict)
    captions: dict[str, str] = field(default_factory=dict)
    named: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.path) > MOST_DEPTH or len(self.leaves) > MOST_FIELDS:
            raise Refused("more fields or deeper than is followed")
        local = tag.rpartition(":")[2]
        count = self.seen[-1].get(local, 0)
        self.seen[-1][local] = count + 1
        self.parents.add(len(self.path) - 1)
        self.path.append(f"{local}[{count}]" if count else local)
        self.seen.append({})
        self.words.append([])
        self.named.append(attributes.get("name", "") if local in {"field", "exclGroup"} else "")

    def text(self, words: str) -> None:
        if self.words:
            self.words[-1].append(words)

    def end(self, tag: str) -> None:
        depth = len(self.path) - 1
        value = "".join(self.words.pop())[:MOST_VALUE].strip()
        if depth not in self.parents:
            self.leaves[".".join(self.path[1:])] = value
        self.parents.discard(depth)
        self.caption(value)
        self.seen.pop()
        self.path.pop()
        self.named.pop()

    def caption(self, value: str) -> None:
        """The words of a field's caption or tool tip, rich text or plain."""
        owner = next((name for name in reversed(self.named) if name), "")
        bare = [part.partition("[")[0] for part in self.path]
        if owner and value and ({"caption", "toolTip"} & set(bare)) and len(self.captions) < MOST_FIELDS:
            self.captions[owner] = f"{self.captions.get(owner, '')} {value}".strip()[:1_000]


def walk(source: bytes) -> Walk | None:
    if not source:
        return None
    found = Walk()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(source, True)
    except (expat.ExpatError, Refused, LookupError):
        return None
    return found


def refuse(*_: object) -> None:
    raise Refused("declares a document type")
