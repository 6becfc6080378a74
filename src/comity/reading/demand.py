"""What a mail that holds no known form says of a demand: which instrument it names, and the few facts that it labels.

Pure. Only what a rule reads for certain: an instrument by its number or name, labelled lines, addresses, a lever on a
person, a demand for access. A mail that says none of these is no demand that we know of, and nothing is read of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

from comity.reading import ending, form, letter, running, speech, values
from comity.reading.mail import Mail
from comity.reading.pieces import Piece
from comity.reading.said import Said

MOST_TEXT = 200_000
MOST_URLS = 200
MOST_HITS = 20
MOST_VALUE = 100
LABELS = {
    "instrument": r"(?:legal )?instrument",
    "form.reference": r"(?:our )?ref(?:erence|\.)?(?: n(?:o|umber)\.?)?|(?:our )?(?:file|case) n(?:o|umber)\.?"
    r"|(?:notre )?référence|numéro de dossier|aktenzeichen",
    "form.legal_basis": r"legal basis|base juridique|fondement juridique|rechtsgrundlage",
    "form.issuing_authority": r"(?:issuing|requesting) authority|autorité d[’']émission|anordnungsbehörde",
}
LABELLED = {
    path: re.compile(rf"^\s*(?:{words})\s?[:：]\s*(?P<value>\S.*)$", re.IGNORECASE) for path, words in LABELS.items()
}
LABEL = re.compile(r"^\s*[^\W\d_][\w .’'()/-]{1,50}[:：](?!//)")
# What access may be asked for: lists of `forms/speech`, in every language that is read.
ASKS = ("standing-access", "general-access", "keys", "weaken-encryption", "interface")
MINE = "mine"  # a user who wants their own account back asks for nothing of the kind


@cache
def instruments() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each instrument with the patterns that name it, from `forms/instruments.json`.

    Between an article and its act they allow no number: that would be another act's.
    """
    told = form.instruments()

    def whole(pattern: str) -> str:
        for part, stands_for in told["parts"].items():
            pattern = pattern.replace(part, stands_for)
        return pattern

    each = ((one["instrument"], "|".join(map(whole, one["patterns"]))) for one in told["named"])
    return tuple((instrument, re.compile(patterns, re.IGNORECASE)) for instrument, patterns in each)


def of(taken: Mail, texts: list[tuple[int, str]], claim: dict[str, str] | None) -> dict[str, Any] | None:
    """`{"facts", "places", "named"}` of a mail without a known form; None where it says nothing of a demand.

    `named` lists each instrument that it names, with its place; the first stands in `facts.instrument`, as a title
    stands first. `form.urls` holds every address in it: which lead to us is for the platforms to say.
    """
    said = list(_texts(taken, texts))
    facts, places = _read(said)
    named = sorted(_named(said), key=lambda one: one["order"])
    if named:
        facts["instrument"], places["instrument"] = named[0]["instrument"], named[0]["place"]
    if claim:
        facts["person_claim"], places["person_claim"] = claim, said_at(said, claim["demand"])
    if asks := access(said):
        facts["access_demand"], places["access_demand"] = {"asks": asks}, said_at(said, *asked_in(said))
    if not {"instrument", "person_claim", "access_demand"} & set(facts):
        return None
    told = letter.read(said, facts.get("instrument", ""))
    merge(facts, places, told)
    if facts.get("instrument") in letter.EMERGENCIES:
        in_danger(facts, places, said)
    shown = [{"instrument": one["instrument"], **one["place"]} for one in named]
    return {"facts": facts, "places": places, "named": shown, "flags": sorted(told.flags)}


def merge(facts: dict[str, Any], places: dict[str, dict[str, Any]], told: letter.Letter) -> None:
    """What a letter says beside its labelled lines; where they differ, neither counts."""
    for path, value in told.facts.items():
        home, _, name = path.rpartition(".")
        held = facts.setdefault(home, {}) if home else facts
        if name in held and values.fold(str(held[name])) != values.fold(str(value)):
            del held[name], places[path]
        else:
            held.setdefault(name, value)
            places.setdefault(path, told.places[path])
    for path in told.doubtful & set(places):
        home, _, name = path.rpartition(".")
        (facts[home] if home else facts).pop(name, None)
        del places[path]


def in_danger(facts: dict[str, Any], places: dict[str, dict[str, Any]], said: list[Said]) -> None:
    """The claim that every emergency request makes by being one, and who is said to be in danger."""
    facts["emergency"], places["emergency"] = True, places["instrument"]
    threats, place = letter.danger(said[1:])
    if place:
        facts["imminent_threat"], places["imminent_threat"] = threats, place


def _read(said: list[Said]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The labelled lines and the addresses, with their places."""
    facts: dict[str, Any] = {"form": {}}
    places: dict[str, dict[str, Any]] = {}
    for path, value, place in _labelled(said):
        home, _, name = path.rpartition(".")
        (facts[home] if home else facts)[name] = value
        places[path] = place
    read = [running.addresses(one.text.splitlines()) for one in said]
    each = [] if None in read else [url for some in read for url in some or ()]
    addresses = each[:MOST_URLS]
    if addresses:  # all of them, or none: of those that are broken over lines nobody can say which they are
        facts["form"]["urls"] = list(dict.fromkeys(addresses))
        places["form.urls"] = {"where": "in the text", "part": said[1].part, "text": "\n".join(addresses)[:4_000]}
    return facts, places


def _texts(taken: Mail, texts: list[tuple[int, str]]) -> Iterator[Said]:
    yield Said(0, "subject", taken.envelope["subject"][:1_000])
    yield Said(taken.text_part or 1, "", taken.text[:MOST_TEXT])
    for number, text in texts:
        yield Said(number, f"part {number}", text[:MOST_TEXT])


def _named(said: list[Said]) -> Iterator[dict[str, Any]]:
    for pack, pattern in instruments():
        for n, one in enumerate(said):
            if found := pattern.search(one.text):
                place = one.place(found.start(), found[0])
                yield {"instrument": pack, "place": place, "order": (n, found.start())}
                break


def _labelled(said: list[Said]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The labelled lines: each label that stands there with one value. Two values are left to a person."""
    for path, pattern in LABELLED.items():
        found = list(islice((hit for one in said[1:] for hit in _values(one, pattern)), MOST_HITS))
        if found and len({values.fold(value) for value, _place in found}) == 1:
            yield path, *found[0]


def _values(one: Said, pattern: re.Pattern[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    lines, at = one.text.splitlines(keepends=True), 0
    width = ending.wrapped_at([Piece(line.rstrip(), 0) for line in lines])
    for n, line in enumerate(lines):
        if (found := pattern.match(line.rstrip())) and not values.is_blank(found["value"]):
            value = " ".join([found["value"], *_goes_on(line.rstrip(), lines[n + 1 : n + 4], width)])
            if len(value) <= MOST_VALUE and not values.elsewhere(value):
                yield value, one.place(at, value)
        at += len(line)


def _goes_on(before: str, lines: list[str], width: int) -> Iterator[str]:
    """The lines on which a value goes on: it ends at its line's end, unless something says that it doesn't."""
    around = ending.Around(before, ending.indent(before), width)
    for line in lines:
        if not line.strip() or LABEL.match(line):
            return
        if not ending.goes_on(replace(around, line=before), Piece(before, 0), Piece(line.rstrip(), 0), "reference"):
            return
        yield line.strip()
        before = line.rstrip()


def said_at(said: list[Said], *quotes: str) -> dict[str, Any]:
    """Where the first words of a quote stand."""
    for quote in quotes:
        first = re.compile(r"\s+".join(map(re.escape, quote.split()[:6])), re.IGNORECASE)
        for one in said:
            if quote and (found := first.search(one.text)):
                return one.place(found.start(), quote)
    return {"where": "in the text", "part": said[1].part, "text": " ".join(quotes)[:MOST_VALUE]}


def asked_in(said: list[Said]) -> list[str]:
    """The sentences that ask for access."""
    for one in said:
        for sentence in islice(speech.sentences(one.text), 2_000):
            text = one.text[sentence.begin : sentence.end].strip()
            if any(set(ASKS) & set(names) for names in speech.sentence_lists(text)):
                return [text]
    return []


def access(said: list[Said]) -> list[str]:
    """`access_demand.asks`: what access a mail seems to ask for. That it demands this, a person says."""
    found = [names for one in said for names in speech.sentence_lists(one.text) if MINE not in names]
    return [ask for ask in ASKS if any(ask in names for names in found)]
