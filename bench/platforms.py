"""`make bench ONLY=platforms`: acts through the port over HTTP on 5,000 targets beside the same calls bare, from an act
to its effect as it is seen beside the sandbox's own connector, memory that stays flat; and through the whole gateway,
from a decision to its effect. About five minutes. BENCH_TARGETS, BENCH_SINGLES, BENCH_ORDERS: how many."""

import gc
import http.client
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src"), str(HERE.parent / "tests")]

import _platforms_road  # noqa: E402
from _report import Row, percentile, spread, tell  # noqa: E402

TARGETS = int(os.environ.get("BENCH_TARGETS", "5000"))
SINGLES = int(os.environ.get("BENCH_SINGLES", "200"))
REPEATS, AT_ONCE = 5, 200
OF_BARE, OF_SANDBOX, GROWTH = 0.7, 3.0, 4.0  # share of the bare calls' rate; times the sandbox's p50; MiB


class Bare:
    """The same calls as bytes that were made and signed before the clock runs: one connection, no look at an answer."""

    def __init__(self, base: str, secret: str) -> None:
        at = urlsplit(base)
        self._line, self._secret = http.client.HTTPConnection(at.hostname or "", at.port), secret

    def acts(self, deeds: Sequence[tuple[str, str]], countries: Sequence[str]) -> list[tuple[bytes, dict[str, str]]]:
        """Two hundred acts in each body."""
        from comity.platforms import signed

        self._line.close()  # the platform has meanwhile: it opens again by itself
        made = []
        for some in in_parts(deeds):
            asked = [{"key": key, "ref": ref} for key, ref in some]
            data = {"kind": "withhold", "countries": countries, "deeds": asked}
            now = datetime.now(UTC)
            body = signed.message("act", data, now)
            made.append((body, signed.headers(self._secret, body, now)))
        return made

    def send(self, asked: tuple[bytes, dict[str, str]]) -> None:
        """One body."""
        self._line.request("POST", "/port/act", asked[0], asked[1])
        answer = self._line.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()


def in_parts(them: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Two hundred at a time."""
    return (them[n : n + AT_ONCE] for n in range(0, len(them), AT_ONCE))


def rate(acts: int, parts: Sequence[Any], send: Callable[[Any], object]) -> float:
    """Acts a second."""
    begun = time.perf_counter()
    for some in parts:
        send(some)
    return acts / (time.perf_counter() - begun)


def resident() -> float:
    """Memory of this process, in MiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def to_effect(platform: Any, urls: Sequence[str], key: str) -> list[float]:
    """Milliseconds from an act to its effect as a viewer sees it, one by one."""
    took = []
    for n, url in enumerate(urls):
        ref = platform.resolve(url).ref
        begun = time.perf_counter()
        platform.act(f"{key}:{n}", "withhold", ref, ["FR"])
        assert platform.observe(url, "FR").state == "withheld"
        took.append((time.perf_counter() - begun) * 1000)
        platform.lift(f"{key}:{n}")
    return took


def rows(process: Any) -> Iterator[Row]:
    """Every figure."""
    from comity.platforms import signed
    from comity.platforms.http import HttpPlatform, Secrets
    from comity.platforms.sandbox import Sandbox, World
    from comity.platforms.territory import reach

    base, token = process.base_url, process.token
    secrets = Secrets(*(signed.derived(token, level) for level in ("read", "reversible")))
    ours, bare, world = HttpPlatform(f"{base}/port", secrets), Bare(base, secrets.reversible), World(base, token)
    urls = [world.post("town-square", "anna", f"Target {n}") for n in range(TARGETS)]
    refs, countries = [url.removeprefix(base) for url in urls], sorted(reach(["EU"]))
    rates, bares, memory = [], [], []

    for n in range(REPEATS):
        deeds = {who: [(f"{who}:{n}:{m}", ref) for m, ref in enumerate(refs)] for who in ("ours", "bare")}
        for who in ("ours", "bare") if n % 2 else ("bare", "ours"):
            if who == "ours":
                parts = list(in_parts(deeds[who]))
                rates.append(rate(TARGETS, parts, lambda some: ours.act_many("withhold", ["EU"], some)))
            else:
                bares.append(rate(TARGETS, bare.acts(deeds[who], countries), bare.send))
            for some in in_parts([key for key, _ in deeds[who]]):  # off the clock
                ours.lift_many(some)
        memory.append(resident())
    share = statistics.median(a / b for a, b in zip(rates, bares, strict=True))
    peer, middle = f"bare calls {spread(bares)}", statistics.median(bares)
    name = f"acts a second on {TARGETS} targets ({spread(rates)})"
    yield Row(name, statistics.median(rates), "acts/s", peer, middle, share, f"≥ {OF_BARE} of bare", share >= OF_BARE)
    resolving = time.perf_counter()
    for some in in_parts(urls):
        ours.resolve_many(some)
    yield Row("addresses resolved a second", len(urls) / (time.perf_counter() - resolving), "urls/s")
    grown = memory[-1] - memory[1]
    yield Row(
        "memory grown over the last rounds", grown, "MiB", floor=f"≤ {GROWTH:g}", holds=grown <= GROWTH
    )  # of our side, after two rounds
    http_ms, own_ms = list[float](), list[float]()
    for n in range(REPEATS):
        some = urls[n * SINGLES // REPEATS : (n + 1) * SINGLES // REPEATS]
        http_ms += to_effect(ours, some, f"one:{n}")
        own_ms += to_effect(Sandbox(base, token), some, f"own:{n}")
    for label, of in (("p50", 0.5), ("p99", 0.99)):
        mine, its = percentile(http_ms, of), percentile(own_ms, of)
        goal = (f"≤ {OF_SANDBOX:g} × sandbox", mine <= OF_SANDBOX * its) if label == "p50" else (None, None)
        yield Row(f"act to effect as seen, {label}", mine, "ms", "sandbox's connector", its, mine / its, *goal)


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from comity_sandbox.process import SandboxProcess

    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        data = Path(made)
        data.chmod(0o755)  # PostgreSQL's account must pass
        (data / "adapter").mkdir()
        process = SandboxProcess(data / "adapter")
        try:
            alone = list(rows(process))
        finally:
            process.end()
        return tell("platforms", [*alone, *_platforms_road.rows(data)])


if __name__ == "__main__":
    sys.exit(main())
