"""Addresses on the web as an order means them: the one place where what is written becomes an address.

Pure. Undone is what others did to an address on its way: made harmless (`hxxps`, `[.]`), broken over lines, numbered,
run into the next one, wrapped by a mail filter (`wrapped`), filled with what isn't seen (`alike`). What stands in the
address itself (parameters, fragments, ports, percent signs) stays as it is. Where two addresses may be meant, or one
that doesn't stand there, none is read, and `Found.unread` holds it: a guess acts on somebody else's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from comity.reading import alike, wrapped

MOST = 10_000
LONGEST = 8_000
SCHEME = re.compile(
    r"\b(?:h(?:tt|xx|\*\*|__|tx|xt)ps?|fxps?|ftps?|matrix|tg|nostr)\s?(?:\[:\]|:)\s?(?://|\[//\]|\[/\]\[/\]|\\\\)", re.I
)
DOT = re.compile(
    r"\s?(?:\[\s?(?:\.|dot|punkt|point)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\}|<\s?(?:\.|dot)\s?>)\s?", re.I
)
KNOWN = re.compile(r"(?:https?|ftp|matrix|tg|nostr)://", re.IGNORECASE)
# What was to be one of them: a letter, a colon or a slash is lost.
ALMOST = re.compile(r"^[^\w]*(?:\w{1,12}://|https?[^\w\s-]{1,4}\w)", re.IGNORECASE)
WEB = ("http", "https", "ftp")
HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})"
BARE = re.compile(rf"^(?:{HOST})(?::\d{{1,5}})?(?:[/?#]\S*|$)", re.I)
NUMERIC = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f:]*:[0-9a-f:.]*|localhost", re.IGNORECASE)
NUMBERING = re.compile(r"^\s*(?:(?:url\s*)?\(?\d{1,4}\s?[.):]\s*|\(?[a-z][.)]\s+|[-–—*•·▪◦‣]\s+)", re.I)
# An item of a list begins, rather than the rest of `page` + `4.html`.
NEXT_ITEM = re.compile(r"^\s*(?:(?:url\s*)?\(?\d{1,4}\s?[.):](?:\s|$)|\(?[a-z][.)]\s+|[-–—*•·▪◦‣]\s+)", re.I)
# What an order names only to explain is no target: a whole channel must not go with one message.
ASIDE = re.compile(r"\b(?:for information only|context only|not to be removed|not subject to this order)\b", re.I)
CLOSING = {")": "(", "]": "[", "}": "{"}
URL_SIGNS = re.compile(r"[/?=&#%_~]|\d")
ENDS_OPEN = ("/", "=", "&", "?", "#", "%", "_", "-", ":")
CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.{2,}\])$")
# `…/1, 2 and 3`, `…/1-3`: more than one is meant, and which is anybody's guess.
AND_MORE = re.compile(
    r"^(?:\s*\(?(?:[,;&+–—-]|\b(?:and|et|und|to|until|till|hasta|bis|à|au|y|e|or|ou|oder|through)\b)\s*[/#]?(?=\w*\d)\w{1,20})+\s*[.;)]*$",
    re.IGNORECASE,
)
LINK = re.compile(r"<\s?(https?://[^\s<>]+)\s?>", re.IGNORECASE)
MARKDOWN = re.compile(r"\[(?P<shown>[^\[\]]{0,500})\]\((?P<link>https?://[^()\s]+)\)", re.IGNORECASE)
SEPARATED = re.compile(r"[;,|]+(?=(?:https?|ftp)://|www\.)", re.IGNORECASE)
RUN_ON = re.compile(rf"[;,|](?:{HOST})/", re.IGNORECASE)
# Signs of a text whose encoding wasn't undone: `=3D` (quoted-printable), `&amp;` (HTML).
STILL_ENCODED = re.compile(r"=3D|^[^?#]*=20$|&(?:amp|lt|gt|quot|nbsp|#\d{1,5});", re.IGNORECASE)
# Several addresses in one, or one struck out: `{2,3}`, `[2-9]`, `2..9`, `~~…~~`.
SEVERAL = re.compile(r"[{}]|\[\d+\s?[,–-]\s?\d+\]|\d\.{2,}\d|~~$")
# Words before an address that say that it isn't meant, or isn't any more.
UNMEANT = re.compile(
    r"\b(?:not|except|excluding|without|unlike|previously|formerly|pas|sauf|hors|excepté|anciennement|nicht|außer"
    r"|ausgenommen|ohne|kein\w*|früher|vormals|salvo|excepto|sin|anteriormente|non|tranne|eccetto|escluso|già)\b",
    re.IGNORECASE,
)
THROUGH = re.compile(
    r"(?:up )?to|through|till|until|bis|jusqu['’]?(?:à|au)?|à|au|hasta|fino a|al?|[–—-]", re.IGNORECASE
)
COUNTED = re.compile(r"\d+(?=\D*$)")
ENTITIES_AFTER = re.compile(r"(?:&(?:gt|lt|quot|nbsp|#39);)+$", re.IGNORECASE)


@dataclass
class Found:
    """`urls` in their order; `unread`: what stands there and isn't read, as it stands; `flags` as in `desk.flags`."""

    urls: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def add(self, url: str) -> None:
        if url in self.seen:
            return
        if len(self.urls) == MOST:
            self.flags.add("too-many-urls")
            return
        self.seen.add(url)
        self.urls.append(url)

    def leave(self, token: str, flag: str) -> None:
        """Leave one to a person."""
        self.flags.add(flag)
        if len(self.unread) < MOST:
            self.unread.append(token[:LONGEST])


BROKEN, REWRITTEN = "broken-urls", "rewritten-links"


def find(lines: list[str]) -> Found:
    """All addresses that the lines of one field name, in order."""
    found = Found()
    each = [each_of(line, found) for line in join_broken(lines, found)]
    said = [(token, number) for number, line in enumerate(each) for token in line]
    named = [(url, i) for i, (token, _) in enumerate(said) if (url := clean(token, found))]
    for n, (url, at) in enumerate(named):
        end = named[n + 1][1] if n + 1 < len(named) else len(said)
        after = said[at + 1 : min(end, at + 40)]
        remark = " ".join(token for token, _ in after)
        begins = named[n - 1][1] + 1 if n else 0
        before = [token for token, line in said[max(begins, at - 4) : at] if line == said[at][1]]
        told = " ".join(before)
        unmeant = UNMEANT.search(told) and said[at][0][:1] != "("
        # from one to another that differs by its number: those between are meant too
        between = n and THROUGH.fullmatch(told) and COUNTED.sub("0", url) == COUNTED.sub("0", named[n - 1][0])
        if unmeant or between:
            found.leave(f"{' '.join(before)} {url}", BROKEN)
        elif goes_on_after(url, said[at][0], [token for token, line in after if line == said[at][1]]):
            found.leave(f"{url} {remark}", BROKEN)
        elif not (remark.startswith("(") and ASIDE.search(remark)):
            found.add(url)
    return found


def each_of(line: str, found: Found) -> list[str]:
    """The words of one line, of which each is one address at most."""
    return [part for token in tokens(paired(line, found)) for part in parted(token, found)]


def goes_on_after(url: str, token: str, after: list[str]) -> bool:
    """Whether what stands after an address may be of it, or names more of its kind (`…/1, 2 and 3`)."""
    if not after:
        return False
    first, rest = after[0], " ".join(after[:40])
    if re.match(r"[/?=#%]\w|&\w+=", first) or (url.endswith(ENDS_OPEN) and re.fullmatch(r"[\w.~-]+", rest)):
        return True
    tail = token[len(token.rstrip(",;")) :]
    return url[-1:].isalnum() and AND_MORE.match(f"{tail} {rest}") is not None


def paired(line: str, found: Found) -> str:
    """A line in which a link and what is shown of it before it (`https://a<https://b>`, `[a](https://b)`) are one.

    Where the words are an address themselves, and another than the link's, neither is read.
    """
    line = MARKDOWN.sub(lambda m: f"{m['shown']} <{m['link']}>", line) if "](" in line else line
    out, at = [], 0
    for link in LINK.finditer(line) if "<" in line else ():
        before = line[at : link.start()]
        words = before[:-1] if before[-1:].isspace() else before
        shown = re.split(r"[\s<>]", words)[-1]
        at = link.end()
        if shown and addressed(shown):
            out.append(words.removesuffix(shown))
            if not same(shown, link[1]):
                found.leave(f"{shown} {link[0]}", REWRITTEN)
                continue
        else:
            out.append(before)
        out.append(f" {link[1]} ")
    return "".join([*out, line[at:]])


def addressed(text: str) -> bool:
    """Whether words are an address themselves, or the beginning of one."""
    plain = alike.UNSEEN.sub("", text).lstrip("([{'‘\"“*_`")
    return "://" in plain or bool(BARE.match(plain.rstrip(".…,;:!?)]}'’\"”*_`")) and "@" not in plain.split("/")[0])


def same(shown: str, link: str) -> bool:
    """Whether words show the address that their link leads to, whole or cut short."""
    first, other = Found(), Found()
    short = CUT_SHORT.sub("", shown)
    a = short if short != shown else clean(shown, first)
    b = clean(link, other)
    if not a or not b or first.unread or other.unread:
        return False
    left, right = (re.sub(r"^https?://(?:www\.)?", "", one, flags=re.IGNORECASE).rstrip("/") for one in (a, b))
    return left == right or (short != shown and "/" in left and right.startswith(left))


def linked(shown: str, target: str) -> str:
    """The text of a link in a document: its words, and where it leads beside them unless they say so themselves."""
    said = shown.strip()
    if not re.match(r"https?://", target, re.IGNORECASE) or (said and addressed(said) and same(said, target)):
        return shown
    target = re.sub(r"[\s<>]", lambda odd: f"%{ord(odd[0]):02X}", target)[:LONGEST]
    if not said:
        return f"{shown}<{target}> "
    if any(addressed(word) for word in said.split()):
        return " ".join(f"{word} <{target}>" if addressed(word) else word for word in said.split())
    return f"{shown.rstrip()} <{target}>{' ' if shown[-1:].isspace() else ''}"


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
    """Lines with what a narrow column or a mail client broke put together again.

    An address of which nobody can say whether the next line goes on with it is left to a person.
    """
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
        # In a column known to be narrow, a lone word under a full line is the rest of its address.
        rest = (
            broken and len(before) >= 0.8 * width and bool(re.fullmatch(r"[\w.~%&=+-]+", line)) and not BARE.match(line)
        )
        joins = (
            True if in_angle or (out and open_url and rest) else goes_on(out[-1], line, width) if open_url else False
        )
        if joins:
            out[-1] = out[-1].rstrip("\u00ad\u200b") + line
            broken = True
            found.flags.add(BROKEN)
        else:
            if joins is None:
                said, _, tail = out[-1].rpartition(" ") if " " in out[-1] else ("", "", out[-1])
                found.leave(f"{tail} {line}", BROKEN)
                out[-1] = said
                later = KNOWN.search(line)
                line = line[later.start() :] if later else ""
            out.append(line)
            broken = False
        before = line
        tail = (out[-1].split() or [""])[-1]
        open_url = "://" in tail and not tail.endswith((">", ")", '"'))
    return out


def goes_on(before: str, line: str, width: int) -> bool | None:
    """Whether a line goes on with the address that ended the line before; None where that can't be told."""
    first, tail = line.split()[0], before.split()[-1]
    alone = len(line.split()) == 1
    if re.match(r"^\w+://", first) or first.startswith(("(", "[", "<", '"', "“", "«")):
        return False
    if tail.endswith(("\u00ad", "\u200b")):
        return True  # a sign that says no more than that a line may end here
    host = tail.partition("://")[2]
    if host and not re.search(r"[/?#:]", host):
        return within_the_host(host, first)
    if NEXT_ITEM.match(line):
        return False if len(line.split()) > 1 else None
    if tail.endswith((".", ",", ";")):
        return after_a_stop(tail, first, alone)
    if tail.endswith(ENDS_OPEN):
        return after_an_open_end(before, first, width, alone)
    if BARE.match(first):
        return begins_anew(tail, first)
    if ":" in first[:-1] and not URL_SIGNS.search(first):
        return False
    if "?" in tail and re.match(r"[\w.%~+-]*[=&]\S", first):
        return True
    return at_an_edge(before, first, width, alone)


def within_the_host(host: str, first: str) -> bool | None:
    """`https://lan` and `https://lantern.` are no addresses: the next line is their rest. `https://lan.te` may be."""
    if not re.fullmatch(HOST, host, re.IGNORECASE) and not NUMERIC.fullmatch(host):
        return True if re.match(r"[\w.-]", first) and not host.endswith((",", ";")) else None
    return None if re.match(r"[a-z0-9./?#-]", first) else False


def begins_anew(tail: str, first: str) -> bool | None:
    """Whether what looks like an address without its scheme is one (False), or the rest of the one above (`4.html`)."""
    host = re.split(r"[/?#:]", tail.partition("://")[2])[0].lower()
    known = first.lower().startswith(("www.", f"{host}/"))
    return False if known and "/" in first else None


def after_a_stop(tail: str, first: str, alone: bool) -> bool | None:
    """`…/page.` may be a whole address, or the half of one."""
    if tail.endswith(".") and re.match(r"[a-z0-9]", first) and (alone or URL_SIGNS.search(first)):
        return None
    return None if not tail.endswith(".") and alone and URL_SIGNS.search(first) and not BARE.match(first) else False


def after_an_open_end(before: str, first: str, width: int, alone: bool) -> bool | None:
    """An address that ends in a sign of its kind is seldom whole; whether `-` is of it or of the line, nobody knows."""
    tail = before.split()[-1]
    if BARE.match(first) and not tail.endswith(("=", "&", "?", "#", "%", "://")):
        return begins_anew(tail, first)
    if tail.endswith("=") and not re.search(r"[?&][\w.\[\]-]+=$", tail):
        return None  # a query's, or what quoted-printable puts at a line's end
    if not alone and not URL_SIGNS.search(first):
        return None if re.match(r"[a-z0-9]", first) else False
    if tail.endswith("-"):
        return None
    return True if not tail.endswith("/") or is_full(before, width) else None


def is_full(before: str, width: int) -> bool:
    """Whether a line is about as long as lines get in its field, or in mails."""
    return len(before.split()[-1]) >= 40 or len(before) >= max(50, width - 12)


def at_an_edge(before: str, first: str, width: int, alone: bool) -> bool | None:
    """Whether a line that ended without a sign was as long as it could be, and the next looks like the rest."""
    full = is_full(before, width)
    signs = bool(re.search(r"[/?=&#%_~]", first))
    mixed = bool(re.search(r"[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]", first))
    if full and (signs or (alone and (mixed or len(first) > 20))):
        return True
    if signs or (alone and not first.endswith((":", "："))):
        # a word with a capital under an address that ends in a number says what it is: `Screenshot`
        return False if first.isalpha() and first[0].isupper() and not full and before[-1].isdigit() else None
    return False


def tokens(line: str) -> list[str]:
    return [part for part in re.split(r"[\s<>\"“”«»]+", NUMBERING.sub("", line)) if part]


def parted(token: str, found: Found) -> list[str]:
    """A word of text that may hold several addresses, as each of them; those that nothing parts are left."""
    if token.count("://") + token.lower().count("www.") < 2 and not RUN_ON.search(token):
        return [token.strip("|") or token]
    out = []
    for part in SEPARATED.split(token):
        starts = [m.start() for m in KNOWN.finditer(part)]
        glued = any(part[at - 1].isalnum() or part[at - 1] in "([{&" for at in starts[1:])
        if glued or (starts and RUN_ON.search(part)):
            found.leave(part, BROKEN)
        else:
            out.append(part)
    return out


def clean(token: str, found: Found) -> str | None:
    """One address out of a word of text; None if it is none, or is left. Without a scheme it gets https."""
    start = KNOWN.search(token)
    emphasised = token.lstrip("([{'‘:").startswith("*")  # else a star may stand for all that begins so
    underlined = token.lstrip("([{'‘:").startswith("_")  # nobody knows whether the last is of the address
    if start:
        token = token[start.start() :]
    elif ALMOST.match(token):
        found.leave(token, BROKEN)
        return None
    else:
        token = token.lstrip("([{'‘:*_`" + alike.INVISIBLE)
        if "@" in token.split("/")[0] or not BARE.match(alike.UNSEEN.sub("", token).translate(alike.HYPHENS)):
            return None
        if "/" not in token and not token.lower().startswith("www."):
            return None
        token = "https://" + token
    if CUT_SHORT.search(token) or (token.endswith("*") and not emphasised) or (underlined and token.endswith("_")):
        found.leave(token, BROKEN)
        return None
    return whole(cut_stops(token), found)


def whole(token: str, found: Found) -> str | None:
    """What stands for one address and nothing else, unwrapped; None where it is left."""
    plain = alike.bare(token)
    scheme, _, rest = (plain or "").partition("://")
    url = f"{scheme.lower()}://{rest}"
    odd = REWRITTEN if plain is None else spoilt(url) or oddity(url)
    if odd is None and url.startswith("http"):
        inner, was = wrapped.undone(url)
        found.flags |= {REWRITTEN} if was else set()
        if inner is None or oddity(inner) is not None or alike.UNSEEN.search(inner):
            odd = REWRITTEN
        else:
            url = inner
    if odd is not None:
        found.leave(token, odd)
        return None
    return url


def spoilt(url: str) -> str | None:
    """The flag of an address that something on its way spoilt."""
    odd = url.endswith("://") or len(url) > LONGEST or "\\" in url or STILL_ENCODED.search(url) or SEVERAL.search(url)
    return BROKEN if odd else None


def oddity(url: str) -> str | None:
    """The flag of an address that is none, or that isn't what it looks like; None for a sound one."""
    try:
        parts = urlsplit(url)
        host, named, _port = parts.hostname or "", parts.username is not None, parts.port
    except ValueError:
        return BROKEN if url.isascii() else REWRITTEN
    if parts.scheme.lower() not in WEB:
        return None if host else BROKEN
    if named:
        return REWRITTEN  # what stands before @ looks like the host
    shown = alike.host(host)
    if not re.fullmatch(HOST, host, re.IGNORECASE) and not NUMERIC.fullmatch(host):
        return REWRITTEN if alike.alike(shown) else BROKEN
    return REWRITTEN if alike.alike(shown) or alike.alike(url.partition("://")[2].partition(host)[2]) else None


def cut_stops(token: str) -> str:
    """An address without the stops, brackets and signs of emphasis of the sentence around it."""
    token = ENTITIES_AFTER.sub("", token)
    while token and (token[-1] in ".,;:!?'’‘\"…*`–—。、" or token[-1] in CLOSING):
        last = token[-1]
        if last in CLOSING and token.count(CLOSING[last]) >= token.count(last):
            break
        token = token[:-1]
    return token
