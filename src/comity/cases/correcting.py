"""Which facts a person may correct: what the document says, and nothing that we know by ourselves. Pure."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from comity.regulations.facts import check, schema

from .facts import corrected

# Not the sender, the receipt, the provider, the channel or what the platform said: those are never read off a document.
SAID = (
    "language",
    "territory",
    "territory_justified",
    "until",
    "emergency",
    "emergency_grounds",
    "translation",
    "due_at",
)
PATH_LENGTH = 80


class Uncorrectable(ValueError):
    """A correction that can't stand; the text names the rule."""


@cache
def paths() -> frozenset[str]:
    """Every path that may be corrected: the form's own fields, and the few things that a document says beside them."""
    known = schema()["properties"]
    form = {f"form.{name}" for name in known["form"]["properties"]}
    withheld = {f"non_disclosure.{name}" for name in known["non_disclosure"]["properties"]}
    return frozenset({*form, *withheld, *SAID})


def verify_correction(read: Mapping[str, Any], before: Sequence[Mapping[str, Any]], wanted: Mapping[str, Any]) -> None:
    """Raises Uncorrectable unless the facts still follow their schema with this correction laid over them."""
    path = wanted["path"]
    if path not in paths():
        raise Uncorrectable("only what the document itself says can be corrected")
    for error in check(corrected(read, [*before, wanted])):
        if not error.path or error.path.split("[")[0].startswith(path):
            raise Uncorrectable(error.rule)
