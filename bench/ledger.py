"""`make bench ONLY=ledger`: the record's writer beside pymerkle on SQLite, numbering, verifying beside a bare hashlib
loop, memory, from an act to its witnessed head, and what the record costs at the mail door. About four minutes."""

import hashlib
import os
import resource
import signal
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from uuid import uuid4

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests"), str(HERE.parent / "src")]

from _report import Row, percentile, spread, tell  # noqa: E402

from comity_verify import audit, notes, policies, writer  # noqa: E402
from comity_verify.source import Source  # noqa: E402

REPEATS = int(os.environ.get("BENCH_REPEATS", "5"))
BATCHES = {1: (200, None), 256: (60, 1.0), 4096: (12, 1.5)}  # of how many: times, and the floor beside the peer
LARGE = int(os.environ.get("BENCH_ENTRIES", "1000000"))
SIGNER = notes.Signer("bench.example/log", bytes(range(32)))
ENTRY = b"entry of the bench, as long as one of ours: %08d"
ACTS, SECONDS = 100, 10
ROUNDS, MAILS = 15, 40  # at the door


class Peer:
    """pymerkle in a process of its own."""

    def __init__(self) -> None:
        from regulations import environment

        command = [str(environment()), str(HERE / "_ledger_peer.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, batch: int, times: int) -> float:
        """Seconds."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{batch} {times}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def ours(batch: int, times: int) -> float:
    """Seconds for as many batches, each durable and signed."""
    with tempfile.TemporaryDirectory() as directory:
        made = writer.Writer(Path(directory), SIGNER)
        entries = [ENTRY % n * 6 for n in range(batch)]
        began = time.perf_counter()
        for _ in range(times):
            made.append(entries)
        took = time.perf_counter() - began
        made.close()
    return took


def writing() -> list[Row]:
    """The writer beside its peer, one after the other."""
    peer, rows = Peer(), []
    for batch, (times, floor) in BATCHES.items():
        mine, theirs = [], []
        for _ in range(REPEATS):
            mine.append(batch * times / ours(batch, times))
            theirs.append(batch * times / peer.run(batch, times))
        ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
        name = f"entries written, signed and durable, in batches of {batch}"
        goal = {"floor": f"≥ {floor:g} × pymerkle", "holds": ratio >= floor} if floor else {}
        told = {"peer": "pymerkle 7.0.0 on SQLite", "peer_value": statistics.median(theirs), "ratio": ratio}
        rows.append(Row(name, statistics.median(mine), "per s", **told, **goal))
        print(f"{name}: {spread(mine)} beside {spread(theirs)}", file=sys.stderr)
    assert peer.process.stdin
    peer.process.stdin.close()
    return rows


def hashing(size: int) -> float:
    """Seconds for hashing as many entries and nodes, and nothing else."""
    entries = [ENTRY % n for n in range(256)]
    began = time.perf_counter()
    for _ in range(size // 256):
        for entry in entries:
            hashlib.sha256(b"\x00" + entry).digest()
            hashlib.sha256(b"\x01" + bytes(64)).digest()
    return time.perf_counter() - began


def verifying() -> list[Row]:
    """The tree of a large log verified, from its files, and the memory that it takes."""
    policy = policies.parse(f"log {SIGNER.key.vkey}\nquorum none\n".encode())
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        made = writer.Writer(files, SIGNER)
        for start in range(0, LARGE, 65_536):
            made.append([ENTRY % n for n in range(start, min(start + 65_536, LARGE))])
        made.publish()
        made.close()
        walked = audit.Audit(Source(str(files)), policy)
        walked._entry = lambda *_: None  # type: ignore[method-assign]  # hashes alone, as the loop beside it
        ratios, rates = [], []
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(REPEATS):
            bare = hashing(LARGE)
            began = time.perf_counter()
            report = walked.run()
            took = time.perf_counter() - began
            assert report.verdict == audit.VERIFIED, report.problems
            ratios.append(bare / took)
            rates.append(LARGE / took)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    ratio = statistics.median(ratios)
    beside = {"peer": "a bare hashlib loop", "peer_value": statistics.median(rates) / ratio, "ratio": ratio}
    goal = {"floor": "≥ ½ of the loop", "holds": ratio >= 0.5}
    return [
        Row(f"entries of {LARGE:,} verified, on one core", statistics.median(rates), "per s", **beside, **goal),
        Row(f"memory that verifying {LARGE:,} entries adds", grown, "MB", floor="≤ 32 MB", holds=grown <= 32),
    ]


def _gateway(data: Path) -> Any:
    """A database and Django on it, in this process."""
    from comity.serve.postgres import Cluster

    os.environ.update(COMITY_DATA=str(data), DJANGO_SETTINGS_MODULE="comity.settings")
    cluster = Cluster(data)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.url
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    return cluster


def numbering() -> Row:
    """Numbers given, without bodies."""
    from django.db import connection

    from comity.record import commands

    rates = []
    fill = """insert into ledger_event (kind, at, realm, by, public, sealed)
              select 'person.signed-in', now(), 'drill', 'gateway', '{}', '{}' from generate_series(1, 40960)"""
    for _ in range(REPEATS):
        with connection.cursor() as cursor:
            cursor.execute(fill)
        began, done = time.perf_counter(), 0
        while given := commands.number("drill", batch=True):
            done += given
        rates.append(done / (time.perf_counter() - began))
    rate = statistics.median(rates)
    return Row("numbers given, in 4096s", rate, "per s", floor="≥ 100,000 per s", holds=rate >= 100_000)


def act_to_head(data: Path) -> Row:
    """From an act's commit to the head that a witness cosigned, at a hundred acts a second."""
    from django.db import connection, transaction

    from comity.ledger.commands import record
    from comity.record import places, sequencer
    from comity.record.models import Leaf
    from comity_verify.witness import Server, Witness, signer_at

    connection.cursor().execute("update record_leaf set body = '\\x7b7d' where body is null")
    key = places.signer("drill").key
    home = data / "watching"
    server = Server(("127.0.0.1", 0), Witness(home, signer_at(home, "w"), [(key.name, key)]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    seen = places.Witness(signer_at(home, "w").key.cosigning, f"http://127.0.0.1:{server.server_port}")
    places.witnesses = lambda realm: [seen]
    committed: dict[int, float] = {}

    def act() -> None:
        began = time.monotonic()
        for n in range(ACTS * SECONDS):
            time.sleep(max(0, began + n / ACTS - time.monotonic()))
            with transaction.atomic():
                made = record("person.signed-in", realm="drill", by="gateway")
            committed[made.id] = time.monotonic()
        connection.close()

    log = sequencer.Log("drill", delay=0)
    while log.turn():
        pass
    acting = threading.Thread(target=act)
    acting.start()
    took: list[float] = []
    size = log.writer.head.size
    while acting.is_alive() or len(took) < ACTS * SECONDS:
        time.sleep(sequencer.PAUSE)
        if log.turn():
            now = time.monotonic()
            head = log.writer.head.size
            events = Leaf.objects.filter(realm="drill", num__gte=size, num__lt=head).values_list("event", flat=True)
            took += [now - committed[event] for event in events if event in committed]
            size = head
    log.close()
    worst = percentile(took, 0.99)
    return Row(f"act to witnessed head at {ACTS} a second, p99", worst, "s", floor="< 2 s", holds=worst < 2)


def at_the_door() -> Row:
    """Mails taken by the door while each of its events is put in the record's queue, beside the same without. The
    workers stand still meanwhile, and the sequencer runs."""
    import psycopg
    from running import Relay, gateway_at

    from comity.serve.postgres import Cluster

    ratios, took = [], []
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        data = Path(made)
        data.chmod(0o755)  # PostgreSQL's account must pass
        with gateway_at(data / "gateway", Relay().start()) as gateway:
            stopped = [int((gateway.data / f"{name}.id").read_text().split()[0]) for name in ("worker", "pager")]
            with psycopg.connect(Cluster(gateway.data).url, autocommit=True) as database:
                for pid in stopped:
                    os.kill(pid, signal.SIGSTOP)
                _mails(gateway.smtp)
                for _ in range(ROUNDS):
                    database.execute("alter table ledger_event disable trigger user")
                    bare = _mails(gateway.smtp)
                    database.execute("alter table ledger_event enable trigger user")
                    took.append(_mails(gateway.smtp))
                    ratios.append(took[-1] / bare)
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
    ratio, mine = statistics.median(ratios), statistics.median(took) * 1000
    beside = {"peer": "the same without a record", "peer_value": mine / ratio, "ratio": ratio}
    return Row("a mail taken by the door, median", mine, "ms", **beside, floor="≤ 1.05 × without", holds=ratio <= 1.05)


def _mails(at: tuple[str, int]) -> float:
    """The median of seconds for one, from MAIL to the answer that it is kept."""
    took = []
    with smtplib.SMTP(*at, timeout=30) as line:
        for number in range(MAILS):
            made = EmailMessage(policy=SMTP)
            made["From"], made["To"], made["Subject"] = "clerk@office.example", "orders@localhost", f"Order {number}"
            made["Message-ID"] = f"<{uuid4()}@office.example>"
            made.set_content("Please confirm receipt. " * 40)
            began = time.perf_counter()
            line.sendmail("clerk@office.example", ["orders@localhost"], made.as_bytes())
            took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> int:
    """Everything, one after the other."""
    rows = [*writing(), *verifying()]
    with tempfile.TemporaryDirectory(prefix="comity-bench-") as directory:
        cluster = _gateway(Path(directory))
        try:
            rows += [numbering(), act_to_head(Path(directory))]
        finally:
            from django.db import connections

            connections.close_all()
            cluster.stop()
    return tell("ledger", [*rows, at_the_door()])


if __name__ == "__main__":
    sys.exit(main())
