"""Cases of the calls themselves: whose signature is taken, what is said of bad ones, what it says it can do."""

from comity import clock
from comity.platforms import signed
from comity.platforms.asking import CLOCKS_MAY_DIFFER
from comity.platforms.kit.trial import LONG_AGO, Failed, LeftOut, Trial, case, equal, first, refused, trying
from comity.platforms.naming import plain
from comity.platforms.port import IRREVERSIBLE

BAD = (400, 409, 413, 422)


@case("capabilities", "It says what it can do, and names two things of its own to try it on.")
def _says(trial: Trial) -> None:
    able = trial.platform.ask_capabilities()
    if not any(able.measures.values()):
        raise Failed("no measure that we know and that can be undone (measures)")
    trial.urls  # noqa: B018  # it raises


@case("clock", f"Its clock is within {CLOCKS_MAY_DIFFER // 60} minutes of ours.")
def _clock(trial: Trial) -> None:
    off = trial.platform.adapter.clock_off
    if abs(off) > CLOCKS_MAY_DIFFER:
        raise Failed(f"its answers' Date is {off:+.0f} s off")


@case("refuses-unsigned", "A call without a signature is refused with 401.")
def _unsigned(trial: Trial) -> None:
    refused(trial.repeat("capabilities", b'{"type":"capabilities","data":{}}', {}), [401])


@case("refuses-forged", "A call signed with another secret is refused with 401.")
def _forged(trial: Trial) -> None:
    fake = "v1," + "A" * 43 + "="
    refused(trial.send("capabilities", {}, webhook_signature=fake), [401])
    refused(trial.send("capabilities", {}, webhook_signature="nonsense"), [401])


@case("refuses-changed", "A call whose body was changed on its way is refused with 401.")
def _changed(trial: Trial) -> None:
    status, _ = trial.send("capabilities", {}, webhook_id="msg_another")
    equal(status, 401, "the identifier was changed, and it answered")


@case("refuses-stale", "A call signed more than five minutes ago, or ahead, is refused with 401.")
def _stale(trial: Trial) -> None:
    for at in (clock.now() - LONG_AGO, clock.now() + LONG_AGO):
        refused(trial.send("capabilities", {}, at=at), [401])


@case("refuses-replayed", "The same message a second time is refused with 401.")
def _replayed(trial: Trial) -> None:
    now = clock.now()
    body = signed.message("capabilities", {}, now)
    headers = signed.headers(trial.secrets.read, body, now)
    equal(trial.repeat("capabilities", body, headers)[0], 200, "the first time it answered")
    refused(trial.repeat("capabilities", body, headers), [401])


@case("secrets-apart", "The secret to read does nothing else, nor does the one to act do what can't be undone.")
def _apart(trial: Trial) -> None:
    thing, key = trial.things[0], trial.key()
    data = {"kind": trial.kind, "countries": trial.where, "deeds": [{"key": key, "ref": thing.ref}]}
    refused(trial.send("act", data), [401])
    equal(trial.sees(thing), "visible", "acted with the secret to read; a viewer's state")
    for kind in sorted(
        IRREVERSIBLE & set(trial.platform.answered or {}).union((trial.platform.answered or {})["measures"])
    ):
        gone = {"kind": kind, "countries": ["WORLD"], "deeds": [{"key": trial.key(), "ref": "kit-nothing"}]}
        refused(trial.send("act", gone, level="reversible"), [401])


@case("call-signed", "What is signed for one call is taken for no other.")
def _call_signed(trial: Trial) -> None:
    thing, key = trial.things[0], trial.key()
    data = {"kind": trial.kind, "countries": trial.where, "deeds": [{"key": key, "ref": thing.ref}], "keys": [key]}
    refused(trial.send("lift", data, level="reversible", to="act"), [400, 401])
    equal(trial.sees(thing), "visible", "a lift did as an act; a viewer's state")


@case("bad-requests", "What is signed and makes no sense is refused with a 4xx in words, and breaks nothing.")
def _bad(trial: Trial) -> None:
    for body in (b"", b"[]", b"{", b'{"type":"resolve"}', b"[" * 5000):
        with trying(f"`resolve` with the body {_short(body)}"):
            refused(trial.send("resolve", {}, body=body), [400, 401, 422])
    for urls in ("x", [], ["x"] * 20_000):
        with trying(f"`resolve` with `urls` {_short(urls)}"):
            refused(trial.send("resolve", {"urls": urls}), BAD)
    for deeds in (7, list[int]()):
        data = {"deeds": deeds, "kind": trial.kind, "countries": trial.where}
        with trying(f"`act` with `deeds` {_short(deeds)}"):
            refused(trial.send("act", data, level="reversible"), BAD)
    trial.platform.ask_capabilities()


def _short(sent: bytes | str | int | list[str] | list[int]) -> str:
    if isinstance(sent, bytes):
        return f"{sent[:20].decode()!r}" + (f"… ({len(sent):,} bytes)" if len(sent) > 20 else "")
    return f"a list of {len(sent):,}" if isinstance(sent, list) and sent else repr(sent)


@case("no-such-call", "A call that it doesn't know is refused, and not answered by 200.")
def _no_such(trial: Trial) -> None:
    status, _ = trial.send("kit-nothing", {})
    if not 400 <= status < 500:
        raise Failed(f"answered {status}")


@case("can-what-it-says", "Every measure that it says it can do, it does; any other is refused as `cannot`.")
def _can(trial: Trial) -> None:
    able, thing = trial.platform.capabilities().measures, trial.things[0]
    for kind, targets in sorted(able.items()):
        if thing.kind in targets and kind not in IRREVERSIBLE:
            key = trial.key()
            equal(trial.platform.act(key, kind, thing.ref, ["WORLD"]).new, True, f"{kind}: new")
            trial.platform.lift(key)
    data = {"kind": "kit-nothing", "countries": ["WORLD"], "deeds": [{"key": trial.key(), "ref": thing.ref}]}
    status, said = trial.send("act", data, level="reversible")
    code = first(said).get("error")
    if code != "cannot":
        raise Failed(f"a measure that nobody knows was answered {status}, {code!r}, not `cannot`")


@case("people", "It says how many accounts there are, or that it doesn't know.")
def _people(trial: Trial) -> None:
    if not trial.platform.offers.people:
        raise LeftOut("it doesn't say how many accounts there are")
    trial.platform.people("FR")


@case("accounts", "It says whose accounts are called so, however the name is written, and nobody's where nobody is.")
def _accounts(trial: Trial) -> None:
    if not trial.platform.offers.accounts:
        raise LeftOut("it can't say whose account is called so")
    equal(trial.platform.accounts(trial.key()), [], "accounts that have a name which nobody has")
    refused(trial.send("accounts", {"name": ""}), BAD)
    if name := trial.platform.offers.trial_name:
        found = trial.platform.accounts(name) or []
        if not found:
            raise Failed("nobody is called as it says that somebody is (trial_name)")
        for other in (f"@{name}", f" {name.upper()} ", plain(name)):
            equal(trial.platform.accounts(other), found, f"accounts that are called {other!r}, as {name!r}")
        for one in found:
            equal(trial.platform.resolve(one.url).found, True, f"{one.url} leads to something")
