"""A letter as a value: JSON that people sign, with named blanks; sending may fill those and nothing else. Pure.

    {"form": "tco-annex-2", "language": "en", "zone": "Europe/Brussels", "to": "orders@office.example",
     "subject": "…", "fields": {"measure_at": {"blank": "measure_at", "kind": "instant"}, …},
     "targets": [{"ref", "outcome", "why"}], "paragraphs": ["…"], "blanks": ["measure_at"], "also": [ … letters … ]}

`fields` are fixed; `paragraphs` may be edited by the desk before anyone signs, and never hold a blank.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comity.language import ENGLISH, day

Letter = dict[str, Any]
PARAGRAPHS_AT_MOST = 200_000
VALUE_AT_MOST = 2_000
KINDS = ("instant", "date", "link", "text")


class NotALetter(ValueError):
    """A value that isn't a letter; the text names the field and the rule."""


class CannotFill(ValueError):
    """Values that don't fit a letter's blanks; the text names the blank and the rule."""


class NotTheSame(ValueError):
    """A letter that isn't the signed one with its blanks filled; the text names the field that differs."""


def blank(name: str, kind: str = "text") -> dict[str, str]:
    """A named blank that sending fills. `kind`: instant (RFC 3339, UTC), date, link (http or https) or text."""
    return {"blank": name, "kind": kind}


def is_blank(value: object) -> bool:
    """Whether a field's value is a blank still to be filled."""
    return isinstance(value, Mapping) and "blank" in value


def make(
    form: str,
    *,
    to: str,
    subject: str,
    zone: str,
    language: str = "",
    fields: Mapping[str, Any] | None = None,
    targets: Sequence[Mapping[str, Any]] = (),
    paragraphs: Sequence[str] = (),
    also: Sequence[Letter] = (),
) -> Letter:
    """A letter, in the active language unless another is given. Raises NotALetter.

    Its `blanks` are those of its fields and of the letters that go with it (`also`).
    """
    letter: Letter = {
        "form": form,
        "language": language or str(get_language() or ENGLISH),
        "zone": zone,
        "to": to,
        "subject": subject,
        "fields": dict(fields or {}),
        "targets": [dict(target) for target in targets],
        "paragraphs": [text for text in paragraphs if text.strip()],
        "also": list(also),
    }
    letter["blanks"] = sorted({name for name, _ in _blanks(letter)})
    check(letter)
    return letter


def _blanks(letter: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for value in letter["fields"].values():
        if is_blank(value):
            yield value["blank"], value.get("kind", "text")
    for other in letter["also"]:
        yield from _blanks(other)


def check(letter: Mapping[str, Any]) -> None:
    """Raises NotALetter unless this is a letter as `make` makes them."""
    for name in ("form", "language", "zone", "to", "subject"):
        if not isinstance(letter.get(name), str):
            raise NotALetter(f"{name}: must be text")
    if not isinstance(letter.get("fields"), Mapping):
        raise NotALetter("fields: must be an object")
    for name in ("targets", "paragraphs", "also", "blanks"):
        if not isinstance(letter.get(name), list):
            raise NotALetter(f"{name}: must be a list")
    _check_paragraphs(letter["paragraphs"])
    for other in letter["also"]:
        check(other)
    kinds = dict(_blanks(letter))
    if sorted(kinds) != letter["blanks"] or not set(kinds.values()) <= set(KINDS):
        raise NotALetter("blanks: must name the blanks of the fields, each of a known kind")


def _check_paragraphs(paragraphs: Sequence[object]) -> None:
    if not all(isinstance(text, str) for text in paragraphs):
        raise NotALetter("paragraphs: each must be text")
    if sum(len(str(text)) for text in paragraphs) > PARAGRAPHS_AT_MOST:
        raise NotALetter(f"paragraphs: at most {PARAGRAPHS_AT_MOST} characters")


def canonical(letter: Mapping[str, Any]) -> bytes:
    """The letter's one serialisation: sorted keys, compact, ASCII (other characters escaped)."""
    return json.dumps(letter, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


TWIN = "twin"  # marks, among the letters that go with one, the same in another language


def beside(letter: Letter, twin: Letter) -> Letter:
    """A letter with the same one in another language beside it. What viewers saw is filled in each in its own words."""
    made = {**letter, "also": [*letter["also"], {**_own_blanks(twin, twin["language"]), TWIN: True}]}
    made["blanks"] = sorted({name for name, _ in _blanks(made)})
    check(made)
    return made


SAID = "seen_from"  # the one blank that is filled with words


def _own_blanks(letter: Letter, spoken: str) -> Letter:
    own = {
        key: blank(f"{SAID}.{spoken}") if is_blank(value) and value["blank"] == SAID else value
        for key, value in letter["fields"].items()
    }
    made = {**letter, "fields": own, "also": [_own_blanks(other, spoken) for other in letter["also"]]}
    return made | {"blanks": sorted({name for name, _ in _blanks(made)})}


def edit(letter: Mapping[str, Any], paragraphs: Sequence[str]) -> Letter:
    """The letter with other free paragraphs; fields, targets and blanks stay. The same in another language is dropped:
    it would say something else. Raises NotALetter."""
    written = [text for text in paragraphs if isinstance(text, str) and text.strip()]
    edited = {**letter, "paragraphs": written, "also": [one for one in letter["also"] if not one.get(TWIN)]}
    edited["blanks"] = sorted({name for name, _ in _blanks(edited)})
    check(edited)
    return edited


def fill(letter: Mapping[str, Any], values: Mapping[str, str]) -> Letter:
    """The letter with every blank filled and nothing else changed. Raises CannotFill if a value is missing or
    superfluous."""
    kinds = dict(_blanks(letter))
    for name in sorted(set(values) ^ set(kinds)):
        raise CannotFill(f"{name}: {'no such blank' if name in values else 'nothing to fill it with'}")
    for name, kind in kinds.items():
        _check_value(name, kind, values[name])
    return _filled(letter, values)


def _filled(letter: Mapping[str, Any], values: Mapping[str, str]) -> Letter:
    fields = {key: values[value["blank"]] if is_blank(value) else value for key, value in letter["fields"].items()}
    return {**letter, "fields": fields, "also": [_filled(other, values) for other in letter["also"]], "blanks": []}


def _check_value(name: str, kind: str, value: object) -> None:
    if not isinstance(value, str) or not value or len(value) > VALUE_AT_MOST or not value.isprintable():
        raise CannotFill(f"{name}: must be printable text of 1 to {VALUE_AT_MOST} characters")
    try:
        if kind == "instant":
            parse(value)
        elif kind == "date":
            date.fromisoformat(value)
        elif kind == "link" and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError
    except ValueError:
        raise CannotFill(f"{name}: {value!r} is not a value of the kind {kind}") from None


def verify_filled(signed: Mapping[str, Any], sent: Mapping[str, Any]) -> None:
    """Raises NotTheSame unless `sent` is the `signed` letter with its blanks filled and nothing else changed."""
    for key in sorted({*signed, *sent} - {"fields", "also", "blanks"}):
        if signed.get(key) != sent.get(key):
            raise NotTheSame(key)
    if set(signed["fields"]) != set(sent["fields"]) or len(signed["also"]) != len(sent["also"]):
        raise NotTheSame("fields")
    for key, value in signed["fields"].items():
        if is_blank(sent["fields"][key]) or (not is_blank(value) and value != sent["fields"][key]):
            raise NotTheSame(f"fields.{key}")
    for before, after in zip(signed["also"], sent["also"], strict=True):
        verify_filled(before, after)


def parse(text: str) -> datetime:
    """An RFC 3339 instant, in UTC. Raises ValueError, also for one without a zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text}: no zone")
    return at.astimezone(UTC)


def rfc3339(at: datetime) -> str:
    """An instant as written in a letter: UTC, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def zone_of(name: str) -> tzinfo:
    """The zone with this IANA name; UTC if the name is unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def said(at: datetime, zone: tzinfo) -> str:
    """24 November 2026, 13:07:32 CET: date, time and zone, the same in every letter of a language."""
    local = at.astimezone(zone)
    words = _("%(day)s, %(time)s")
    return words % {"day": day(local.date()), "time": f"{local:%H:%M:%S} {abbreviation(local)}"}


def abbreviation(local: datetime) -> str:
    """CET, EEST; zones without letters of their own as UTC+05:30."""
    name = local.tzname() or "UTC"
    offset = f"{local:%z}"
    return name if name[:1].isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"
