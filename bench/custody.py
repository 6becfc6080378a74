"""`make bench ONLY=custody`: sealing beside five bare hybrid seals, beside age, and a gigabyte beside bare AES-GCM;
parts a second in items of hundreds, and openings. Interleaved with the peers: processor time of one core, but for the
gigabyte, which goes from a file into a file. About two minutes."""

import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

import sealing  # noqa: E402
from _report import Row, spread, tell  # noqa: E402
from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: E402

from comity_seal import documents, items, openings, streams  # noqa: E402
from comity_seal.custodian import checks, keeper  # noqa: E402

REPEATS = int(os.environ.get("BENCH_REPEATS", "7"))
MEGABYTES = int(os.environ.get("BENCH_MEGABYTES", "1024"))
ROSTER = sealing.roster()
ABOUT: dict[str, Any] = {"case": sealing.CASE, "sealer": sealing.SEALER, "sealed": sealing.SEALED}


class Peer:
    """age, in a process of its own."""

    def __init__(self) -> None:
        from regulations import environment

        command = [str(environment()), str(HERE / "_custody_peer.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, recipients: int, size: int, times: int) -> float:
        """Seconds."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{recipients} {size} {times}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def timed(act: Callable[[], object], times: int) -> float:
    """Seconds of processor time for doing it so often."""
    began = time.process_time()
    for _ in range(times):
        act()
    return time.process_time() - began


def beside(
    act: Callable[[], float], peer: Callable[[], float], repeats: int = REPEATS
) -> tuple[list[float], list[float], float]:
    """Figures of both by turns, and the median of their ratio."""
    mine, theirs = [], []
    for _ in range(repeats):
        mine.append(act())
        theirs.append(peer())
    return mine, theirs, statistics.median(a / b for a, b in zip(mine, theirs, strict=True))


def row(name: str, unit: str, peer: str, figures: tuple[list[float], list[float], float], floor: float | None) -> Row:
    """A row of both."""
    mine, theirs, ratio = figures
    print(f"{name}: {spread(mine)} beside {spread(theirs)}", file=sys.stderr)
    goal = {"floor": f"≥ {floor:.0%} of it", "holds": ratio >= floor} if floor else {}
    told = {"peer": peer, "peer_value": statistics.median(theirs), "ratio": ratio}
    return Row(name, statistics.median(mine), unit, **told, **goal)


def records(count: int, size: int = 1000) -> list[items.Records]:
    """So many parts, each with a text."""
    text = os.urandom(size)
    return [sealing.record(("content", "traffic", "access")[n % 3], "2026-11-03", text) for n in range(count)]


def seal(them: list[items.Records]) -> bytes:
    """An item, whole."""
    return b"".join(items.seal(them, ROSTER, **ABOUT))


def sealing_rows() -> list[Row]:
    """One part to five custodians, beside the five seals that it can't do without, and beside age."""
    one, text, times = records(1), os.urandom(150), 60
    to = [custodian.key for custodian in ROSTER.custodians]

    def bare() -> None:
        for key in to:
            key.seal(text, b"info")

    figures = beside(lambda: times / timed(lambda: seal(one), times), lambda: times / timed(bare, times))
    rows = [row("items sealed, one part of 1 kB to five custodians", "per s", "five bare hybrid seals", figures, 0.7)]
    age = Peer()
    figures = beside(lambda: times / timed(lambda: seal(one), times), lambda: 200 / age.run(5, 1000, 200))
    name = "the same beside age (X25519 alone, any recipient opens)"
    rows.append(row(name, "per s", "age (pyrage) to five recipients", figures, None))
    assert age.process.stdin
    age.process.stdin.close()
    return rows


def parts_rows() -> list[Row]:
    """Parts in items of hundreds: one envelope a custodian and item."""
    rows = []
    for count, size, floor in ((100, 0, None), (500, 0, 20_000), (500, 1000, None)):
        them = records(count, size)
        found = [count * 4 / timed(lambda them=them: seal(them), 4) for _ in range(REPEATS)]
        best = statistics.median(found)
        goal = {"floor": f"≥ {floor:,}", "holds": best >= floor} if floor else {}
        rows.append(Row(f"parts sealed, of {size} bytes, in items of {count}", best, "per s", **goal))
        print(f"{rows[-1].name}: {spread(found)}", file=sys.stderr)
    return rows


def read(path: Path) -> Iterator[bytes]:
    """A file, in the sealer's chunks."""
    with path.open("rb", buffering=0) as file:
        while piece := file.read(streams.CHUNK):
            yield piece


def stream_rows() -> list[Row]:
    """A film from a file, sealed into a file, beside AES-256-GCM alone in the same chunks from and to the same."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as directory:
        source, into = Path(directory) / "film", Path(directory) / "sealed"
        piece = os.urandom(2**20)
        with source.open("wb") as file:
            file.writelines(piece for _ in range(MEGABYTES))
        length = source.stat().st_size

        def documents_of() -> list[documents.Document]:
            return [documents.Document("film.mp4", "video/mp4", length, read(source))]

        def ours() -> float:
            film = items.Records("content", "/u/a", "2026-11-03", documents_of)
            return _written(into, items.seal([film], ROSTER, **ABOUT))

        def bare() -> float:
            box = AESGCM(os.urandom(32))
            them = enumerate(read(source))
            return _written(into, (box.encrypt(number.to_bytes(12, "big"), one, b"about") for number, one in them))

        figures = beside(ours, bare, 5)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    name = f"a film of {MEGABYTES} MiB sealed, hashed and padded"
    flat = Row("memory that it added", grown, "MiB", floor="≤ 32 MiB", holds=grown <= 32)
    return [row(name, "MiB/s", "bare AES-256-GCM in the same chunks", figures, 0.7), flat]


def _written(path: Path, pieces: Iterator[bytes]) -> float:
    """Mebibytes a second, by the clock on the wall, into a file."""
    began = time.perf_counter()
    with path.open("wb", buffering=2**20) as file:
        file.writelines(pieces)
    return MEGABYTES / (time.perf_counter() - began)


def opening_rows() -> list[Row]:
    """What a custodian and a recipient do, an opening of ten parts each."""
    of = sealing.sealed(records(100))
    asked = sealing.opening(of.item, range(10))
    given = sealing.given(asked, of.item, ("be", "pt", "ch"))
    parts = {number: of.item.parts[number] for number in asked.parts}
    key = sealing.key("be")

    def recipient() -> None:
        for number, one in openings.keys(asked, of.item.head, parts, given, sealing.RECIPIENT).items():
            chunks = items.body(io.BytesIO(of.raw), of.item, number)
            b"".join(streams.unseal(one, parts[number].digest.encode(), chunks))

    rows = []
    for name, act in (
        ("custodians giving their shares of ten parts", lambda: openings.give(asked, of.item, "be", key)),
        ("recipients opening ten parts from three custodians", recipient),
    ):
        found = [20 / timed(act, 20) for _ in range(REPEATS)]
        rows.append(Row(name, statistics.median(found), "per s"))
        print(f"{name}: {spread(found)}", file=sys.stderr)
    return [*rows, checked()]


def checked() -> Row:
    """A request checked by a custodian's own program, the record walked from where it was."""
    from sealed_record import Scene

    with tempfile.TemporaryDirectory() as directory:
        scene = Scene(Path(directory))
        custodian = scene.custodian()
        request: keeper.Request = custodian.keeper.put("O-TEST1", scene.request(), scene.card())
        assert checks.run(custodian.keeper, request, custodian.key).holds
        found = [5 / timed(lambda: checks.run(custodian.keeper, request, custodian.key), 5) for _ in range(REPEATS)]
    return Row("requests checked by a custodian's program", statistics.median(found), "per s")


if __name__ == "__main__":
    sys.exit(tell("custody", [*sealing_rows(), *parts_rows(), *stream_rows(), *opening_rows()]))
