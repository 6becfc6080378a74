"""Cases of acting: an effect that is seen, once for each key, and a lift that takes back exactly that."""

from concurrent.futures import ThreadPoolExecutor

from comity.platforms.kit.trial import INSIDE, OUTSIDE, Failed, LeftOut, Trial, case, equal, first, refusal_of, refused
from comity.platforms.port import PlatformRefused

HIDDEN = ("withheld", "gone")


@case("effect", "What was acted on is not seen any more where it was acted on, and nothing changes elsewhere.")
def _effect(trial: Trial) -> None:
    thing, other = trial.things[:2]
    equal(trial.act(thing).new, True, "new")
    if trial.sees(thing) not in HIDDEN:
        raise Failed(f"answered that it did, and a viewer in {INSIDE} sees it: {trial.sees(thing)}")
    if trial.platform.capabilities().by_country:
        equal(trial.sees(thing, OUTSIDE), "visible", f"a viewer's state in {OUTSIDE}")
    equal(trial.sees(other), "visible", "another thing's state")
    trial.undo()


@case("effect-seen", "A stranger who opens the page doesn't see it either, whatever the adapter says that they see.")
def _seen(trial: Trial) -> None:
    viewer, thing = trial.platform.offers.viewer, trial.things[0]
    if not viewer:
        raise LeftOut("its pages don't take a viewer's country (viewer)")
    shown = trial.platform.shown(trial.platform.snapshot(thing.ref)).texts
    trial.act(thing)
    _, page = trial.platform.stranger.page(thing.url, viewer, INSIDE)
    if trial.platform.stranger.sees(thing.url, viewer, INSIDE) or any(len(t) > 8 and t in page for t in shown):
        raise Failed(f"its page in {INSIDE} still shows it")
    trial.undo()


@case("once", "An act asked for twice under one key is one act.")
def _once(trial: Trial) -> None:
    thing, key = trial.things[0], trial.key()
    done = trial.act(thing, key)
    after = trial.platform.snapshot(thing.ref)
    again = trial.act(thing, key)
    equal((done.new, again.new, again.state), (True, False, done.state), "new, new again, state")
    equal(trial.platform.snapshot(thing.ref) == after, True, "the second call changed nothing")
    trial.platform.lift(key)
    if trial.sees(thing) in HIDDEN:
        raise Failed("done twice: one lift doesn't take it back")


@case("once-at-once", "An act asked for by eight at the same time is one act.")
def _at_once(trial: Trial) -> None:
    thing, key = trial.things[0], trial.key()
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: trial.act(thing, key), range(8)))
    equal(sum(one.new for one in receipts), 1, "how many were new")
    trial.platform.lift(key)
    equal(trial.sees(thing), "visible", "state after one lift")


@case("key-used", "A key for something else is refused as `key-used`.")
def _used(trial: Trial) -> None:
    one, other = trial.things[:2]
    key = trial.key()
    trial.act(one, key)
    refusal_of(lambda: trial.act(other, key), "key-used")
    equal(trial.sees(other), "visible", "the other's state")
    if trial.platform.capabilities().by_country:
        refusal_of(lambda: trial.act(one, key, ["DE"]), "key-used")
    trial.undo()


@case("act-unknown", "An act on nothing is refused as `unknown`, in no known country not at all.")
def _unknown(trial: Trial) -> None:
    where = trial.where
    refusal_of(lambda: trial.platform.act(trial.key(), trial.kind, "kit-nothing", where), "unknown")
    for countries in ([], ["ATLANTIS"], [7]):
        data = {"kind": trial.kind, "countries": countries}
        deeds = {"deeds": [{"key": trial.key(), "ref": trial.things[0].ref}]}
        status, said = trial.send("act", {**data, **deeds}, level="reversible")
        answer = first(said)
        refused((400 if status == 200 and "error" in answer else status, answer), [400, 422])


@case("act-many", "Of many acts at once, what is refused of one leaves the others.")
def _many(trial: Trial) -> None:
    one, other = trial.things[:2]
    deeds = [(trial.key(), one.ref), (trial.key(), "kit-nothing"), (trial.key(), other.ref)]
    done = trial.platform.act_many(trial.kind, trial.where, deeds)
    codes = [no.code if isinstance(no, PlatformRefused) else no.new for no in done]
    equal(codes, [True, "unknown", True], "answers")
    lifted = trial.platform.lift_many([key for key, _ in deeds])
    equal([isinstance(no, PlatformRefused) or no.state for no in lifted], ["lifted"] * 3, "lifts")


@case("lift", "After a lift everything is as it was, and is seen again.")
def _lift(trial: Trial) -> None:
    thing, key = trial.things[0], trial.key()
    before = trial.platform.snapshot(thing.ref)
    trial.act(thing, key)
    if trial.platform.snapshot(thing.ref) == before:
        raise Failed("a snapshot doesn't tell that it was acted on")
    equal([trial.platform.lift(key).new for _ in range(2)], [True, False], "new")
    equal(trial.platform.snapshot(thing.ref) == before, True, "its snapshot is the one before")
    equal(trial.sees(thing), "visible", "state")


@case("lift-exact", "A lift takes back what its key did; what another key holds back stays so.")
def _exact(trial: Trial) -> None:
    thing, earlier, second = trial.things[0], trial.key(), trial.key()
    trial.act(thing, earlier)
    if trial.sees(thing) not in HIDDEN:
        raise LeftOut("its acts have no effect that a lift could take back (effect)")
    between = trial.platform.snapshot(thing.ref)
    trial.act(thing, second)
    trial.platform.lift(second)
    equal(trial.platform.snapshot(thing.ref) == between, True, "the second's lift left what the first did")
    if trial.sees(thing) not in HIDDEN:
        raise Failed("the lift of one key took back what another does")
    trial.act(thing, third := trial.key())
    trial.platform.lift(earlier)
    if trial.sees(thing) not in HIDDEN:
        raise Failed("the lift of the first key took back what a later one does")
    trial.platform.lift(third)
    equal(trial.sees(thing), "visible", "state once both are lifted")


@case("late", "A lifted key never acts again, even if its act arrives after its lift.")
def _late(trial: Trial) -> None:
    thing, early, done = trial.things[0], trial.key(), trial.key()
    trial.platform.lift(early)
    trial.act(thing, done)
    trial.platform.lift(done)
    for key in (early, done):
        late = trial.act(thing, key)
        equal((late.state, late.new), ("lifted", False), "state and new of a late act")
        equal(trial.sees(thing), "visible", "state")


@case("preserve", "To preserve shows nobody a difference, and is one act.")
def _preserve(trial: Trial) -> None:
    thing = trial.things[0]
    if not trial.platform.capabilities().can("preserve", thing.kind):
        raise LeftOut("it can't preserve")
    before, key = trial.platform.snapshot(thing.ref), trial.key()
    receipts = [trial.platform.act(key, "preserve", thing.ref, ["WORLD"]) for _ in range(2)]
    equal([(one.state, one.new) for one in receipts], [("preserved", True), ("preserved", False)], "state and new")
    equal(trial.platform.snapshot(thing.ref) == before, True, "its snapshot is the one before")
    equal(trial.sees(thing), "visible", "state")
    trial.platform.lift(key)


@case("notify", "A notice under one key is told once, and the key serves for no other.")
def _notify(trial: Trial) -> None:
    if not trial.platform.capabilities().notifies:
        raise LeftOut("it can't tell people")
    thing, key = next((one for one in trial.things if one.author and one.author.contactable), None), trial.key()
    if thing is None:
        raise LeftOut("no author of what may be tried can be told")
    told = [trial.platform.notify(key, thing.ref, "This is a test of the connection to Comity.") for _ in range(2)]
    equal([one.new for one in told], [True, False], "new")
    refusal_of(lambda: trial.platform.notify(key, thing.ref, "Another text."), "key-used")


@case("gate", "A gate shuts one country, says so to a stranger there, and is gone after its lift.")
def _gate(trial: Trial) -> None:
    levels, notice = trial.platform.capabilities().gates, {"en": "A test of the connection to Comity."}
    if not levels:
        raise LeftOut("it has no gates")
    for level in levels:
        key = trial.key()
        receipts = [trial.platform.gate(key, "MT", level, notice) for _ in range(2)]
        equal([(one.state, one.new) for one in receipts], [("gated", True), ("gated", False)], "state and new")
        equal(trial.platform.observe_gate("MT").level, level, "what a stranger finds in MT")
        equal(trial.platform.observe_gate(OUTSIDE).level, "open", f"what a stranger finds in {OUTSIDE}")
        trial.platform.lift(key)
        equal(trial.platform.observe_gate("MT").level, "open", "what a stranger finds in MT after the lift")
