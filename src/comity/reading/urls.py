"""URLs as an order means them: defanging undone, broken lines joined, numbering and the sentence's stops cut.

Pure. What stands in the URL itself (parameters, fragments, ports, percent signs) stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

MOST = 10_000
SCHEME = re.compile(
    r"\b(?:h(?:tt|xx|\*\*|__|tx|xt)ps?|fxps?|ftps?|matrix|tg|nostr)\s?(?:\[:\]|:)\s?(?://|\[//\]|\[/\]\[/\]|\\\\)", re.I
)
DOT = re.compile(
    r"\s?(?:\[\s?(?:\.|dot|punkt|point)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\}|<\s?(?:\.|dot)\s?>)\s?", re.I
)
HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})"
BARE = re.compile(rf"^(?:{HOST})(?::\d{{1,5}})?(?:[/?#]\S*|$)", re.I)
NUMBERING = re.compile(r"^\s*(?:(?:url\s*)?\(?\d{1,4}\s?[.):]\s*|\(?[a-z][.)]\s+|[-–—*•·▪◦‣]\s+)", re.I)
# What an order names only to explain is no target: a whole channel must not go with one message.
ASIDE = re.compile(r"\b(?:for information only|context only|not to be removed|not subject to this order)\b", re.I)
CLOSING = {")": "(", "]": "[", "}": "{"}
WRAPPERS = {"safelinks.protection.outlook.com": "url", "www.google.com": "q", "l.facebook.com": "u"}
URL_SIGNS = re.compile(r"[/?=&#%_~]|\d")


@dataclass
class Found:
    urls: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def add(self, url: str) -> None:
        if url in self.seen:
            return
        if len(self.urls) == MOST:
            self.flags.add("too-many-urls")
            return
        self.seen.add(url)
        self.urls.append(url)


def find(lines: list[str]) -> Found:
    """All URLs that the lines of one field name, in order."""
    found = Found()
    said = [token for line in join_broken(lines, found) for token in tokens(line)]
    named = [(url, i) for i, token in enumerate(said) if (url := clean(token, found))]
    for number, (url, at) in enumerate(named):
        end = named[number + 1][1] if number + 1 < len(named) else len(said)
        remark = " ".join(said[at + 1 : min(end, at + 40)])
        if not (remark.startswith("(") and ASIDE.search(remark)):
            found.add(url)
    return found


def refang(text: str, found: Found) -> str:
    """`hxxps://a[.]b` as it was before someone made it harmless."""
    plain = DOT.sub(".", text)
    plain = re.sub(r"\[://\]|\[:\]//|:\[//\]|\[:\]\[//\]", "://", plain)
    plain = re.sub(r"\bh(?:xx|\*\*|__|tx|xt)p(s?)(?=\s?:)", r"http\1", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\b(https?)\s?:\s?//\s?", r"\1://", plain, flags=re.IGNORECASE)
    if (plain != text and SCHEME.sub("", plain) != SCHEME.sub("", text)) or re.search(
        r"\bh(xx|\*\*|__|tx|xt)p", text, re.I
    ):
        found.flags.add("defanged-urls")
    return plain


def join_broken(lines: list[str], found: Found) -> list[str]:
    """Lines with what a narrow column or a mail client broke put together again."""
    out: list[str] = []
    open_url = broken = False
    before = ""
    width = max((len(line.strip()) for line in lines), default=0)
    if len(lines) > MOST:
        found.flags.add("too-many-urls")
    for raw in lines[:MOST]:
        line = refang(raw.strip(), found)
        if not line:
            open_url = False
            continue
        in_angle = bool(out) and out[-1].rfind("<") > out[-1].rfind(">") and "://" in out[-1][out[-1].rfind("<") :]
        # In a column known to be narrow, a lone word under a full line is the rest of its URL.
        rest = (
            broken and len(before) >= 0.8 * width and bool(re.fullmatch(r"[\w.~%&=+-]+", line)) and not BARE.match(line)
        )
        if out and ((open_url and (rest or continues(out[-1], line, width))) or in_angle):
            out[-1] += line
            broken = True
            found.flags.add("broken-urls")
        else:
            out.append(line)
            broken = False
        before = line
        tail = out[-1].split()[-1]
        open_url = "://" in tail and not tail.endswith((">", ")", '"', ".", ",", ";"))
    return out


def continues(before: str, line: str, width: int) -> bool:
    """Whether a line goes on with the URL that ended the line before, rather than saying something new."""
    first = line.split()[0]
    alone = len(line.split()) == 1
    if NUMBERING.match(line) or re.match(r"^\w+://", first) or first.startswith(("(", "[", "<", '"')):
        return False
    tail = before.split()[-1]
    if tail.endswith(("/", "=", "&", "?", "#", "%", "_", "-", ":")) and (alone or URL_SIGNS.search(first)):
        return not BARE.match(first) or tail.endswith(("=", "&", "?", "#", "%", "://"))
    if BARE.match(first) or (":" in first[:-1] and not URL_SIGNS.search(first)):
        return False
    if "?" in tail and re.match(r"[\w.%~+-]*[=&]\S", first):
        return True
    full = len(tail) >= 40 or len(before) >= max(50, width - 12)
    mixed = bool(re.search(r"[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]", first))
    return full and (bool(re.search(r"[/?=&#%_~]", first)) or (alone and (mixed or first.isdigit() or len(first) > 20)))


def tokens(line: str) -> list[str]:
    line = re.sub("[\u200b-\u200d\u2060\ufeff\u00ad]", "", line)
    return [part for part in re.split(r"[\s<>\"“”«»|]+", NUMBERING.sub("", line)) if part]


def clean(token: str, found: Found) -> str | None:
    """One URL out of a word of text; None if it is none. Without a scheme it gets https."""
    start = re.search(r"(?:https?|ftp|matrix|tg|nostr)://", token, re.I)
    if start:
        token = token[start.start() :]
    else:
        token = token.lstrip("([{'‘:")
        if "@" in token.split("/")[0] or not BARE.match(token) or ("/" not in token and token.count(".") < 1):
            return None
        if "/" not in token and not token.lower().startswith("www."):
            return None
        token = "https://" + token
    token = cut_stops(token)
    try:
        parts = urlsplit(token)
        host = parts.hostname
    except ValueError:
        return None
    if not host or len(token) > 8_000:
        return None
    scheme, rest = token.split("://", 1)
    return unwrap(f"{scheme.lower()}://{rest}", host, found)


def cut_stops(token: str) -> str:
    while token and (token[-1] in ".,;:!'’‘\"…" or token[-1] in CLOSING):
        last = token[-1]
        if last in CLOSING and token.count(CLOSING[last]) >= token.count(last):
            break
        token = token[:-1]
    return token


def unwrap(url: str, host: str, found: Found) -> str:
    """The address behind a mail filter's rewritten link."""
    for wrapper, key in WRAPPERS.items():
        if (host == wrapper or host.endswith("." + wrapper)) and (wrapper != "www.google.com" or "/url?" in url):
            inner = parse_qs(urlsplit(url).query, max_num_fields=50).get(key, [""])[0]
            if inner.startswith(("http://", "https://")):
                found.flags.add("rewritten-links")
                return inner
    return url
