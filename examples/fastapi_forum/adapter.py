"""The forum's adapter for Comity: all that its engineer writes (the contract: docs/connect-your-platform.md)."""

import hashlib
import os
import re
import time
from pathlib import Path

from fastapi import Request
from fastapi.responses import JSONResponse
from forum import AUTHORS, DONE, EVENTS, HOME, POSTS, app, hidden, holds
from standardwebhooks import Webhook, WebhookVerificationError

KEYS = {name: Webhook(Path(os.environ["FORUM_KEYS"], f"{name}.key").read_text().strip()) for name in ("read", "act")}
CHANGING = {"act", "lift", "notify", "gate"}
TOLD, HEARD = {}, {}  # key → whom it told what; message → when it came


class Refused(Exception):
    def __init__(self, status, error, says):
        self.status, self.error, self.says = status, error, says


def opened(call, headers, raw):  # the signature: whose call it is, that it is new, that it is this call; what it asks
    try:
        said = KEYS["act" if call in CHANGING else "read"].verify(raw, dict(headers))
    except (WebhookVerificationError, ValueError, RecursionError) as no:
        raise Refused(401, "stale" if "timestamp too" in str(no) else "bad-signature", str(no)) from None
    for old in [ident for ident, at in HEARD.items() if at < time.time() - 900]:
        del HEARD[old]
    if headers["webhook-id"] in HEARD:
        raise Refused(401, "replayed", "This message was heard before.")
    HEARD[headers["webhook-id"]] = time.time()
    if not isinstance(said, dict) or said.get("type") != call or not isinstance(said.get("data"), dict):
        raise Refused(400, "bad-call", f"What is signed is no call of {call}.")
    return said["data"]


def capabilities(data):
    trial = {"trial": [f"{HOME}/t/{n}" for n in range(1, 5)], "trial_name": "Ada", "accounts": True, "events": True}
    able = {"measures": {"withhold": ["message"], "preserve": ["message"]}, "by_country": True, "notifies": True}
    return {"name": "Forum", "at_once": 100, "viewer": {"query": "country"}, **able, **trial}


def text(data, field):
    if not isinstance(data, dict) or not isinstance(data.get(field), str) or not 0 < len(data[field]) <= 20_000:
        raise Refused(400, "bad-field", f"{field}: must be a text that isn't empty")
    return data[field]


def ref_of(data):
    if not text(data, "url").startswith(f"{HOME}/"):
        raise Refused(400, "not-ours", "The address is on another platform.")
    return data["url"].removeprefix(HOME).partition("?")[0]


def post(ref):
    if not isinstance(ref, str) or ref not in POSTS:
        raise Refused(404, "unknown", "There is nothing with this ref.")
    return POSTS[ref]


def resolve(url):
    if (ref := ref_of({"url": url})) in AUTHORS:
        return {"found": True, "url": HOME + ref, "ref": ref, "kind": "account", "audience": "public"}
    if not (one := POSTS.get(ref)):
        return {"found": False}
    told = {"author": {"id": one["author"], "country": one["country"], "contactable": True}, "posted_at": one["at"]}
    return {"found": True, "url": HOME + ref, "ref": ref, "kind": "message", "audience": "public", **told}


def snapshot(ref):
    return {"snapshot": {"texts": [post(ref)["text"]], "pictures": [], "post": post(ref), "holds": holds(ref)}}


def act(deed, kind, countries):
    if kind not in ("withhold", "preserve"):
        raise Refused(422, "cannot", "This forum can withhold and preserve.")
    known = isinstance(countries, list) and all(re.fullmatch("[A-Z]{2}|WORLD", str(code)) for code in countries)
    if not known or (kind == "withhold" and not countries):
        raise Refused(400, "bad-field", "countries: must be country codes, or WORLD")
    key, wanted = text(deed, "key"), {"kind": kind, "ref": text(deed, "ref"), "countries": countries}
    if new := key not in DONE:
        post(wanted["ref"])
        DONE[key] = {**wanted, "lifted": False}
    elif DONE[key]["ref"] and wanted != {name: DONE[key][name] for name in wanted}:
        raise Refused(409, "key-used", "This key stands for something else.")
    state = "lifted" if DONE[key]["lifted"] else "preserved" if kind == "preserve" else "withheld"
    return {"key": key, "state": state, "new": new}


def lift(key):
    did = DONE.setdefault(text({"key": key}, "key"), {"ref": "", "countries": [], "lifted": False})
    new, did["lifted"] = not did["lifted"], True  # a key not seen yet is remembered, and will never act
    return {"key": key, "state": "lifted", "new": new}


def observe(look):  # what an ordinary viewer there sees: ask your front, not the table of what was done
    if (ref := ref_of(look)) not in POSTS or hidden(ref, look.get("country")):
        return {"state": "withheld" if ref in POSTS else "gone"}
    return {"state": "visible", "digest": hashlib.sha256(POSTS[ref]["text"].encode()).hexdigest()}


def notify(data):
    key, told, _ = text(data, "key"), (text(data, "ref"), text(data, "text")), post(data.get("ref"))
    new = key not in TOLD
    if TOLD.setdefault(key, told) != told:
        raise Refused(409, "key-used", "This key stands for another notice.")
    return {"key": key, "state": "told", "new": new}


def accounts(data):  # a name is no address: all who are called so
    name = text(data, "name").strip().removeprefix("@").casefold()
    found = [{"url": HOME + ref, **who} for ref, who in AUTHORS.items() if name in (ref[3:], who["name"].casefold())]
    return {"accounts": found}


def answer(ask, asked):
    try:
        return 200, ask(asked)
    except Refused as no:
        return no.status, {"error": no.error, "says": no.says}


def each(ask, them):
    if not isinstance(them, list) or not 0 < len(them) <= 100:
        raise Refused(400, "bad-field", "a list of 1 to 100 is wanted")
    return {"answers": [answer(ask, one)[1] for one in them]}


CALLS = {
    "capabilities": capabilities,
    "resolve": lambda data: each(resolve, data.get("urls")),
    "snapshot": lambda data: each(snapshot, data.get("refs")),
    "act": lambda data: each(lambda deed: act(deed, data.get("kind"), data.get("countries")), data.get("deeds")),
    "lift": lambda data: each(lift, data.get("keys")),
    "observe": lambda data: each(observe, data.get("looks")),
    "notify": notify,
    "accounts": accounts,
    "events": lambda data: {"events": [] if data.get("after") else EVENTS, "next": EVENTS[-1]["id"], "more": False},
}


@app.post("/comity/{call}")
async def comity(call: str, request: Request):
    if call not in CALLS or int(request.headers.get("content-length", 0)) > 4_000_000:
        return JSONResponse({"error": "no-such-call", "says": "There is no such call, or it is too large."}, 404)
    raw = await request.body()  # after it nothing waits: one call at a time, as in a database's transaction
    status, said = answer(lambda headers: CALLS[call](opened(call, headers, raw)), request.headers)
    return JSONResponse(said, status)
