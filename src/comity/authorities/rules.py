"""How strongly a sender is verified: one pure function of evidence, the register and recorded call-backs.

Grades, from weak to strong: `none`; `domain`, the mail is signed by a domain that an accredited authority lists;
`accredited-channel`, a person of the desk called the authority at its registered number and it confirmed the request. A
grade says who sent a mail, never that its order is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Grade = Literal["none", "domain", "signature", "accredited-channel"]
_MAKER = object()

# Letters that look like others, beyond those that NFKC already unifies.
CONFUSABLE = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁɡһӏԛԝкмтвнп", "aeopcyxijsdghlqwkmtbhn", strict=True)),
        **dict(zip("αορικντυχβεηωγ", "aopikvtuxbenwy", strict=True)),
        **dict(zip("013578", "oiestb", strict=True)),
        "l": "i",
        "ı": "i",
        "|": "i",
        "ł": "i",
        "ø": "o",
        "đ": "d",
        "ß": "b",
    }
)


# by what else than a mail something comes, and what that says of who sent it
DOORS = {
    "web": "It was typed on our page for authorities, where anybody can type.",
    "fax": "It came by fax: the number that a fax shows can be set by whoever sends it.",
    "post": "It came by post: paper proves nothing of who sent it.",
    "phone": "It was said on the telephone, by somebody who called us.",
    "hand": "It was brought by hand.",
}

# what a person finds who looks an authority up in the register that its law names
DESIGNATED, OTHER, ABSENT = "designated", "other", "absent"
FOUND = (DESIGNATED, OTHER, ABSENT)


@dataclass(frozen=True)
class Registered:
    """An authority as in our register. `checked`: what a person of the desk found of it elsewhere, in a sentence."""

    id: str
    name: str
    country: str
    domains: tuple[str, ...]
    accredited: bool
    realm: str = "real"
    checked: str = ""


@dataclass(frozen=True)
class Signed:
    """A DKIM signature that was checked: by which domain, whether it is valid, why not, which header fields it
    covers."""

    domain: str
    valid: bool
    why: str = ""
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """What our own mail server found: `spf`, `dkim` or `dmarc`, its result, and the domain that it speaks of."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True)
class CallBack:
    """A call to the authority's registered number about this request, and whether it confirmed it.

    `how`: phone; the passkey of one of its officers over the request's own hash; session, an officer who is signed in
    by it; or mailbox, by a link sent to its registered address, which proves as much as its domain does.
    """

    authority: str
    confirmed: bool
    how: str = "phone"


@dataclass(frozen=True)
class Evidence:
    """What a mail shows of its sender. Addresses are as written.

    `claims` is the authority that the order names; `others`: its order is in words that it quotes, forwards or answers;
    `found` is what our own mail server found; `door`: empty for a mail, else by what it came (`DOORS`), where no
    signature speaks for anybody.
    """

    sender: str
    signatures: tuple[Signed, ...] = ()
    reply_to: tuple[str, ...] = ()
    display_name: str = ""
    several_senders: bool = False
    claims: str = ""
    state: str = ""
    others: bool = False
    found: tuple[Found, ...] = ()
    door: str = ""


@dataclass(frozen=True)
class Verification:
    """A grade with its reasons. Only `grade` makes one. `covers`: the header fields under the sender's signature."""

    grade: Grade
    authority: str | None
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    resembles: str | None = None
    covers: tuple[str, ...] = ()
    maker: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.maker is not _MAKER:
            raise TypeError("a Verification comes from authorities.rules.grade only")


def host(name: str) -> str:
    """A host name in one form: lower case, no trailing dot, international labels in Unicode."""
    labels = []
    for label in name.strip().rstrip(".").lower().split("."):
        try:
            labels.append(label.encode("ascii").decode("idna") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)


def domain_of(address: str) -> str:
    """The host name of a mail address, in the form that `host` gives; empty if there is none."""
    return host(address.rpartition("@")[2]) if "@" in address else ""


def within(domain: str, of: str) -> bool:
    """Whether a domain is another one or below it."""
    return bool(of) and (domain == of or domain.endswith("." + of))


def owner(domain: str, register: Iterable[Registered]) -> Registered | None:
    """Whose domain it is; the longest listed domain wins, so that a unit below a ministry is itself."""
    owned = [(len(d), a) for a in register for d in map(host, a.domains) if within(domain, d)]
    return max(owned, key=lambda pair: pair[0])[1] if owned else None


def grade(
    evidence: Evidence,
    register: Sequence[Registered],
    callbacks: Sequence[CallBack] = (),
    elsewhere: Sequence[Registered] = (),
) -> Verification:
    """Who sent this request, how strongly that is known, and why.

    Nothing in the message itself can raise its grade: no name, reference or telephone number that it gives. `register`
    holds the authorities of the request's own realm; those of other realms (`elsewhere`) sign for nothing in it.
    """
    domain = domain_of(evidence.sender)
    known = owner(domain, register)
    reasons: list[str] = [DOORS[evidence.door]] if evidence.door in DOORS else []
    flags: set[str] = set()
    speaking = alignment(evidence, domain, known, reasons)
    if not speaking and not server_passed(evidence, domain, reasons):
        flags.add("unauthenticated")
        if known and not evidence.door:
            flags.add("spoofed")
            reasons.append(f"It claims {domain}, a domain of {known.name}, and does not prove it: it may be forged.")
    if not known and not evidence.door and (other := owner(domain, elsewhere)):
        reasons.append(f"{domain} is {other.name}, of realm {other.realm}: it speaks for nobody in this one.")
    resembles = look_alike(evidence, domain, register, known, reasons, flags)
    said = said_of(callbacks)
    denied = has_denied(register, said, reasons)
    confirmed = None if denied else called_back(register, said, reasons)
    mailbox = None if denied or confirmed else by_mailbox(register, said, reasons)
    signs = bool(speaking) and not words_of_others(evidence, reasons)
    matched = confirmed or (known if signs else None) or mailbox
    if matched and evidence.state and evidence.state != matched.country:
        flags.add("state-differs")
        reasons.append(
            f"The order names {evidence.state} as the issuing State; {matched.name} is of {matched.country}."
        )
    return Verification(
        decide(signs, known, confirmed, mailbox, reasons),
        matched.id if matched else None,
        tuple(reasons),
        tuple(sorted(flags)),
        resembles,
        tuple(sorted({name for signed in speaking for name in signed.covers})),
        _MAKER,
    )


def server_passed(evidence: Evidence, domain: str, reasons: list[str]) -> bool:
    """Whether our own mail server found that a server of the sender's domain sent it. It tells who may send for a
    domain, not who wrote: a reason, which raises no grade."""
    told = [f"{one.method.upper()} {one.result}{f' for {one.domain}' if one.domain else ''}" for one in evidence.found]
    if told:
        reasons.append(f"Our mail server found: {', '.join(told)}. That raises no grade.")
    aligned = [one for one in evidence.found if one.result == "pass" and domain and related(host(one.domain), domain)]
    return bool(aligned) and not any(one.method == "dmarc" and one.result == "fail" for one in evidence.found)


def related(one: str, other: str) -> bool:
    """Whether one of two domains is the other, or below it."""
    return within(one, other) or within(other, one)


def words_of_others(evidence: Evidence, reasons: list[str]) -> bool:
    """Whether the order isn't in the words of whoever signed the mail: then the signature says nothing about it."""
    if evidence.others:
        reasons.append(
            "The order stands in words that the sender quotes or forwards. No signature speaks for it: call the "
            "authority that it names at its registered number."
        )
    return evidence.others


def decide(
    signs: bool,
    known: Registered | None,
    confirmed: Registered | None,
    mailbox: Registered | None,
    reasons: list[str],
) -> Grade:
    """The grade; adds to `reasons` why a known signer is not enough."""
    if confirmed:
        return "accredited-channel"
    if mailbox:
        return "domain"
    if signs and known and known.checked:
        reasons.append(known.checked)
    if signs and known and known.accredited:
        return "domain"
    if signs and known:
        reasons.append(f"{known.name} is on the register but not accredited.")
    return "none"


def alignment(evidence: Evidence, domain: str, known: Registered | None, reasons: list[str]) -> list[Signed]:
    """The valid signatures that vouch for the domain in From. Listed domains sign for themselves and what is below
    them."""
    if evidence.door:
        return []
    if not domain:
        reasons.append("The mail names no sender address.")
        return []
    if evidence.several_senders:
        reasons.append("The mail names more than one sender, so no signature speaks for one of them.")
        return []
    if not evidence.signatures:
        reasons.append("The mail carries no DKIM signature.")
        return []
    valid = [signed for signed in evidence.signatures if signed.valid]
    for broken in (s for s in evidence.signatures if not s.valid):
        reasons.append(f"DKIM signature of {broken.domain or 'an unnamed domain'}: {broken.why or 'does not hold'}.")
    if not known:
        _foreign(valid, domain, "and no authority on the register lists it", reasons)
        return [signed for signed in valid if within(domain, host(signed.domain))]
    listed = {host(d) for d in known.domains}
    speaking = [s for s in valid if host(s.domain) in listed and within(domain, host(s.domain))]
    if speaking:
        reasons.append(
            f"DKIM signature of {host(speaking[0].domain)} holds and covers From; the domain is registered for "
            f"{known.name}."
        )
    else:
        _foreign(valid, domain, f"which {known.name} does not list", reasons)
    return speaking


def _foreign(valid: Sequence[Signed], domain: str, why: str, reasons: list[str]) -> None:
    if valid:
        whose = " and ".join(sorted({host(signed.domain) for signed in valid}))
        reasons.append(f"DKIM signature of {whose} holds, {why}; From is {domain}.")


MAILBOX, CALLED = "mailbox", "called at its registered number"
BY_KEY = {
    "passkey": "by an officer’s passkey over it",
    "session": "by an officer who is signed in with their passkey",
}


def said_of(callbacks: Sequence[CallBack]) -> dict[str, tuple[str, ...]]:
    """How each authority that was asked has confirmed the request since it last denied it; none: it denies it. What was
    denied on the telephone no mailbox confirms again."""
    stands: dict[str, list[str]] = {}
    denied: dict[str, str] = {}
    for call in callbacks:
        if not call.confirmed:
            stands[call.authority], denied[call.authority] = [], call.how
        elif denied.get(call.authority, MAILBOX) == MAILBOX or call.how != MAILBOX:
            denied.pop(call.authority, None)
            stands.setdefault(call.authority, []).append(call.how)
    return {authority: tuple(how) for authority, how in stands.items()}


def has_denied(register: Sequence[Registered], said: Mapping[str, Sequence[str]], reasons: list[str]) -> bool:
    """Whether an authority that was asked did not confirm the request: then nobody else speaks for it."""
    for entry in register:
        if entry.id in said and not said[entry.id]:
            reasons.append(f"{entry.name}, {CALLED} or asked at its address, did not confirm this request.")
    return not all(said.values())


def called_back(
    register: Sequence[Registered], said: Mapping[str, Sequence[str]], reasons: list[str]
) -> Registered | None:
    """The accredited authority that confirmed the request by telephone, or by an officer's passkey."""
    for entry in register:
        if entry.accredited and (by := {*said.get(entry.id, ())} - {MAILBOX}):
            how = BY_KEY.get(next(iter(by)), CALLED) if len(by) == 1 else CALLED
            reasons.append(f"{entry.name}, {how}, confirmed this request.")
            return entry
    return None


def by_mailbox(
    register: Sequence[Registered], said: Mapping[str, Sequence[str]], reasons: list[str]
) -> Registered | None:
    """The accredited authority that confirmed the request by a link sent to its registered address."""
    for entry in register:
        if entry.accredited and MAILBOX in said.get(entry.id, ()):
            reasons.append(f"{entry.name} confirmed this request by the link that we sent to its registered address.")
            return entry
    return None


def look_alike(
    evidence: Evidence,
    domain: str,
    register: Sequence[Registered],
    known: Registered | None,
    reasons: list[str],
    flags: set[str],
) -> str | None:
    """The authority that a sender, a Reply-To or a display name imitates."""
    found: str | None = None
    others = {domain_of(a) for a in evidence.reply_to}
    shown = re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", evidence.display_name)
    if shown and not any(within(domain, host(s)) or within(host(s), domain) for s in shown):
        flags.add("display-name-differs")
        reasons.append("The name shown contains an address of another domain than the one it was sent from.")
    if others - {domain}:
        flags.add("reply-to-differs")
        reasons.append(
            "Answers are asked to another domain than the one it was sent from; we write to From or the register."
        )
    for suspect in ({domain} if not known else set()) | {d for d in others if owner(d, register) is None}:
        hit = next(
            (pair for a in register for d in a.domains if (pair := (a, host(d))) and resembles(suspect, pair[1])), None
        )
        if suspect and hit:
            flags.add("lookalike-domain")
            reasons.append(f"{suspect} looks like {hit[1]}, the domain of {hit[0].name}, and is not it.")
            found = hit[0].id
    return found


def resembles(suspect: str, real: str) -> bool:
    """Whether one domain could be taken for another.

    Tried: letters that look alike, typing errors, words moved or added, another ending, or the real name as a subdomain
    of a foreign one.
    """
    if not suspect or not real or within(suspect, real):
        return False
    a, b = skeleton(suspect), skeleton(real)
    if a == b or a.replace("-", "").replace(".", "") == b.replace("-", "").replace(".", ""):
        return True
    if (a + ".").startswith(b + ".") or b.replace(".", "-") in a:
        return True
    core_a, core_b = stem(a), stem(b)
    if len(core_b) >= 4 and core_a == core_b:
        return True
    return moved(core_a, core_b) or slipped(core_a, core_b)


def stem(domain: str) -> str:
    """A domain without its last label; a domain of one label whole."""
    return domain.rpartition(".")[0] or domain


def moved(a: str, b: str) -> bool:
    """Whether the words of one domain are those of another, reordered, joined or with up to three more."""
    words_a, words_b = set(re.split(r"[.-]", a)), set(re.split(r"[.-]", b))
    long_enough = sum(map(len, words_b)) >= 6
    added = words_b <= words_a and len(words_a) - len(words_b) <= 3
    joined = "".join(sorted(words_a)) == "".join(sorted(words_b))
    glued = len(b) >= 8 and b.replace("-", "").replace(".", "") in a.replace("-", "").replace(".", "")
    return long_enough and (added or joined or glued)


def slipped(a: str, b: str) -> bool:
    """Whether a few letters are wrong, missing, doubled or swapped; the longer the name, the more such errors pass
    unseen."""
    allowed = 0 if len(b) < 5 else 1 if len(b) < 9 else 2
    return (allowed > 0 and 0 < distance(a, b, allowed) <= allowed) or slipped_words(a, b)


def slipped_words(a: str, b: str) -> bool:
    """The same number of labels or words, all equal except for one typing error in a long one."""
    words_a, words_b = re.split(r"[.-]", a), re.split(r"[.-]", b)
    if len(words_a) != len(words_b) or len(words_b) < 2:
        return False
    wrong = [(x, y) for x, y in zip(words_a, words_b, strict=True) if x != y]
    return len(wrong) == 1 and len(wrong[0][1]) >= 5 and distance(*wrong[0], 1) <= 1


def skeleton(domain: str) -> str:
    """The domain with every letter replaced by the plainest one that looks like it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", host(domain)).casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(CONFUSABLE)
    return plain.replace("rn", "m").replace("vv", "w").replace("ci", "d")


def distance(a: str, b: str, most: int) -> int:
    """Edits between two words, a swap of neighbours being one (optimal string alignment); `most` + 1 if more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def plain_letters(name: str) -> str:
    """A name in plain letters: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
