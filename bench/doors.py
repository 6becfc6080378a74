"""`make bench ONLY=doors`: a thousand filings a minute at the web door, each with a file, beside a bare Django view
behind the same server; and two gigabytes refused. Real processes; about three minutes."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

A_MINUTE = int(os.environ.get("BENCH_FILINGS", "1000"))
ROUNDS = 5  # of ours and of the peer, in turns
FLOOR_MS, REFUSED_MS = 1000, 500
BOUNDARY = "bench0boundary"
RUN = "from comity.serve import ports, web; web.serve('_doors_bare:pages', ports.Address('127.0.0.1', {}))"
ORDER = {
    "office": "demo-online-safety",
    "form.categories": "a-incite",
    "form.reasons": "It praises an attack and calls for another. " * 20,
    "form.legal_basis": "Regulation (EU) 2021/784, Article 3",
    "form.issued_at": "2026-11-30T08:00:00",
    "form.signature": "qualified",
    "territory": "EU",
    "step": "send",
}


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    from _report import tell
    from running import gateway_at

    with tempfile.TemporaryDirectory(prefix="comity-bench-") as made:
        data = Path(made)
        data.chmod(0o755)  # PostgreSQL's account must pass
        own = data / "gateway"
        own.mkdir(mode=0o700)
        (own / "comity.toml").write_text('[web]\nproxies = ["127.0.0.1"]\n')  # so that filings come from many clients
        with gateway_at(own) as gateway, bare(data) as port:
            return tell("doors", list(rows(int(gateway.url.rpartition(":")[2]), port)))


@contextmanager
def bare(data: Path) -> Iterator[int]:
    """The bare view, on a free port."""
    from comity.serve import ports

    port = ports.any_free("127.0.0.1").port
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parent / "src")])}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    process = subprocess.Popen([sys.executable, "-c", RUN.format(port)], env=env, cwd=data)
    try:
        while ports.is_free(ports.Address("127.0.0.1", port)):
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def rows(port: int, peer: int) -> Iterator[Any]:
    """Ours and the bare view's, in turns, at the same pace."""
    from _report import Row, percentile

    paced(peer, "/file", 20, 20)
    paced(port, PATH, 20, 20)  # both warm
    ours, theirs, each = list[list[float]](), list[list[float]](), A_MINUTE // ROUNDS
    lost = 0
    for _ in range(ROUNDS):
        took, refused = paced(port, PATH, each, A_MINUTE / 60)
        ours.append(took)
        lost += refused
        theirs.append(paced(peer, "/file", each, A_MINUTE / 60)[0])
    p50, p99 = ([percentile(one, share) for one in ours] for share in (0.5, 0.99))
    bare50, bare99 = ([percentile(one, share) for one in theirs] for share in (0.5, 0.99))
    beside = f"a bare Django {_django()} view"
    for name, mine, other in (("p50", p50, bare50), ("p99", p99, bare99)):
        value, peer_value = statistics.median(mine), statistics.median(other)
        goal = {"floor": f"at most {FLOOR_MS} ms", "holds": value <= FLOOR_MS} if name == "p99" else {}
        said = f"{A_MINUTE} filings a minute, {name} ({min(mine):.0f}–{max(mine):.0f})"
        yield Row(said, value, "ms", beside, peer_value, value / peer_value, **goal)
    yield Row("filings that were not taken", lost, "", floor="none", holds=lost == 0)
    took_ms, status = refused_early(port)
    held = status == 413 and took_ms <= REFUSED_MS
    yield Row("2 GB refused, unread", took_ms, "ms", floor=f"413, at most {REFUSED_MS} ms", holds=held)


def _django() -> str:
    import django

    return django.get_version()


PATH = "/authorities/demo/file/eu-tco-removal-order"


def paced(port: int, path: str, count: int, a_second: float) -> tuple[list[float], int]:
    """Milliseconds of each of `count` filings sent at a steady pace, however long each takes, counted from when it was
    due; and how many were not taken."""
    began = time.monotonic()

    def one(n: int) -> tuple[float, bool]:
        due = began + n / a_second
        time.sleep(max(0.0, due - time.monotonic()))
        taken = file(port, path, n)
        return (time.monotonic() - due) * 1000, taken

    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(one, range(count)))
    return [took for took, _ in found], sum(not taken for _, taken in found)


def file(port: int, path: str, n: int) -> bool:
    """One filing with a file, as a browser sends it; whether it was taken."""
    fields = ORDER | {
        "key": str(uuid4()),
        "form.reference": f"B-{uuid4().hex[:8]}",
        "form.urls": f"http://localhost/{n}",
    }
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="order.pdf"\r\n\r\n'
    body = (
        "".join(parts).encode() + head.encode() + b"%PDF-1.4 " + os.urandom(50_000) + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    who = f"198.51.{n // 250 % 250}.{n % 250}"
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "X-Forwarded-For": who}
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, headers | {"Host": f"localhost:{port}"})
        return connection.getresponse().status == 302
    except OSError:
        return False
    finally:
        connection.close()


def refused_early(port: int) -> tuple[float, int]:
    """Milliseconds until two announced gigabytes are refused, of which none is sent; and with which status."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as at:
        kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {2 << 30}\r\n"
        at.sendall(f"POST {PATH} HTTP/1.1\r\nHost: localhost:{port}\r\n{kind}\r\n".encode())
        line = at.recv(64)
    return (time.monotonic() - began) * 1000, int(line.split()[1])


if __name__ == "__main__":
    sys.exit(main())
