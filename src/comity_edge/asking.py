"""What a viewer asks for, where that would hide from us what an answer is about: whole events, so that what is withheld
is known by its id; and the words that a directory is searched for. Pure."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote_plus

SYNC = re.compile(r"/_matrix/client/(?:r0|v[1-9]|unstable)/sync/?")
FIELDS = "event_fields"  # Matrix specification, "Filtering": of each event only these, its id not among them


def filter_of(path: str, query: str) -> str:
    """The filter of a sync: its id, or itself as JSON; empty for anything else. As a homeserver finds it: the first of
    several, and `;` is `&`."""
    if not SYNC.fullmatch(path):
        return ""
    return next((value for name, value in _parts(query) if name == "filter"), "")


def token_of(query: str) -> str:
    """The part of a query by which somebody says who they are, if they do so there."""
    return next((one for one in re.split("[&;]", query) if one.startswith("access_token=")), "")


def with_filter(query: str, said: Any) -> str:
    """A query with another filter."""
    kept = [one for one in re.split("[&;]", query) if unquote_plus(one.partition("=")[0]) != "filter" and one]
    return "&".join([*kept, f"filter={quote(json.dumps(said, separators=(',', ':')))}"])


def whole_events(said: Any) -> dict[str, Any] | None:
    """A filter that asks for whole events; None for one that does already, or is none."""
    if not isinstance(said, dict) or FIELDS not in said:
        return None
    return {name: value for name, value in said.items() if name != FIELDS}


def searched_for(body: object) -> str:
    """The words that a directory of rooms is searched for, in small letters; empty for none."""
    try:
        said = json.loads(body) if isinstance(body, bytes) and body else {}
    except (ValueError, RecursionError):
        return ""
    only = said.get("filter") if isinstance(said, dict) else None
    term = only.get("generic_search_term") if isinstance(only, dict) else None
    return term.casefold() if isinstance(term, str) else ""


def _parts(query: str) -> Iterable[tuple[str, str]]:
    for one in re.split("[&;]", query):
        name, _, value = one.partition("=")
        yield unquote_plus(name), unquote_plus(value)
