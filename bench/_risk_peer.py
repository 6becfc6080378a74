"""The peers of `make bench ONLY=risk`, in their own environment: a line of JSON asks, a line of JSON answers.

{"forecast": [[...], ...], "ahead": 28}  → [seconds, [[...], ...]]   AutoETS of statsforecast, season 7
{"desk": [[at, due, takes], ...], "people": 9, "by": "due" | "first"} → [seconds, mean wait]   SimPy
"""

import json
import sys
import time
import warnings
from typing import Any

warnings.simplefilter("ignore")


def forecast(asked: dict[str, Any]) -> list[Any]:
    """What AutoETS says, and how long it took to say it."""
    import numpy as np
    from statsforecast.models import AutoETS

    series = [np.array(one, float) for one in asked["forecast"]]
    AutoETS(season_length=7).forecast(series[0][:60], h=1)  # compiled once, before the clock
    began, found = time.perf_counter(), []
    for one in series:
        found.append(AutoETS(season_length=7).forecast(one, h=asked["ahead"])["mean"].tolist())
    return [time.perf_counter() - began, found]


def desk(asked: dict[str, Any]) -> list[Any]:
    """The same orders at the same desk, by SimPy."""
    import simpy

    world, waits = simpy.Environment(), []
    by_due = asked["by"] == "due"
    people = (simpy.PriorityResource if by_due else simpy.Resource)(world, asked["people"])

    def handled(at: float, due: float, takes: float) -> Any:
        with people.request(priority=due) if by_due else people.request() as turn:
            yield turn
            waits.append(world.now - at)
            yield world.timeout(takes)

    def come() -> Any:
        for at, due, takes in asked["desk"]:
            yield world.timeout(at - world.now)
            world.process(handled(at, due, takes))

    began = time.perf_counter()
    world.process(come())
    world.run()
    return [time.perf_counter() - began, sum(waits) / len(waits)]


def main() -> None:
    """Answer as often as asked."""
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(forecast(asked) if "forecast" in asked else desk(asked)), flush=True)


main()
