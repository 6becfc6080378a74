"""A stranger's HTML made safe to look at: no script, no style, nothing from outside; links show where they go."""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

LONGEST = 400_000  # characters; more is shown as text only
MOST_TAGS = 8_000  # more nest so deep that parsing them takes seconds (it is quadratic in depth)
DEEPEST = 200

TAGS = {
    *("p", "br", "hr", "div", "span", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "code", "pre"),
    *(
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
    ),
    *("a", "img", "h1", "h2", "h3", "h4", "h5", "h6", "center", "font"),
}
_DROP_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "form",
    "select",
}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_VOID = {"br", "hr"}
_FORMATTING = re.compile(r"<(/?)(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b[^>]*>", re.IGNORECASE)
_SPAN = re.compile(r"[1-9]\d?")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def safe_html(raw: str) -> SafeString:
    """The mail's HTML, sanitised (nh3) and rewritten: headings and pictures become words, links plain addresses.

    Empty where there is too much of it to set: the page then shows the text alone.
    """
    if len(raw) > LONGEST or raw.count("<") > MOST_TAGS:
        return mark_safe("")
    cleaned = nh3.clean(
        _FORMATTING.sub(_plain, raw),
        tags=TAGS,
        clean_content_tags=_DROP_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
    )
    rewriter = _Rewriter()
    rewriter.feed(cleaned)
    rewriter.close()
    return mark_safe(rewriter.text)  # noqa: S308  # made of escaped text and our own tags only


def _plain(tag: re.Match[str]) -> str:
    """Bold and italic stay, bare; what only decorates becomes a span (nothing at all could join into a new tag).

    Open formatting is opened again in every further paragraph (HTML, "reconstruct the active formatting elements"),
    each kind and each set of attributes by itself, so that a small mail could fill the memory. Bare, at most three of
    a kind are.
    """
    name = {"b": "b", "strong": "b", "i": "i", "em": "i"}.get(tag[2].lower(), "span")
    return f"<{tag[1]}{name}>"


class _Rewriter(HTMLParser):
    """Writes anew what nh3 left, from a list of tags without attributes; what it doesn't know it leaves out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._links: list[tuple[str, int]] = []

    @property
    def text(self) -> str:
        """What was written, every tag closed."""
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "img":
            self._out.append(_picture(found))
        elif tag == "a":
            self._links.append((found.get("href", ""), len(self._out)))
        elif tag in _VOID:
            self._out.append(f"<{tag}>")
        elif len(self._open) < DEEPEST:
            written = _ours(tag)
            self._open.append(written)
            self._out.append(f"<{written}{_spans(tag, found)}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._close_link()
        elif (written := _ours(tag)) in self._open:
            while (last := self._open.pop()) != written:
                self._out.append(f"</{last}>")
            self._out.append(f"</{written}>")

    def handle_data(self, data: str) -> None:
        self._out.append(escape(data))

    def _close_link(self) -> None:
        """A link is never pressed here; where it goes stands behind its words, unless they are the address itself."""
        if not self._links:
            return
        href, begin = self._links.pop()
        words = re.sub(r"<[^>]*>", "", "".join(self._out[begin:])).strip()
        if href and escape(href) not in (words, f"mailto:{words}"):
            self._out.append(f' <span class="id goes">({escape(href)})</span>')


def _ours(tag: str) -> str:
    """The mail's headings may not stand among the page's own; presentational tags become plain ones."""
    if tag in _HEADINGS:
        return "p"
    return {"center": "div", "font": "span", "small": "span"}.get(tag, tag)


def _spans(tag: str, attributes: dict[str, str]) -> str:
    if tag not in ("td", "th"):
        return ""
    kept = ((name, attributes.get(name, "")) for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in kept if _SPAN.fullmatch(value))


def _picture(attributes: dict[str, str]) -> str:
    source, alt = attributes.get("src", ""), attributes.get("alt", "").strip()
    host = _host(source)
    words = _("Picture not loaded")
    about = ", ".join(escape(part) for part in (alt, host) if part)
    return f'<span class="dim">[{escape(words)}{": " + about if about else ""}]</span>'


def _host(source: str) -> str:
    try:
        return urlsplit(source).hostname or ""
    except ValueError:
        return ""
