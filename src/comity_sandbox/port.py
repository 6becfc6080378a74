"""The contract of a gateway's adapter, spoken by the platform itself: POST /port/CALL, signed by Standard Webhooks.

Three secrets, made of the management token: one to read, one for what can be taken back, one for what can't (nothing
here). What is signed for one call is no other; a message is taken once, and not five minutes late.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from comity_sandbox import acts, api
from comity_sandbox.acts import Refused
from comity_sandbox.gates import LEVELS
from comity_sandbox.store import Store

READING = frozenset({"capabilities", "resolve", "snapshot", "observe", "observe-gate", "people", "accounts", "events"})
CHANGING = frozenset({"act", "lift", "notify", "gate"})
KINDS = ["message", "file", "channel", "group", "account"]
AT_ONCE = 500
TRIAL = ("/c/night-trains/1", "/c/night-trains/2", "/c/harbour/1", "/c/kitchen/1")  # what a test may act on
MOST_EVENTS, MOST_ACCOUNTS = 200, 20
LONGEST_NAME = 300
TOLERANCE = 300.0  # seconds (Standard Webhooks)
Answer = dict[str, Any]
Look = Callable[[str, str], Answer]  # what a viewer finds at a ref, or of the whole platform, from a country


def secret(token: str, level: str) -> str:
    """The secret for "read" or "reversible" calls."""
    return "whsec_" + base64.b64encode(hmac.digest(token.encode(), level.encode(), hashlib.sha256)).decode()


class Signed:
    """Whose messages are taken: signed, in time, each once."""

    def __init__(self, token: str) -> None:
        self._keys = {level: Webhook(secret(token, level)) for level in ("read", "reversible")}
        self._heard: dict[str, float] = {}  # message → when it was heard, the oldest first
        self._since, self._guard = int(time.time()), threading.Lock()

    def opened(self, call: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """What a message asks. Raises Refused."""
        key = self._keys["reversible" if call in CHANGING else "read"]
        try:
            said = key.verify(raw, dict(headers))
        except WebhookVerificationError as no:
            old = "too" in str(no)
            raise Refused(401, "stale" if old else "bad-signature", f"{no}.") from None
        except (ValueError, RecursionError):
            raise Refused(401, "bad-signature", "The signature can't be read.") from None
        self._once(headers.get("webhook-id", ""), float(headers.get("webhook-timestamp", "0")))
        if not isinstance(said, dict) or said.get("type") != call or not isinstance(said.get("data"), dict):
            raise Refused(400, "bad-call", f"What is signed is not a call of {call}.")
        return dict(said["data"])

    def _once(self, ident: str, stamp: float) -> None:
        now = time.time()
        with self._guard:
            while self._heard and now - next(iter(self._heard.values())) > 2 * TOLERANCE:
                self._heard.pop(next(iter(self._heard)))
            if ident in self._heard:
                raise Refused(401, "replayed", "This message was heard before.")
            if stamp < self._since:  # what was heard before the start is not remembered
                raise Refused(401, "stale", "The message is older than this process.")
            self._heard[ident] = now


class Port:
    """The calls. `look`: what an ordinary viewer finds; `tries`: what a stranger can do."""

    def __init__(self, store: Store, faults: api.Faults, token: str, base: Callable[[], str], look: Look) -> None:
        self._store, self._faults, self._base, self._look = store, faults, base, look
        self._signed = Signed(token)
        self._calls: dict[str, Callable[[Answer], Answer]] = {
            "capabilities": self._capabilities,
            "resolve": lambda data: self._each(data, "urls", self._resolve),
            "snapshot": lambda data: self._each(data, "refs", self._snapshot),
            "act": self._act,
            "lift": lambda data: self._each(data, "keys", lambda key: self._change("/api/lift", {"key": key})),
            "observe": lambda data: self._each(data, "looks", self._observe),
            "observe-gate": lambda data: self._look("", str(data.get("country"))),
            "notify": lambda data: self._change("/api/notify", data),
            "gate": lambda data: self._change("/api/gate", data),
            "people": self._people,
            "accounts": self._accounts,
            "events": self._events,
        }

    def answer(self, call: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """The answer to a call. Raises Refused."""
        if call not in self._calls:
            raise Refused(404, "no-such-call", "There is no such call.")
        if self._faults.mode == "down":
            raise Refused(503, "down", "The platform is down.")
        data = self._signed.opened(call, headers, raw)
        if self._faults.mode == "slow":
            self._faults.delay()
        return self._calls[call](data)

    def _each(self, data: Answer, field: str, ask: Callable[[Any], Answer]) -> Answer:
        """An answer or a refusal for each of the first ones, as many as fit into one, in one transaction."""
        them = data.get(field)
        if not isinstance(them, list) or not 0 < len(them) <= AT_ONCE:
            raise Refused(400, "bad-field", f"{field}: must be a list of 1 to {AT_ONCE}")
        answers: list[Answer] = []
        size = 0
        with self._store.transaction():
            for one in them:
                if size > api.LARGEST_ANSWERS:
                    break
                answers.append(_or_refusal(ask, one))
                size += len(json.dumps(answers[-1]))
        return {"answers": answers}

    def _capabilities(self, _: Answer) -> Answer:
        return {
            "contract": "1",
            "name": "Lantern (sandbox)",
            "measures": {"withhold": KINDS, "preserve": KINDS},
            "by_country": True,
            "notifies": True,
            "gates": list(LEVELS),
            "at_once": AT_ONCE,
            "viewer": {"query": "from"},
            "events": True,
            "people": True,
            "accounts": True,
            "trial_name": "Anna",
            "trial": [self._base() + ref for ref in TRIAL],
        }

    def _resolve(self, url: Any) -> Answer:
        ref = self._ref(url)
        found = api.resolve(self._store, ref)
        kind = {"picture": "file"}.get(found.get("kind", ""), found.get("kind"))
        return {**found, "kind": kind, "url": self._base() + ref} if found["found"] else {"found": False, "ref": ref}

    def _ref(self, url: Any) -> str:
        """The ref in one of our addresses; one that leads nowhere is a ref of nothing."""
        base = self._base()
        if not isinstance(url, str) or not (url + "/").startswith(base + "/"):
            raise Refused(400, "not-ours", "The address is on another platform.")
        return url.removeprefix(base).partition("?")[0]

    def _snapshot(self, ref: Any) -> Answer:
        kept = api.snapshot(self._store, str(ref))
        drawn = kept.get("picture")
        texts = [version["text"] for version in kept.get("versions", [])]
        return {
            "snapshot": {
                "texts": texts,
                "pictures": [drawn] if drawn else [],
                "state": kept | {"picture": drawn and drawn["sha256"]},
            }
        }

    def _act(self, data: Answer) -> Answer:
        kind, countries = data.get("kind"), data.get("countries")
        if kind not in ("withhold", "preserve"):
            raise Refused(422, "cannot", "This platform can withhold and preserve.")
        about = {"countries": countries} if kind == "withhold" else {}
        return self._each(data, "deeds", lambda deed: self._change(f"/api/{kind}", {**_object(deed), **about}))

    def _change(self, path: str, body: Answer) -> Answer:
        return api.change(self._store, self._faults, path, body)

    def _observe(self, look: Any) -> Answer:
        asked = _object(look)
        return self._look(self._ref(asked.get("url")), str(asked.get("country")))

    def _people(self, data: Answer) -> Answer:
        them, countries = api.people(self._store)["people"], data.get("countries")
        if not isinstance(countries, list):
            raise Refused(400, "bad-field", "countries: must be a list of country codes")
        return {"people": sum(them.get(code, 0) for code in countries if isinstance(code, str))}

    def _accounts(self, data: Answer) -> Answer:
        name = data.get("name")
        if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
            raise Refused(400, "bad-field", f"name: must be a text of 1 to {LONGEST_NAME} characters")
        rows = api.authors(self._store, owner=False)["authors"]
        found = [row for row in rows if _plain(name) in (_plain(row["id"]), _plain(row["name"]))][:MOST_ACCOUNTS]
        told = [(f"{self._base()}/u/{row['id']}", row["name"], row["country"]) for row in found]
        return {"accounts": [{"url": url, "name": called, "country": country} for url, called, country in told]}

    def _events(self, data: Answer) -> Answer:
        after = data.get("after")
        if not isinstance(after, str) or not (after == "" or (after.isascii() and after.isdigit() and len(after) < 16)):
            raise Refused(400, "bad-field", "after: must be what `next` was, or empty")
        rows = acts.events(self._store, int(after or 0), MOST_EVENTS + 1)
        some = rows[:MOST_EVENTS]
        events = [
            {"id": f"lantern_{r['n']}", "type": r["type"], "timestamp": r["at"], "data": _about(self._base(), r)}
            for r in some
        ]
        return {"events": events, "next": str(some[-1]["n"]) if some else after, "more": len(rows) > len(some)}


def _plain(name: str) -> str:
    """A name as it is compared: however it is written, with or without its `@`."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split()).removeprefix("@")


def _about(base: str, row: Any) -> Answer:
    return {"url": base + row["ref"], **({"reason": row["reason"]} if row["reason"] else {})}


def _object(given: Any) -> Answer:
    if not isinstance(given, dict):
        raise Refused(400, "bad-field", "each must be an object")
    return given


def _or_refusal(ask: Callable[[Any], Answer], one: Any) -> Answer:
    try:
        return ask(one)
    except Refused as no:
        return {"error": no.code, "says": no.says}
