"""Mails stored durably per second at 1 and 32 senders, beside the same listener that stores nothing.

python bench/_road_mail.py PORT        (the bare listener: our Listener and Handler, `store` does nothing)
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from _report import Row, spread

SENDERS, REPEATS, SECONDS = (1, 32), 5, 3.0
HEAD = (
    b"From: orders@office.example\r\nTo: orders@localhost\r\nSubject: Order\r\nMessage-ID: <%d@office.example>\r\n\r\n"
)
BODY = (b"A line of a removal order that is about as long as lines are.\r\n" * 64)[:4000] + b"\r\n.\r\n"
HERE = Path(__file__).parent


async def bare(port: int) -> None:
    """The same listener without storage."""
    from comity.doors.email.server import SIZE_LIMIT, Handler, Listener

    async def nowhere(_: object) -> None:
        return None

    def session() -> Listener:
        return Listener(
            Handler(nowhere),
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Comity",
            timeout=300,
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


class Sender:
    """One open connection that sends mail after mail."""

    acknowledged = 0

    async def run(self, port: int, until: float) -> None:
        """Send until an instant of the monotonic clock. Raises AssertionError for a mail that is not taken."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        await self._say(b"", b"220")
        await self._say(b"EHLO bench\r\n", b"250 ")
        while time.monotonic() < until:
            await self._say(b"MAIL FROM:<orders@office.example>\r\n", b"250")
            await self._say(b"RCPT TO:<orders@localhost>\r\n", b"250")
            await self._say(b"DATA\r\n", b"354")
            await self._say(HEAD % (id(self) + self.acknowledged) + BODY, b"250")
            self.acknowledged += 1
        self.writer.close()

    async def _say(self, words: bytes, wanted: bytes) -> None:
        self.writer.write(words)
        line = await self.reader.readline()
        while line[3:4] == b"-":
            line = await self.reader.readline()
        assert line.startswith(wanted), line


async def rate(port: int, senders: int) -> float:
    """Acknowledged mails per second of so many senders."""
    sending = [Sender() for _ in range(senders)]
    began = time.monotonic()
    await asyncio.gather(*(sender.run(port, began + SECONDS) for sender in sending))
    return sum(sender.acknowledged for sender in sending) / (time.monotonic() - began)


def rows(stack: ExitStack, database: str, data: Path) -> list[Row]:
    """Both listeners, interleaved, five repeats each."""
    door, peer = _door(stack, database, data), _bare(stack, database, data)
    made = []
    for senders in SENDERS:
        stored, nowhere = [], []
        for _ in range(REPEATS):
            nowhere.append(asyncio.run(rate(peer, senders)))
            stored.append(asyncio.run(rate(door, senders)))
        ratio = statistics.median(s / n for s, n in zip(stored, nowhere, strict=True))
        name = f"4 kB mails stored durably, {senders} sender{'s' if senders > 1 else ''}; {spread(stored)}"
        told = f"the same listener, nothing stored; {spread(nowhere)}"
        made.append(Row(name, statistics.median(stored), "1/s", told, statistics.median(nowhere), ratio))
    return made


def _process(stack: ExitStack, words: list[str], env: dict[str, str], port: int) -> int:
    from comity.serve import ports

    process = subprocess.Popen([sys.executable, *words], env=env, stdout=sys.stderr.fileno())
    stack.callback(lambda: (process.terminate(), process.wait(20)))
    end = time.monotonic() + 60
    while ports.is_free(ports.Address("127.0.0.1", port)):
        assert time.monotonic() < end, f"{words} doesn't listen"
        time.sleep(0.1)
    return port


def _door(stack: ExitStack, database: str, data: Path) -> int:
    from comity.serve import ports

    port = ports.any_free("127.0.0.1").port
    env = os.environ | {"DATABASE_URL": database, "COMITY_DATA": str(data), "COMITY_BASE_URL": "http://localhost:8000"}
    words = ["-m", "comity.cli", "mail", "--smtp", f"127.0.0.1:{port}", "--data", str(data)]
    return _process(stack, words, env, port)


def _bare(stack: ExitStack, database: str, data: Path) -> int:
    from comity.serve import ports

    port = ports.any_free("127.0.0.1").port
    env = os.environ | {"DATABASE_URL": database, "COMITY_DATA": str(data)}
    return _process(stack, [str(HERE / "_road_mail.py"), str(port)], env, port)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    django.setup()
    asyncio.run(bare(int(sys.argv[1])))
