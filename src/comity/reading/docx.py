"""The text of a DOCX: headers, body, notes, footers; rows as lines and cells apart, drawn boxes as boxes.

Pure, run in the limited child. No XML parser runs (so no entities, no network): the markup is read as tokens, in one
pass over at most `MOST_XML` bytes. What a reader of the document doesn't see is left out: deleted and moved text,
hidden runs, the prompt in an empty content control, the second copy of a text box.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator

from comity.reading import urls
from comity.reading.archive import FAULTS, MOST_XML, as_text, attribute, bounded, directory, member
from comity.reading.boxes import box, drawn, symbol
from comity.reading.pieces import CELL, ROW

MOST_PARTS = 20
HYPERLINK = re.compile(r"\s*HYPERLINK\s+\"?(https?://[^\"\s]+)", re.IGNORECASE)
TOKEN = re.compile(
    r"<w:t(?:\s[^<>]*)?>([^<]*)</w:t>|<w:instrText(?:\s[^<>]*)?>(?P<told>[^<]*)</w:instrText>"
    r"|<(?P<closes>/?)(?P<tag>(?:w:(?:p|r|tc|tr|br|cr|tab|ptab|sym|noBreakHyphen|sdt|showingPlcHdr|checkBox|default"
    r"|checked|ddList|result|listEntry|fldChar|txbxContent|moveFrom|del|vanish|strike|dstrike|hyperlink)|w14:(?:checkbox|checked)"
    r"|mc:Fallback))(?=[\s/>])(?P<rest>[^<>]*)>"
)
MAIN = re.compile(rb"<Relationship\s[^<>]*officeDocument\"[^<>]*>")
LINK = re.compile(r"<Relationship\s[^<>]*hyperlink\"[^<>]*>")
WORDS = re.compile(r"xmlns:(\w{1,20})=\"[^\"<>]{1,80}wordprocessingml/(?:2006/)?main\"")


def text(data: bytes) -> str:
    """Readable text; empty for a zip that is no DOCX or is larger inside than it may be."""
    out: list[str] = []
    left = MOST_XML
    try:
        with directory(data) as archive:
            for name in parts(archive):
                source = member(archive, name, left)
                left -= len(source)
                said = Reader(links(archive, name, left)).read(with_known_prefix(as_text(source)))
                if said and said not in out:
                    out.append(said)
    except FAULTS:
        return ""
    return "\n\n".join(out)


def parts(archive: zipfile.ZipFile) -> list[str]:
    """The members that hold text, in the order of a printed page. Raises KeyError where there is no document."""
    names = {info.filename for info in archive.infolist()[:2_000]}
    main = "word/document.xml" if "word/document.xml" in names else main_part(archive)
    folder = main.rpartition("/")[0]
    others = sorted(
        n for n in names if re.fullmatch(rf"{re.escape(folder)}/(?:header|footer|footnotes|endnotes)\d*\.xml", n)
    )
    before = [n for n in others if "/header" in n]
    return [*before[:MOST_PARTS], main, *[n for n in others if n not in before][:MOST_PARTS]]


def main_part(archive: zipfile.ZipFile) -> str:
    """Some writers call the document otherwise and say so in the package's relations."""
    found = MAIN.search(member(archive, "_rels/.rels", 100_000))
    target = attribute(found[0].decode("utf-8", "replace"), "Target") if found else ""
    if not target:
        raise KeyError("no document")
    return target.lstrip("/")


def with_known_prefix(source: str) -> str:
    """The usual prefix `w:` where a writer bound the same vocabulary to another."""
    found = WORDS.search(source[:20_000])
    if found is None or found[1] == "w":
        return source
    return re.sub(rf"(?<=[</ ]){found[1]}:(?=\w)", "w:", source)


def links(archive: zipfile.ZipFile, name: str, most: int) -> dict[str, str]:
    """Where the hyperlinks of one part lead, by their ids."""
    folder, _, base = name.rpartition("/")
    try:
        source = as_text(member(archive, f"{folder}/_rels/{base}.rels", min(most, 1_000_000)))
    except FAULTS:
        return {}
    found = (m[0] for m in LINK.finditer(source))
    return {attribute(one, "Id"): html.unescape(attribute(one, "Target")) for one in found}


def on(tag: str) -> bool:
    """An on/off element: present means on unless it says otherwise."""
    return (attribute(tag, "w:val") or attribute(tag, "w14:val") or "1").lower() not in {"0", "false", "off"}


class Reader:
    """One part's tokens to text. `out` is a stack: a control or text box gathers apart until it closes."""

    UNSEEN = frozenset(["mc:Fallback", "w:moveFrom", "w:del"])
    SIGNS = {"w:br": "\n", "w:cr": "\n", "w:tab": "\t", "w:ptab": "\t", "w:noBreakHyphen": "-"}

    def __init__(self, targets: dict[str, str]) -> None:
        self.targets = targets
        self.out: list[list[str]] = [[]]
        self.open: list[dict[str, str]] = []
        self.boxes: list[str] = []
        self.unseen = 0
        self.hidden = self.struck = self.in_run = False
        self.field: dict[str, str] = {}
        self.entries: list[str] = []
        self.told, self.links = "", list[bool]()
        self.first = True

    def read(self, source: str) -> str:
        for m in bounded(TOKEN.finditer(source)):
            if m["told"] is not None:
                self.told += html.unescape(m["told"])[: urls.LONGEST]
            elif m["tag"] is None:
                self.say(drawn(html.unescape(m[1])).replace(CELL[-1], " "))
            else:
                self.token(m["tag"], bool(m["closes"]), m["rest"])
        while len(self.out) > 1:
            self.shut()
        return re.sub(r"\n{3,}", "\n\n", "".join([*self.out[0], *self.boxes])).strip(" \n")

    def say(self, words: str) -> None:
        if not self.unseen and not (self.hidden and self.in_run):
            struck = self.struck and self.in_run and words.strip()
            self.out[-1].append(f"~~{words.strip()}~~" if struck else words)

    def token(self, tag: str, closes: bool, rest: str) -> None:
        if tag in self.UNSEEN:
            if not rest.endswith("/"):
                self.unseen = max(0, self.unseen + (-1 if closes else 1))
        elif tag in {"w:sdt", "w:txbxContent", "w:hyperlink"}:
            self.group(tag, closes, rest)
        elif tag == "w:fldChar":
            self.field_of(attribute(rest, "w:fldCharType"))
        elif tag in {"w:checkBox", "w:ddList", "w:default", "w:checked", "w:result", "w:listEntry"}:
            self.form_field(tag, closes, rest)
        elif tag in {"w:showingPlcHdr", "w14:checkbox", "w14:checked"}:
            self.control(tag, rest)
        elif tag == "w:vanish":
            self.hidden = on(rest)
        elif tag in {"w:strike", "w:dstrike"}:
            self.struck = on(rest)
        elif tag == "w:sym":
            self.say(symbol(attribute(rest, "w:font"), attribute(rest, "w:char")))
        else:
            self.layout(tag, closes, rest)

    def layout(self, tag: str, closes: bool, rest: str) -> None:
        if tag == "w:r":
            self.in_run, self.hidden, self.struck = not closes and not rest.endswith("/"), False, False
        elif tag in self.SIGNS:
            # Outside of a run a tab is a stop of the ruler.
            self.say(self.SIGNS[tag] if self.in_run and not closes else "")
        elif closes or rest.endswith("/"):
            self.say({"w:p": "\n", "w:tc": "", "w:tr": f"{ROW}\n"}[tag])
            if tag == "w:p" and self.boxes and len(self.out) == 1:
                self.out[-1] += self.boxes
                self.boxes = []
        elif tag == "w:tr":
            self.say(ROW)
            self.first = True
        elif tag == "w:tc":
            self.say("" if self.first else CELL)
            self.first = False

    def group(self, tag: str, closes: bool, rest: str) -> None:
        if rest.endswith("/"):
            return
        if not closes:
            self.out.append([])
            self.open.append({"tag": tag, "id": attribute(rest, "r:id"), "in_run": "1" if self.in_run else ""})
            self.in_run = False
        elif len(self.out) > 1 and self.open[-1]["tag"] == tag:
            self.shut()

    def shut(self) -> None:
        state, said = self.open.pop(), "".join(self.out.pop())
        self.in_run = bool(state["in_run"])
        if state["tag"] == "w:txbxContent":
            self.boxes.append(said.rstrip("\n") + "\n")
        elif state["tag"] == "w:fldChar":
            self.say(urls.linked(said, state["target"]))
        elif state["tag"] == "w:hyperlink":
            self.say(urls.linked(said, self.targets.get(state["id"], "")))
        elif "box" in state:
            self.say(box(state.get("checked") == "1", said))
        elif "prompt" not in state:
            self.say(said)

    def field_of(self, kind: str) -> None:
        """A field that tells, before what it shows, where that leads."""
        if kind == "begin":
            self.told = ""
            self.links.append(False)
        elif kind == "separate" and self.links and (found := HYPERLINK.match(self.told)):
            self.links[-1] = True
            self.out.append([])
            self.open.append({"tag": "w:fldChar", "target": found[1], "in_run": "1" if self.in_run else ""})
        elif kind == "end" and self.links and self.links.pop() and self.open and self.open[-1]["tag"] == "w:fldChar":
            self.shut()

    def control(self, tag: str, rest: str) -> None:
        """What a content control says of itself: that it is a box, is ticked, or shows but its prompt."""
        mine: Iterator[dict[str, str]] = (state for state in reversed(self.open) if state["tag"] == "w:sdt")
        state = next(mine, None)
        if state is not None:
            key = {"w:showingPlcHdr": "prompt", "w14:checkbox": "box", "w14:checked": "checked"}[tag]
            state[key] = "1" if on(rest) else "0"
            if key == "prompt" and not on(rest):
                del state[key]

    def form_field(self, tag: str, closes: bool, rest: str) -> None:
        """The older form fields keep their state in the field's data and show nothing else."""
        if tag in {"w:checkBox", "w:ddList"}:
            if closes and tag == "w:checkBox":
                self.say(box((self.field.get("w:checked") or self.field.get("w:default")) == "1"))
            elif closes and self.entries:
                chosen = self.field.get("w:result", "0")
                self.say(self.entries[min(int(chosen) if chosen.isdigit() else 0, len(self.entries) - 1)])
            self.field, self.entries = {}, []
        elif tag == "w:listEntry":
            self.entries.append(html.unescape(attribute(rest, "w:val"))[:500])
        elif not closes:
            self.field[tag] = attribute(rest, "w:val")[:4] if tag == "w:result" else "1" if on(rest) else "0"
