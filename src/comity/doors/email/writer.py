"""One writer for all sessions: it commits every waiting mail in one statement, after which each session says 250."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import OperationalError, connection

from comity.cases.receive import Incoming, Prepared, prepare, receive

BATCH_AT_MOST = 64
BATCH_BYTES = 64 * 1024 * 1024
TRIES = 60
PAUSE_SECONDS = 0.5


@dataclass
class Writer:
    """Batches of waiting mails; if the database is lost, a batch is retried under the same ids until committed."""

    waiting: asyncio.Queue[tuple[Prepared, asyncio.Future[None]]] = field(default_factory=asyncio.Queue)
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "writer"))

    async def store(self, incoming: Incoming) -> None:
        """Return once the mail is durable. Raises django.db.Error if it could not be stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        prepared = await asyncio.to_thread(prepare, incoming) if len(incoming.raw) > 1 << 20 else prepare(incoming)
        await self.waiting.put((prepared, stored))
        await stored

    async def run(self) -> None:
        """Write batches until cancelled; then close the connection."""
        try:
            await self._run()
        finally:
            self.thread.submit(_close)
            self.thread.shutdown()

    async def _run(self) -> None:
        while True:
            batch = [await self.waiting.get()]
            size = len(batch[0][0].incoming.raw)
            while not self.waiting.empty() and len(batch) < BATCH_AT_MOST and size < BATCH_BYTES:
                batch.append(self.waiting.get_nowait())
                size += len(batch[-1][0].incoming.raw)
            await self._write(batch)

    async def _write(self, batch: list[tuple[Prepared, "asyncio.Future[None]"]]) -> None:
        loop = asyncio.get_running_loop()
        failure: Exception | None = None
        for _ in range(TRIES):
            try:
                await loop.run_in_executor(self.thread, _receive, [prepared for prepared, _ in batch])
                failure = None
                break
            except OperationalError as lost:
                failure = lost
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as refused:  # the sender gets 451 and tries again: nothing was acknowledged
                failure = refused
                break
        for _, stored in batch:
            if not stored.done():
                stored.set_exception(failure) if failure else stored.set_result(None)


def _close() -> None:
    connection.close()  # looked up in the writer's own thread: connections belong to threads


def _receive(batch: list[Prepared]) -> None:
    connection.close_if_unusable_or_obsolete()
    receive(batch)
