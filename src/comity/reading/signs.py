"""Signs in a mail that the desk must be told of: a lever on a person, a forward, a scan, an attachment that bites.

Pure. A sign is a reason to look, never a finding: it changes no outcome by itself.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from comity.reading import wrapped
from comity.reading.mail import Attachment, Mail

LEVER = re.compile(
    r"\b(?P<arrest>arrest\w*|detain\w*|detention|jail\w*|imprison\w*|prison|taken into custody|custody|locked up)\b"
    r"|\b(?P<summons>summons?(?:ed)?|subpoena(?:ed)?|called in for questioning|interrogat\w+)\b"
    r"|\b(?P<fine>fined|personally liable|personal fine|pay from (?:his|her|their) own)\b"
    r"|\b(?P<threat>prosecut\w*|criminal (?:charges?|proceedings|case|liability)|charged|indict\w*|deport\w*|expel\w*|"
    r"revoke[sd]? (?:his|her|their) (?:visa|residence|permit)|travel ban|exit ban|passports? (?:seized|withdrawn)|"
    r"harm\w*|hurt|consequences|within our reach|we know where|visit(?:ed)? (?:his|her|their) (?:home|family))\b",
    re.IGNORECASE,
)
PERSON = re.compile(
    r"\b(?:your|the company['’]s|his|their|our) (?:local |own |chief |country |legal |office |compliance "
    r"|senior |resident )*"
    r"(?P<staff>employee|employees|staff|colleague|colleagues|worker|workers|personnel|representative|representatives|"
    r"manager|managers|officer|officers|director|directors|engineer|engineers|team|people|man|woman|moderator|moderators|"
    r"lawyer|executive|executives|founder|head)\b"
    r"|\b(?:employee|employees|staff|staff member|member of (?:your|the) staff|office manager|compliance "
    r"officer|engineer) (?:here|in (?:our|the))\b"
    r"|\byou employ\b|\bworks for you\b|\bemployed by you(?:r company)?\b|\bemployees? of (?:your|the) "
    r"(?:company|platform)\b"
    r"|\b(?:his|her|their|your) (?P<family>wife|husband|family|children|child|relatives|parents|mother|father"
    r"|son|daughter)\b",
    re.IGNORECASE,
)
AHEAD = re.compile(
    r"\b(?:will|shall|would|may|might|can|could|going to|about to|must expect|if|unless|until|otherwise|failing)\b",
    re.I,
)
CONDITION = re.compile(
    r"\b(?:if|unless|until|otherwise|failing (?:this|which|that)|failure to|should you|in case (?:you|of)|or "
    r"else|refus\w+|"
    r"do not comply|does not comply|non-?compliance|not complied|comply|by \w+day|within \d+ (?:hours?|days?)"
    r"|not (?:in|within))\b",
    re.IGNORECASE,
)
LAW = re.compile(
    r"\b(?:regulation \((?:EU|EC)\)|directive \d|article \d|art\. ?\d|section \d|§|U\.S\.C\.|act (?:of )?\d{4}"
    r"|law (?:no|nr|of)|"
    r"decree (?:no|of)|penal code|criminal code|code of criminal|statute|court order|warrant (?:no|issued))",
    re.IGNORECASE,
)
MACRO_NAMES = re.compile(r"\.(?:docm|dotm|xlsm|xltm|xlam|pptm|ppam|potm)$", re.IGNORECASE)
MOST_NAMES = 2_000


def sentences(text: str) -> list[str]:
    """A text in its sentences, at most five thousand, lines put together."""
    parts = re.split(
        r"(?<=\w\w\w[.!?;])\s+(?=[^\Wa-z]|[\"“‘'(])|(?<=[)”\"’][.!?])\s+|\n\s*\n",
        re.sub(r"(?<!\n)\n(?!\n)", " ", text[:200_000]),
    )
    return [part for part in parts if part.strip()][:5_000]


def lever(text: str) -> dict[str, str] | None:
    """`person_claim`: which lever on which person of ours the text announces; None if it announces none.

    A sentence counts with its neighbours: the condition may stand before the threat.
    """
    said = sentences(text)
    for i, sentence in enumerate(said):
        found = LEVER.search(sentence)
        if not found or not AHEAD.search(sentence):
            continue
        around = " ".join(said[max(0, i - 2) : i + 2])
        person = PERSON.search(sentence) or PERSON.search(around)
        if person and CONDITION.search(around):
            kind = next(name for name, value in found.groupdict().items() if value)
            return {"lever": kind, "against": against(person, around), "demand": " ".join(around.split())[:1_000]}
    return None


def against(person: re.Match[str], around: str) -> str:
    if person["family"]:
        return "family"
    return (
        "officer" if re.search(r"compliance officer|designated officer|grievance officer", around, re.I) else "employee"
    )


def of_text(mail: Mail, text: str) -> tuple[set[str], dict[str, str] | None]:
    """Flags from what is written, and the lever on a person if there is one."""
    flags: set[str] = set()
    claim = lever(text)
    if claim:
        flags.add("person-lever")
        if not LAW.search(text[:200_000]):
            flags.add("no-legal-basis")
    if mail.forwards or mail.enclosed:
        flags.add("forwarded")
    return flags, claim


def parts_differ(mail: Mail) -> bool:
    """Whether the plain text and the HTML of one mail say different things: other links, or other words."""
    if not mail.html_text or mail.text == mail.html_text or len(mail.text.split()) < 5:
        return False
    link = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
    plain, rich = (
        {wrapped.meant(u.rstrip(".,;")) for u in link.findall(mail.text)},
        {wrapped.meant(u.rstrip(".,;")) for u in link.findall(mail.html_text)},
    )
    if rich - plain and plain - rich:
        return True
    said, shown = (
        set(re.findall(r"\w{4,}", mail.text.casefold())),
        set(re.findall(r"\w{4,}", mail.html_text.casefold())),
    )
    return bool(said and shown) and len(said & shown) / min(len(said), len(shown)) < 0.5


def of_attachment(attachment: Attachment) -> set[str]:
    """Flags of one attachment by its name and directory; nothing is unpacked."""
    flags: set[str] = set()
    if MACRO_NAMES.search(attachment.name):
        flags.add("macros")
    if attachment.data[:4] == b"PK\x03\x04":
        flags |= of_zip(attachment.data)
    if attachment.data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in attachment.data:
            flags.add("encrypted-attachment")
        if b"_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T" in attachment.data:
            flags.add("macros")
    return flags


def of_zip(data: bytes) -> set[str]:
    flags: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names: list[Any] = archive.infolist()[:MOST_NAMES]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        return {"damaged-archive"}
    if any(info.flag_bits & 1 for info in names):
        flags.add("encrypted-attachment")
    if any(info.filename.lower().endswith("vbaproject.bin") for info in names):
        flags.add("macros")
    if sum(info.file_size for info in names) > 200 * max(1, len(data)) or len(names) >= MOST_NAMES:
        flags.add("zip-bomb")
    return flags
