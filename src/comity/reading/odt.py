"""The text of an OpenDocument file (ODT, OTT, spreadsheets too; zipped or flat): rows as lines, cells apart by tabs.

Pure, run in the limited child. As in `docx`, no XML parser runs: the markup is read as tokens in one pass. What a
reader of the document doesn't see is left out: deleted text, comments, prompts of empty fields, pictures' bytes.
"""

from __future__ import annotations

import html
import re

from comity.reading import urls
from comity.reading.archive import MOST_XML, as_text, attribute, bounded, directory, member, tidy
from comity.reading.boxes import box, drawn

TOKEN = re.compile(r"<(/?)([\w.-]+:[\w.-]+)([^<>]*)>|([^<>]+)")
STRUCK = re.compile(
    r"<style:style\s[^<>]{0,500}?style:name=\"([^\"<>]{1,80})\"[^<>]*>\s*"
    r"<style:text-properties\s[^<>]*?text-line-through-(?:style|type)=\"(?!none)"
)
PARAGRAPHS = frozenset(["text:p", "text:h"])
UNSEEN = frozenset(
    [
        "text:tracked-changes",
        "office:annotation",
        "office:binary-data",
        "office:scripts",
        "text:placeholder",
        "text:note-citation",
        "text:ruby-text",
        "office:styles",
        "office:automatic-styles",
        "office:font-face-decls",
        "text:illustration-index-source",
        "text:table-of-content-source",
    ]
)
GROUPS = frozenset(["draw:text-box", "loext:content-control", "field:fieldmark", "text:a"])
MOST_SPACES = 200
MOST_ENDS = 10


def text(data: bytes) -> str:
    """The text of a zipped document. Raises Encrypted, TooLarge, or another of `archive.FAULTS`."""
    with directory(data) as archive:
        content = as_text(member(archive, "content.xml", MOST_XML))
        try:
            styles = as_text(member(archive, "styles.xml", MOST_XML - len(content)))
        except KeyError:
            styles = ""
    said = [*ends(styles, "style:header"), read(content), *ends(styles, "style:footer")]
    return "\n\n".join(dict.fromkeys(one for one in said if one))


def ends(styles: str, tag: str) -> list[str]:
    """What the page styles print above or below each page, the first few."""
    found: list[str] = []
    at = 0
    while len(found) < MOST_ENDS and (start := re.compile(rf"<{tag}(?=[ >])").search(styles, at)):
        at = styles.find(f"</{tag}>", start.end())
        if at < 0:
            break
        found.append(read(styles[start.start() : at]))
    return found


def flat(data: bytes) -> str:
    """The text of a flat document (.fodt). Raises ValueError where it is larger than it may be."""
    if len(data) > MOST_XML:
        raise ValueError("larger than it may be")
    source = as_text(data)
    return read(source[max(0, source.find("<office:body")) :])


def read(source: str) -> str:
    return Reader().read(source)


class Reader:
    """Tokens to text. `out` is a stack: a text box or a control gathers apart until it closes."""

    def __init__(self) -> None:
        self.out: list[list[str]] = [[]]
        self.open: list[tuple[str, str]] = []
        self.boxes: list[str] = []
        self.unseen: list[str] = []
        self.paragraphs = 0
        self.first_cell = True
        self.controls: dict[str, str] = {}
        self.control = ""
        self.struck: set[str] = set()
        self.spans: list[bool] = []

    def read(self, source: str) -> str:
        self.struck = set(STRUCK.findall(source))
        for m in bounded(TOKEN.finditer(source)):
            if m[2] is None:
                if self.paragraphs and not self.unseen:
                    words = re.sub(r"\s+", " ", drawn(html.unescape(m[4])))
                    self.say(f"~~{words.strip()}~~" if any(self.spans) and words.strip() else words)
            elif m[2] in UNSEEN or self.unseen:
                self.skip(m[2], bool(m[1]), m[3])
            else:
                self.token(m[2], bool(m[1]), m[3])
        while len(self.out) > 1:
            self.shut()
        return tidy("".join([*self.out[0], *self.boxes]))

    def say(self, words: str) -> None:
        if words:
            self.out[-1].append(words)

    def new_line(self) -> None:
        if self.out[-1] and not self.out[-1][-1].endswith("\n"):
            self.say("\n")

    def skip(self, tag: str, closes: bool, rest: str) -> None:
        if closes and self.unseen and self.unseen[-1] == tag:
            self.unseen.pop()
        elif not closes and not rest.endswith("/") and tag in UNSEEN:
            self.unseen.append(tag)

    def token(self, tag: str, closes: bool, rest: str) -> None:
        if tag in PARAGRAPHS:
            self.paragraph(closes, rest.endswith("/"))
        elif tag in GROUPS:
            self.group(tag, closes, rest)
        elif tag == "text:span":
            self.span(closes, rest)
        elif tag.startswith("form:"):
            self.form(tag, closes, rest)
        elif tag in {"table:table-row", "table:table"}:
            self.new_line()
            self.first_cell = True
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.cell(closes)
        elif not closes:
            self.inline(tag, rest)

    def span(self, closes: bool, rest: str) -> None:
        """A run of words, struck out or not."""
        if closes and self.spans:
            self.spans.pop()
        elif not closes and not rest.endswith("/"):
            self.spans.append(attribute(rest, "text:style-name") in self.struck)

    def cell(self, closes: bool) -> None:
        """A cell begins with its tab: the line end of the last paragraph would come between text and tab."""
        if closes:
            return
        while not self.first_cell and self.out[-1] and self.out[-1][-1] == "\n":
            self.out[-1].pop()
        self.say("" if self.first_cell else "\t")
        self.first_cell = False

    def paragraph(self, closes: bool, empty: bool) -> None:
        if not empty:
            self.paragraphs = max(0, self.paragraphs + (-1 if closes else 1))
        if closes or empty:
            self.say("\n")
            if not self.paragraphs and len(self.out) == 1:
                self.out[-1] += self.boxes
                self.boxes = []

    def inline(self, tag: str, rest: str) -> None:
        if tag == "text:s":
            count = attribute(rest, "text:c")
            self.say(" " * min(MOST_SPACES, int(count) if count.isdigit() and len(count) < 5 else 1))
        elif tag == "draw:control":
            self.say(self.controls.get(attribute(rest, "draw:control"), ""))
        elif tag == "field:param" and self.open and self.open[-1][0] == "field:fieldmark":
            ticked = attribute(rest, "field:value").lower() in {"true", "1"}
            if "checked" in attribute(rest, "field:name").lower():
                self.open[-1] = (self.open[-1][0], "ticked" if ticked else "empty")
        else:
            self.say({"text:tab": "\t", "text:line-break": "\n"}.get(tag, ""))

    def group(self, tag: str, closes: bool, rest: str) -> None:
        if rest.endswith("/"):
            if "FORMCHECKBOX" in rest:
                self.say(box(False))
        elif not closes:
            self.out.append([])
            self.open.append((tag, state_of(tag, rest)))
        elif self.open and self.open[-1][0] == tag:
            self.shut()

    def shut(self) -> None:
        (tag, state), said = self.open.pop(), "".join(self.out.pop())
        if tag == "draw:text-box":
            self.boxes.append(said.rstrip("\n") + "\n")
        elif tag == "text:a":
            self.say(urls.linked(said, state))
        elif state in {"ticked", "empty"}:
            self.say(box(state == "ticked", said))
        elif state != "prompt":
            self.say(said)

    def form(self, tag: str, closes: bool, rest: str) -> None:
        """Controls stand at the head of the document, and a reference to each where it is seen."""
        key = attribute(rest, "xml:id") or attribute(rest, "form:id")
        if closes:
            return
        if tag in {"form:checkbox", "form:radio"}:
            state = attribute(rest, "form:current-state") or attribute(rest, "form:state")
            chosen = attribute(rest, "form:current-selected") or attribute(rest, "form:selected")
            self.controls[key] = box("checked" in (state, "checked" if chosen == "true" else "")) + attribute(
                rest, "form:label"
            )
        elif tag in {"form:option", "form:item"}:
            if "true" in (attribute(rest, "form:current-selected"), attribute(rest, "form:selected")):
                self.controls[self.control] = attribute(rest, "form:label")
        else:
            value = attribute(rest, "form:current-value") or attribute(rest, "form:value")
            self.control = key
            self.controls[key] = "" if tag in {"form:button", "form:hidden"} else value


def state_of(tag: str, rest: str) -> str:
    if tag == "text:a":
        return html.unescape(attribute(rest, "xlink:href"))
    if tag == "loext:content-control":
        if attribute(rest, "loext:checkbox") == "true":
            return "ticked" if attribute(rest, "loext:checked") == "true" else "empty"
        return "prompt" if attribute(rest, "loext:showing-place-holder") == "true" else ""
    return "empty" if "FORMCHECKBOX" in rest else ""
