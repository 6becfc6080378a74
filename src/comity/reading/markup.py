"""The text of HTML: cells apart by tabs, blocks as lines, boxes as boxes, links with where they lead, quotes marked.

Pure, run in the limited child. Nothing is loaded. What another wrote gets `>` before each line, as a plain text has it.
"""

from __future__ import annotations

import html
import html.parser
import re
from collections.abc import Iterator
from dataclasses import dataclass

from comity.reading import urls, whose
from comity.reading.pieces import CELL, ROW

# What mail programs call the elements that hold another's words, in whatever language they write above them; the
# second: the element after which all is another's.
QUOTING = re.compile(
    r"(?:^|[\s_])(?:gmail_(?:quote|attr|extra)|moz-(?:cite-prefix|forward-container|email-headers-table)|reply-intro"
    r"|zmail_(?:extra|quote)|tutanota_quote|(?:olk_)?src_body_section|(?:mail|reply|forwarded?)[_-](?:quote|message)"
    r"|ms-outlook-mobile-reference-message)|yahoo_quoted|protonmail_quote",
    re.IGNORECASE,
)
ENDING = re.compile(r"(?:^|[\s_])(?:divrplyfwdmsg|appendonsend)\b", re.IGNORECASE)
RULED = re.compile(r"border-top:\s*solid\s+#(?:e1e1e1|b5c4df)\s", re.IGNORECASE)  # Outlook's, above each quoted mail
# ... and Outlook's and Gmail's beside it
RULED_LEFT = re.compile(
    r"border:\s*none;\s*border-left:\s*solid|border-left:[^;]{0,40}solid[^;]{0,40};\s*padding-left:\s*1ex", re.I
)
STRUCK = re.compile(r"text-decoration(?:-line)?:[^;]{0,40}line-through", re.IGNORECASE)
TYPED = frozenset(["", "text", "email", "url", "tel", "date", "time", "datetime-local", "number", "search"])
KEPT_LINES = re.compile(r"white-space:\s*(?:pre|break-spaces)", re.IGNORECASE)


class Text(html.parser.HTMLParser):
    """HTML as lines: cells apart by tabs, rows and blocks by line ends; boxes drawn as boxes."""

    BLOCKS = frozenset(
        [
            "p",
            "div",
            "br",
            "tr",
            "li",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "table",
            "ul",
            "ol",
            "section",
            "article",
            "header",
            "footer",
            "dt",
            "dd",
            "pre",
            "hr",
            "blockquote",
        ]
    )
    ROWS = frozenset(["tr", "dt"])
    VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "col", "base", "area", "wbr"])
    SILENT = frozenset(["script", "style", "head", "title", "template"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.open: list[Region] = []
        self.link: tuple[int, str] | None = None
        self.in_row = self.first = False
        self.options: list[bool] | None = None  # of a list to choose from, whether each is chosen

    @property
    def keeps_lines(self) -> bool:
        return any(region.kept for region in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._enter(tag, given)
        if tag in self.SILENT:
            self.silent += 1
        elif tag in self.ROWS:
            self.end_row()
            self.out.append(f"\n{ROW}")
            self.in_row, self.first = True, tag != "dt"
        elif tag in {"td", "th"} or (tag == "dd" and self.in_row):
            self.out.append("" if self.in_row and self.first else CELL if self.in_row else "\t")
            self.first = False
        elif tag in self.BLOCKS:
            self.out.append("\n\n" if tag == "p" else "\n")
        elif tag == "a":
            self.unlink()
            self.link = (len(self.out), given.get("href", "").strip()[: urls.LONGEST])
        elif tag == "input" and given.get("type", "").lower() in {"checkbox", "radio"}:
            self.out.append("☒ " if "checked" in given else "☐ ")
        elif tag == "input" and given.get("type", "").lower() in TYPED:
            self.handle_data(given.get("value", ""))
        elif tag == "select":
            self.options = []
        elif tag == "option" and self.options is not None:
            self.options.append("selected" in given)

    def end_row(self) -> None:
        """A row ends with its own end, with the next one, and where a table stands in one of its cells."""
        if self.in_row:
            self.out.append(f"{ROW}\n")
        self.in_row = False

    def _enter(self, tag: str, given: dict[str, str]) -> None:
        """Note where other's words, and lines that are kept as they are, begin."""
        for region in self.open:
            region.depth += tag == region.tag
        named, style = f"{given.get('class', '')} {given.get('id', '')}"[:500], given.get("style", "")[:2_000]
        if ENDING.search(named) or RULED.search(style):
            self.out.append(f"\n{QUOTE}\n")  # until the end
        quotes, kept = quotation(tag, named, style, given), tag == "pre" or bool(KEPT_LINES.search(style))
        struck = tag in {"s", "del", "strike"} or bool(STRUCK.search(style))
        if (quotes or kept or struck) and tag not in self.VOID and len(self.open) < MOST_OPEN:
            self.open.append(Region(tag, quotes, kept, struck))
            self.out.append(f"\n{QUOTE}\n" if quotes else "")

    def unlink(self) -> None:
        """The link that ends here, with where it leads beside its words."""
        if self.link is None:
            return
        (start, target), self.link = self.link, None
        said = "".join(self.out[start:])
        if not self.silent and not re.search(rf"[\n\t{QUOTE}{UNQUOTE}{CELL[-1]}]", said.strip(" ")):
            self.out[start:] = [urls.linked(said, target)]
        elif not self.silent:
            self.out.append(urls.linked("", target))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.unlink()
        if tag == "select" and self.options is not None:
            chosen, self.options = any(self.options), None
            self.out.append("" if chosen else "?")  # what it shows at first, nobody chose
        for region in self.open:
            region.depth -= tag == region.tag
        while self.open and self.open[-1].depth <= 0:
            self.out.append(f"\n{UNQUOTE}\n" if self.open.pop().quotes else "")
        if tag in {"tr", "table", "dd", "dl"}:
            self.end_row()
        if tag in self.SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in self.BLOCKS and tag not in {"br", "hr"}:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if self.silent or (self.options is not None and not any(self.options[-1:])):
            return
        if data.strip() and any(region.struck for region in self.open):
            data = f"~~{data.strip()}~~"
        text = re.sub(rf"[{QUOTE}{UNQUOTE}{CELL[-1]}]", " ", whose.apart(data) if self.keeps_lines else data)
        self.out.append(text if self.keeps_lines else re.sub(r"[ \t\r\n\f]+", " ", text))


@dataclass
class Region:
    """An element that is open: whether it holds another's words, its line ends are kept, and its words struck out."""

    tag: str
    quotes: bool
    kept: bool
    struck: bool
    depth: int = 1


MOST_OPEN = 100


def quotation(tag: str, named: str, style: str, given: dict[str, str]) -> bool:
    """Whether an element holds words that the writer quotes."""
    if QUOTING.search(named):
        return True
    # mail programs indent by a quotation without a border, and quote by one that has one
    if tag == "div" and RULED_LEFT.search(style):
        return True
    indents = "border:none" in style.replace(" ", "").lower() and not {"type", "cite"} & given.keys()
    return tag == "blockquote" and not indents


QUOTE, UNQUOTE = "\x0e", "\x0f"  # within `Text` only: what is written in them is blanked
BREAKS_IN_HTML = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
MOST_QUOTES = 20


def marked(lines: list[str]) -> Iterator[str]:
    """The lines of an HTML text, each quoted one with `>` before it, as a plain text has it."""
    depth = 0
    for line in lines:
        if line.strip() in (QUOTE, UNQUOTE):
            depth = max(0, min(MOST_QUOTES, depth + (1 if line.strip() == QUOTE else -1)))
        elif depth:
            yield f"{'>' * depth} {line}".rstrip()
        else:
            yield line


MARKUP_OF_QUOTES = re.compile(r"<blockquote\b", re.IGNORECASE)


def without_parser(source: str) -> str:
    """The words of an HTML text, by its tags alone; from the first quotation on all is taken for quoted."""
    found = [m.start() for p in (MARKUP_OF_QUOTES, QUOTING, ENDING, RULED) if (m := p.search(source))]
    parts = (source[: min(found)], source[min(found) :]) if found else (source, "")
    plain, quoted = (whose.apart(html.unescape(re.sub(r"<[^<>]{0,500}>", "\n", part))) for part in parts)
    return "\n".join([plain, *(f"> {line}" for line in quoted.split("\n") if quoted)])


def text_of_html(source: str) -> str:
    opened, closed = source.count("<"), source.count(">")
    if opened > 60_000 or opened > 2 * closed + 200 or source.count("<!") > source.count("-->") + 50:
        # The parser takes quadratic time on what never closes.
        return without_parser(source)
    parser = Text()
    try:
        parser.feed(source)
        parser.close()
        parser.unlink()
    except (AssertionError, ValueError, RecursionError):
        return ""
    text = "\n".join(marked(BREAKS_IN_HTML.sub("\n", "".join(parser.out)).split("\n")))
    text = re.sub(r"[ ]*\n[ \t]*(?:\n[ \t]*)+", "\n\n", text)
    # what stands in the cells of a row stands in one line, as far as each has one
    text = re.sub(rf"[ \n]*{CELL}[ \n]*", CELL, re.sub(rf"{ROW}[ \n]+(?=\S)", ROW, text))
    return re.sub(r"[ ]+\n", "\n", text).strip(" \n")
