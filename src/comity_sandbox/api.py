"""The management interface under /api/: JSON in, JSON out, for whoever holds the token. Refs are paths of pages."""

import base64
import binascii
import hashlib
import json
import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from comity_sandbox import acts, private, things
from comity_sandbox.acts import Refused
from comity_sandbox.gates import LEVELS
from comity_sandbox.pictures import SIGNATURE, png
from comity_sandbox.store import Store

MODES = ("normal", "pretend", "down", "slow", "spill", "shallow")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
MOST_LANGUAGES = 40
KEY = re.compile(r"[\x21-\x7e]{1,200}")
COUNTRY = re.compile(r"[A-Z]{2}|WORLD")
LONGEST_TEXT = 20_000
LARGEST_PICTURE = 4 * 1024 * 1024
MOST_COUNTRIES = 300
LARGEST_FILM = 4 * 2**30
MOST_BODIES = 500
LARGEST_ANSWERS = 8 * 1024 * 1024  # after this much a picture more, 4 MiB in base64, is still less than a client takes
Answer = dict[str, Any]


class Faults:
    """How the platform misbehaves, for tests: kept in memory, so a restart cures it."""

    def __init__(self) -> None:
        self.mode = "normal"
        self._wake = threading.Event()

    def set(self, mode: str) -> None:
        self.mode = mode
        self._wake.set()
        self._wake = threading.Event()

    def delay(self, seconds: float = 30.0) -> None:
        """Hold an answer back; a change of mode lets it go."""
        self._wake.wait(seconds)


def _bad(field: str, rule: str) -> Refused:
    return Refused(400, "bad-field", f"{field}: {rule}")


def _text(body: Answer, field: str, longest: int = LONGEST_TEXT) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _bad(field, "must be a text that isn't empty")
    if len(value) > longest:
        raise _bad(field, f"must have at most {longest} characters")
    if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise _bad(field, "must be valid Unicode without NUL")
    return value


def _key(body: Answer) -> str:
    value = body.get("key")
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise _bad("key", "must be 1 to 200 visible ASCII characters")
    return value


def _countries(body: Answer) -> list[str]:
    value = body.get("countries")
    if not isinstance(value, list) or not 0 < len(value) <= MOST_COUNTRIES:
        raise _bad("countries", f"must be a list of 1 to {MOST_COUNTRIES} country codes")
    if not all(isinstance(c, str) and COUNTRY.fullmatch(c) for c in value):
        raise _bad("countries", "each must be two capital letters, or WORLD")
    return value


def _level(body: Answer) -> str:
    value = body.get("level")
    if value not in LEVELS:
        raise _bad("level", "must be one of " + ", ".join(LEVELS))
    return str(value)


def _notice_of(body: Answer, level: str) -> dict[str, str]:
    value = body.get("notice", {})
    if not isinstance(value, dict) or len(value) > MOST_LANGUAGES:
        raise _bad("notice", f"must be an object: language → text, of at most {MOST_LANGUAGES} languages")
    if not all(LANGUAGE.fullmatch(language) for language in value):
        raise _bad("notice", "each language must be a tag like en or pt-BR")
    if level == LEVELS[-1] and not value:
        raise _bad("notice", "nobody is shut out without a word: a text in one language at least")
    return {language: _text({"notice": words}, "notice") for language, words in value.items()}


def _picture(body: Answer) -> bytes | None:
    if "draw" in body:
        return png(_text(body, "draw", 200))
    if body.get("picture") is None:
        return None
    try:
        data = base64.b64decode(_text(body, "picture", LARGEST_PICTURE * 4 // 3 + 4), validate=True)
    except (binascii.Error, ValueError):
        raise _bad("picture", "must be base64") from None
    if not data.startswith(SIGNATURE) or len(data) > LARGEST_PICTURE:
        raise _bad("picture", "must be a PNG of at most 4 MiB")
    return data


def _author(who: things.Author | None) -> Answer | None:
    return {"id": who.id, "name": who.name, "country": who.country, "contactable": who.contactable} if who else None


def resolve(store: Store, ref: str) -> Answer:
    """What stands at a ref: kind, audience, author, and of how many parts it is made."""
    try:
        who = acts.author_of(store, ref)
    except Refused:
        return {"found": False, "ref": ref}
    kind, where, n = acts.parse(store, ref)
    place = things.channel(store, where) if where else None
    audience = place["audience"] if place else "public"
    found = things.message(store, str(where), n or 0) if kind in ("message", "picture") else None
    return {
        "found": True,
        "ref": ref,
        "kind": "group" if kind == "channel" and audience != "public" else kind,
        "audience": audience,
        "author": _author(who),
        "posted_at": found.posted_at if found else None,
        "channel": place["name"] if place else None,
        "edits": max(len(found.versions) - 1, 0) if found and kind == "message" else 0,
        "pictures": 1 if kind == "picture" or (found and found.has_picture) else 0,
    }


def _held(store: Store, ref: str) -> list[Answer]:
    rows = store.rows("SELECT key, country FROM withheld WHERE ref = ? ORDER BY key, country", ref)
    by: dict[str, list[str]] = {}
    for row in rows:
        by.setdefault(row["key"], []).append(row["country"])
    return [{"key": key, "countries": countries} for key, countries in by.items()]


def _content(store: Store, ref: str, whole: bool) -> Answer:
    """What is said there, if it is said to everyone; else only whether it is still the same, unless it stays here."""
    kind, where, n = acts.parse(store, ref)
    if kind not in ("message", "picture"):
        return {}
    place, found = things.channel(store, str(where)), things.message(store, str(where), n or 0)
    data = things.picture(store, str(where), n or 0)
    assert found is not None
    if not whole and (place is None or place["audience"] not in things.OPEN):
        return {"posted_at": found.posted_at, "versions": [], "picture": None, "private": things.mark(store, found)}
    drawn = data and {
        "type": "image/png",
        "sha256": hashlib.sha256(data).hexdigest(),
        "base64": base64.b64encode(data).decode(),
    }
    versions = [{"at": v.at, "text": v.text} for v in found.versions] if kind == "message" else []
    return {"posted_at": found.posted_at, "versions": versions, "picture": drawn}


def snapshot(store: Store, ref: str, *, whole: bool = False) -> Answer:
    """A thing and who withholds it where; the same bytes as long as nothing changed. With `whole` also what is said
    in private conversations and closed groups, which leaves only sealed.

    Raises Refused when there is nothing at the ref."""
    with store.transaction():
        who = acts.author_of(store, ref)
        return {"ref": ref, "author": _author(who), **_content(store, ref, whole), "withheld": _held(store, ref)}


def _withhold(store: Store, body: Answer) -> Answer:
    key = _key(body)
    if body.get("kind", "withhold") != "withhold":
        raise _bad("kind", "this platform can only withhold")
    state, new = acts.withhold(store, key, _text(body, "ref", 200), _countries(body))
    return {"key": key, "state": state, "new": new}


def _lift(store: Store, body: Answer) -> Answer:
    key = _key(body)
    state, new = acts.lift(store, key)
    return {"key": key, "state": state, "new": new}


def _gate(store: Store, body: Answer, reaches: tuple[str, ...] = ()) -> Answer:
    key, countries, level = _key(body), _countries(body), _level(body)
    if things.EVERYWHERE in countries:
        raise _bad("countries", "each must be two capital letters")
    wanted = acts.Shutting(countries, level, _notice_of(body, level))
    state, new = acts.gate(store, key, wanted, reaches)
    return {"key": key, "state": state, "new": new}


def _preserve(store: Store, body: Answer) -> Answer:
    key, ref = _key(body), _text(body, "ref", 200)
    state, new = acts.preserve(store, key, ref, lambda: json.dumps(snapshot(store, ref, whole=True)))
    return {"key": key, "state": state, "new": new}


def _notify(store: Store, body: Answer) -> Answer:
    key = _key(body)
    new = acts.notify(store, key, _text(body, "ref", 200), _text(body, "text"))
    return {"key": key, "state": "told", "new": new}


def _post(store: Store, body: Answer) -> Answer:
    once = _key(body) if "key" in body else None
    named = _text(body, "channel", 60)
    channel = named if named.startswith("/p/") else "/c/" + named.removeprefix("/c/")
    draft = acts.Draft(channel, _text(body, "author", 60), _text(body, "text"), _picture(body), once=once)
    ref, new = acts.post(store, draft)
    return {"ref": ref, "new": new}


def _edit(store: Store, body: Answer) -> Answer:
    ref = _text(body, "ref", 200)
    with store.transaction():
        version = acts.edit(store, ref, _text(body, "text"))
        acts.tell(store, "content.edited", ref)
    return {"ref": ref, "version": version}


def _remove(store: Store, body: Answer) -> Answer:
    ref = _text(body, "ref", 200)
    with store.transaction():
        acts.remove(store, ref)
        acts.tell(store, "content.deleted", ref)
    return {"ref": ref}


def _film(store: Store, body: Answer) -> Answer:
    """Hang a film on a message: `bytes` of it, drawn from its address."""
    ref, name, length = _text(body, "ref", 200), _text(body, "name", 60), body.get("bytes")
    kind, where, n = acts.parse(store, ref)
    if kind != "message" or not isinstance(length, int) or not 0 < length <= LARGEST_FILM:
        raise _bad("ref, bytes", f"must be a message, and 1 to {LARGEST_FILM}")
    acts.author_of(store, ref)
    private.film(store, str(where), n or 0, name, length, ref.encode())
    return {"ref": ref, "name": name, "bytes": length}


def _report(store: Store, body: Answer) -> Answer:
    ref = _text(body, "ref", 200)
    acts.tell(store, "report.created", ref, _text(body, "reason", 2_000))
    return {"ref": ref}


def authors(store: Store, owner: bool) -> Answer:
    """The demo's people; for the owner with the links under which one can be them."""
    rows = store.rows("SELECT * FROM authors WHERE id NOT IN (SELECT author FROM joined) ORDER BY rowid")
    return {
        "authors": [
            {"id": r["id"], "name": r["name"], "country": r["country"], "contactable": bool(r["contactable"])}
            | ({"page": f"/u/{r['id']}?as={quote(r['key'])}"} if owner else {})
            for r in rows
        ]
    }


def people(store: Store) -> Answer:
    """How many accounts there are in each country; of those whose country nobody knows under the empty name."""
    rows = store.rows("SELECT coalesce(country, '') AS country, count(*) AS n FROM authors GROUP BY 1 ORDER BY 1")
    return {"people": {row["country"]: row["n"] for row in rows}}


def _channels(store: Store) -> Answer:
    rows = store.rows("SELECT ref, name, about, audience FROM channels ORDER BY place")
    return {"channels": [dict(row) for row in rows]}


CHANGES: dict[str, Callable[[Store, Answer], Answer]] = {
    "/api/withhold": _withhold,
    "/api/preserve": _preserve,
    "/api/lift": _lift,
    "/api/gate": _gate,
    "/api/notify": _notify,
    "/api/messages": _post,
    "/api/edits": _edit,
    "/api/removals": _remove,
    "/api/reports": _report,
}
LISTS: dict[str, Callable[[Store], Answer]] = {
    "/api/channels": _channels,
    "/api/people": people,
}
LOOKUPS: dict[str, Callable[[Store, str], Answer]] = {"/api/resolve": resolve, "/api/snapshot": snapshot}
BY_MANY = ("/api/resolve", "/api/snapshot", "/api/withhold", "/api/preserve", "/api/lift")
PRETENDED = {
    "/api/withhold": "withheld",
    "/api/preserve": "preserved",
    "/api/lift": "lifted",
    "/api/gate": "gated",
}


def _mode(faults: Faults, method: str, body: Answer) -> Answer:
    if method != "GET":
        if body.get("mode") not in MODES:
            raise _bad("mode", "must be one of " + ", ".join(MODES))
        faults.set(body["mode"])
    return {"mode": faults.mode}


def parsed(raw: bytes) -> Answer:
    """The body of a request as an object. Raises Refused."""
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, "bad-json", "The body must be JSON in UTF-8.") from None
    if not isinstance(body, dict):
        raise Refused(400, "bad-json", "The body must be a JSON object.")
    return body


def change(store: Store, faults: Faults, path: str, body: Answer) -> Answer:
    """Change something, or misbehave. Raises Refused."""
    if faults.mode == "pretend" and path in PRETENDED:
        return {"key": _key(body), "state": PRETENDED[path], "new": True}
    if faults.mode == "spill" and path == "/api/gate":
        return _gate(store, body, (things.EVERYWHERE,))
    return CHANGES[path](store, body)


def _many(store: Store, faults: Faults, body: Answer) -> Answer:
    """One call with many bodies: an answer, or a refusal, for each; fewer, where all would be too much at once."""
    call, bodies = body.get("call"), body.get("bodies")
    if call not in BY_MANY:
        raise _bad("call", "must be one of " + ", ".join(BY_MANY))
    if (
        not isinstance(bodies, list)
        or not 0 < len(bodies) <= MOST_BODIES
        or not all(isinstance(b, dict) for b in bodies)
    ):
        raise _bad("bodies", f"must be a list of 1 to {MOST_BODIES} objects")
    answers: list[Answer] = []
    size = 0
    with store.transaction():
        for one in bodies:
            if size > LARGEST_ANSWERS:
                break
            answers.append(_one_of_many(store, faults, call, one))
            size += len(json.dumps(answers[-1]))
    return {"answers": answers}


def _one_of_many(store: Store, faults: Faults, call: str, body: Answer) -> Answer:
    try:
        if call in LOOKUPS:
            return LOOKUPS[call](store, _text(body, "ref", 200))
        return change(store, faults, call, body)
    except Refused as no:
        return {"error": no.code, "says": no.says}


def answer(
    store: Store, faults: Faults, method: str, path: str, query: dict[str, str], raw: bytes, *, owner: bool = False
) -> Answer:
    """Answer one authorised request, of the gateway or of the platform's owner. Raises Refused with its status."""
    if path == "/api/mode":
        return _mode(faults, method, parsed(raw))
    if faults.mode == "slow":
        faults.delay()
    if path == "/api/many" and method == "POST":
        return _many(store, faults, parsed(raw))
    if path in CHANGES and method == "POST":
        return change(store, faults, path, parsed(raw))
    if path == "/api/authors" and method == "GET":
        return authors(store, owner)
    if path == "/api/films" and method == "POST" and owner:
        return _film(store, parsed(raw))
    if path in LISTS and method == "GET":
        return LISTS[path](store)
    if path in LOOKUPS and method == "GET":
        return LOOKUPS[path](store, query.get("ref", ""))
    known = path in ("/api/many", "/api/authors") or path in CHANGES or path in LISTS or path in LOOKUPS
    raise Refused(405 if known else 404, "no-such-call", "There is no such call.")
