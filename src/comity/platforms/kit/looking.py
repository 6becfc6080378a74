"""Cases of looking: what is at an address, what a snapshot is, what a viewer sees."""

from comity.platforms.kit.trial import INSIDE, Failed, LeftOut, Trial, case, equal, first, refusal_of

NOWHERE = "/comity-kit/nothing-here"


@case("resolve", "An address of its own leads to one thing, in any usual spelling, time after time.")
def _resolve(trial: Trial) -> None:
    for thing in trial.things[:2]:
        joined = "&" if "?" in thing.url else "?"
        for url in (thing.url, f"{thing.url}#part", f"{thing.url}{joined}utm_source=kit", f"{thing.url}/"):
            found = trial.platform.resolve(url)
            equal((found.found, found.ref, found.url), (True, thing.ref, thing.url), f"{url} leads to")
    if trial.things[0].ref == trial.things[1].ref:
        raise Failed("two addresses lead to one ref")


@case("resolve-nothing", "An address of its own that leads nowhere is `found: false`.")
def _nothing(trial: Trial) -> None:
    url = "/".join(trial.things[0].url.split("/")[:3]) + NOWHERE
    found = trial.platform.resolve(url) if trial.platform.owns(url) else None
    if found:
        equal(found.found, False, "found")


@case("not-ours", "An address of another platform is refused as `not-ours`, beside others that are answered.")
def _not_ours(trial: Trial) -> None:
    thing = trial.things[0]
    status, said = trial.send("resolve", {"urls": ["https://elsewhere.example/t/1"]})
    answer = first(said)
    if answer.get("error") != "not-ours":
        raise Failed(f"answered {status}, {answer.get('error') or answer.get('found')!r}")
    equal(trial.platform.resolve(thing.url).found, True, "found, of its own")


@case("resolve-many", "Of many addresses at once each has its answer, in the order asked.")
def _many(trial: Trial) -> None:
    urls = [thing.url for thing in trial.things]
    backwards = trial.platform.resolve_many(list(reversed(urls)))
    equal([one.ref for one in reversed(backwards)], [one.ref for one in trial.things], "refs")
    most = trial.platform.offers.at_once
    status, said = trial.send("resolve", {"urls": (urls * most)[:most]})
    if status != 200:
        raise Failed(f"it says that it takes {most} at once (at_once), and answered {status}, {said.get('error')!r}")


@case("snapshot-same", "A snapshot is the same as long as nothing changed.")
def _same(trial: Trial) -> None:
    refs = [thing.ref for thing in trial.things[:2]]
    before = trial.platform.snapshot_many(refs)
    equal(trial.platform.snapshot_many(refs) == before, True, "two snapshots are the same")
    equal([trial.platform.snapshot(ref) for ref in refs] == before, True, "one by one it is the same as at once")
    if before[0] == before[1]:
        raise Failed("two things have one snapshot")


@case("snapshot-shows", "A snapshot has the texts that people see (`texts`).")
def _shows(trial: Trial) -> None:
    shown = trial.platform.shown(trial.platform.snapshot(trial.things[0].ref))
    if not shown.texts and not shown.pictures:
        raise Failed("neither a text nor a picture")


@case("snapshot-unknown", "A ref of nothing is refused as `unknown`.")
def _unknown(trial: Trial) -> None:
    refusal_of(lambda: trial.platform.snapshot("kit-nothing"), "unknown")


@case("observe", "A viewer sees what is there, and nothing at an address that leads nowhere.")
def _observe(trial: Trial) -> None:
    thing = trial.things[0]
    seen = [trial.platform.observe(thing.url, INSIDE) for _ in range(2)]
    equal(seen[0].state, "visible", "state")
    equal(len(seen[0].digest), 64, "characters of its digest")
    equal(seen[1].digest, seen[0].digest, "the digest of a second look")
    url = "/".join(thing.url.split("/")[:3]) + NOWHERE
    if trial.platform.owns(url):
        equal(trial.platform.observe(url, INSIDE).state, "gone", "state of nothing")


@case("stranger", "Its page shows a stranger what it says that a viewer sees.")
def _stranger(trial: Trial) -> None:
    viewer = trial.platform.offers.viewer
    if not viewer:
        raise LeftOut("its pages don't take a viewer's country (viewer)")
    thing = trial.things[0]
    if not trial.platform.stranger.sees(thing.url, viewer, INSIDE):
        raise Failed("no element of its page has `data-shown` with the path of its address")


@case("events", "Events that were missed can be asked for, each once.")
def _events(trial: Trial) -> None:
    if not trial.platform.offers.events:
        raise LeftOut("it can't be asked for events")
    some, last, more = trial.platform.missed("")
    if not all(isinstance(one.get("id"), str) and isinstance(one.get("type"), str) for one in some):
        raise Failed("an event has no id and type")
    if some and not more:
        again = {str(one.get("id")) for one in trial.platform.missed(last)[0]} & {str(one["id"]) for one in some}
        equal(sorted(again), [], "events that came again after `next`")
