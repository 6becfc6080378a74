"""`make bench ONLY=hotline`: from the commit of a ring to its hand-over: idle, among ten thousand open cases and a
hundred mails a minute, with the worker held, with a push service that hangs, with the pager killed; beside a bare
NOTIFY and POST. Urgent mails, many callers, many watchers. Real processes; about ten minutes. BENCH_RINGS: how many."""

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import _hotline_calls as calls

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

RINGS = int(os.environ.get("BENCH_RINGS", "100"))
FLOOR_MS, KILLED_S = 1000, 2
AMONG = "10,000 cases, 100 mails a minute"
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


class Peer:
    """A push service on the loopback: it keeps when each topic came, or hangs."""

    def __init__(self) -> None:
        self.came: dict[str, float] = {}
        self.hangs = 0.0
        self.news = threading.Condition()
        peer = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"] or 0))
                with peer.news:
                    peer.came.setdefault(self.headers["Topic"].replace("_", "-"), time.time())
                    peer.news.notify_all()
                time.sleep(peer.hangs)
                self.send_response(201)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://localhost:{self.server.server_port}/p"

    def wait(self, topic: str, seconds: float = 15) -> float:
        """When a topic came. Raises AssertionError."""
        with self.news:
            assert self.news.wait_for(lambda: topic in self.came, seconds), f"{topic} did not come in {seconds} s"
        return self.came[topic]


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from running import gateway_at

    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        data = Path(made)
        data.chmod(0o755)  # PostgreSQL's account must pass
        with gateway_at(data / "gateway", calls.Deaf()) as gateway:  # type: ignore[arg-type]
            _join(gateway)
            from _report import tell

            return tell("hotline", list(map(_aloud, rows(gateway, Peer()))))


def _aloud(row: Any) -> Any:
    """Say a figure as it comes: it takes minutes."""
    print(f"{row.name}: {row.ours:.4g} {row.unit}", file=sys.stderr)
    return row


def _join(gateway: Any) -> None:
    """Be one more process of this gateway."""
    from comity.serve.postgres import Cluster

    os.environ |= {
        "COMITY_DATA": str(gateway.data),
        "DATABASE_URL": Cluster(gateway.data).url,
        "DJANGO_SETTINGS_MODULE": "comity.settings",
        "COMITY_BASE_URL": gateway.url,
        "COMITY_LISTEN": gateway.url.partition("//")[2],
        "COMITY_SMTP_RELAY": gateway.relay.address,
    }
    import django

    django.setup()


def rows(gateway: Any, peer: Peer) -> Iterator[Any]:
    """Each way of ringing, beside the bare one."""
    from _report import Row, percentile

    _staff(peer)
    bare = [_bare(peer, number) for number in range(RINGS)]
    few = max(10, RINGS // 5)
    ways: list[tuple[str, Callable[[], list[float]]]] = [
        ("idle", lambda: [_rung(peer) for _ in range(RINGS)]),
        ("the worker stopped, as one held by a machine", lambda: _held(peer, few)),
        ("the worker killed, and not started again yet", lambda: [_killed(gateway, peer, "worker")]),
        ("an earlier push service hanging", lambda: _hanging(peer, few)),
    ]
    yield Row("NOTIFY and POST alone, p50", percentile(bare, 0.5), "ms")
    yield Row("NOTIFY and POST alone, p99", percentile(bare, 0.99), "ms")
    yield from _urgent(gateway, peer, "idle")
    calls.fill(gateway)
    with calls.mails(gateway, calls.MAILS_A_MINUTE):
        yield from _told(AMONG, [_rung(peer) for _ in range(RINGS)], bare)
        yield from _urgent(gateway, peer, AMONG)
    for name, way in ways:
        yield from _told(name, way(), bare)
    with calls.held():
        yield from _told("the worker's places held by a deaf relay", [_rung(peer) for _ in range(few)], bare)
        yield from _urgent(gateway, peer, "the worker's places held by a deaf relay")
    seconds = _killed(gateway, peer, "pager") / 1000
    yield Row("pager killed -9: the next ring", seconds, "s", floor=f"at most {KILLED_S} s", holds=seconds <= KILLED_S)
    yield from _thousand(peer)
    yield from calls.of_one(peer)
    yield from calls.services(peer)
    yield from calls.strangers(gateway)
    yield from calls.watched(gateway)


def _told(name: str, took: list[float], bare: list[float]) -> Iterator[Any]:
    """The median beside the bare one, and the 99th of a hundred against its floor."""
    from _report import Row, percentile

    p50, peer_50, p99 = percentile(took, 0.5), percentile(bare, 0.5), percentile(took, 0.99)
    yield Row(f"commit to push, {name}, p50", p50, "ms", "bare NOTIFY and POST", peer_50, p50 / peer_50)
    floor = f"at most {FLOOR_MS} ms"
    yield Row(f"commit to push, {name}, p99 of {len(took)}", p99, "ms", floor=floor, holds=p99 <= FLOOR_MS)


def _urgent(gateway: Any, peer: Peer, name: str) -> Iterator[Any]:
    from _report import Row

    took = calls.urgent(gateway, peer, 5)
    floor = f"at most {calls.URGENT_S} s"
    yield Row(
        f"urgent mail to push, {name}, slowest of 5", max(took), "s", floor=floor, holds=max(took) <= calls.URGENT_S
    )


def _staff(peer: Peer) -> None:
    """One person of the demo on duty, reached by a push to the loopback alone."""
    from comity import clock
    from comity.alerts import devices, rota
    from comity.people.models import Person

    who, head = (Person.objects.get(name=f"demo-{name}") for name in ("handler-be", "head-ee"))
    now = clock.now()
    rota.set_shift(head, "demo", who, "first", now - timedelta(hours=1), now + timedelta(hours=8))
    devices.add(who, "push", {"endpoint": peer.url, **KEYS})


_numbers = iter(range(1, 10**6))


def _ring() -> tuple[str, float]:
    from django.db import transaction

    from comity.alerts import paging

    subject = f"B-{next(_numbers):06}"
    with transaction.atomic():
        paging.ring(subject, "demo", by="gateway")
    return subject, time.time()


def _rung(peer: Peer) -> float:
    """Milliseconds from the commit of one ring to its arrival at the push service."""
    from comity.alerts import paging

    subject, began = _ring()
    took = (peer.wait(subject) - began) * 1000
    paging.stop(subject)
    return took


def _bare(peer: Peer, number: int) -> float:
    """The same hop with nothing of ours: NOTIFY on commit, a listener, a POST."""
    import psycopg

    topic = f"N-{number:06}"
    with (
        psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as ear,
        psycopg.connect(os.environ["DATABASE_URL"]) as mouth,
    ):
        ear.execute("listen bare")

        def post() -> None:
            for note in ear.notifies(timeout=5, stop_after=1):
                urlopen(Request(peer.url, b"x", {"Topic": note.payload.replace("-", "_")}), timeout=3).close()

        waits = threading.Thread(target=post)
        waits.start()
        mouth.execute("select pg_notify('bare', %s)", [topic])
        mouth.commit()
        began = time.time()
        took = (peer.wait(topic) - began) * 1000
        waits.join()
    return took


def _held(peer: Peer, count: int) -> list[float]:
    """With every slot of the shared worker's lanes taken: the process is stopped, as one that waits for a machine."""
    pid = int((Path(os.environ["COMITY_DATA"]) / "worker.id").read_text().split()[0])
    os.kill(pid, signal.SIGSTOP)
    try:
        return [_rung(peer) for _ in range(count)]
    finally:
        os.kill(pid, signal.SIGCONT)


def _killed(gateway: Any, peer: Peer, name: str) -> float:
    """Milliseconds to the next ring after a process was killed."""
    path = Path(os.environ["COMITY_DATA"]) / f"{name}.id"
    before = path.read_text()
    os.kill(int(before.split()[0]), signal.SIGKILL)
    took = _rung(peer)
    end = time.monotonic() + 60
    while path.read_text() == before and time.monotonic() < end:
        time.sleep(0.1)
    return took


def _hanging(peer: Peer, count: int) -> list[float]:
    """With a push service that takes each push and answers none for two seconds."""
    peer.hangs = 2.0
    try:
        took = []
        for _ in range(count):
            took.append(_rung(peer))
            time.sleep(0.5)
        return took
    finally:
        peer.hangs = 0.0


def _thousand(peer: Peer) -> Iterator[Any]:
    """A thousand subjects at once: none is lost."""
    from _report import Row

    from comity.alerts import paging

    many = 10 * RINGS
    rung = [_ring() for _ in range(many)]
    last = max(peer.wait(subject, 120) - began for subject, began in rung)
    for subject, _ in rung:
        paging.stop(subject)
    lost = sum(subject not in peer.came for subject, _ in rung)
    yield Row(f"{many} rings at once: lost", lost, "", floor="none", holds=lost == 0)
    yield Row(f"{many} rings at once: the slowest", last, "s")


if __name__ == "__main__":
    sys.exit(main())
