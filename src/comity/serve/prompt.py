"""A Procrastinate worker that looks for a job at once, where the library's own waits for its next poll.

The library forgets what it is told while it is looking (it clears the sign of news after the look, not before), and
doesn't look when a job ends, though one that waited for its lock may run then. A case's steps take one lock: each of
them would wait for a poll.
"""

from procrastinate import jobs
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker


class Prompt(Worker):
    """Looks again where it was told of a job, or one that held a lock ended, since its last look began."""

    news = 0

    def _note(self) -> None:
        self.news += 1
        self._new_job_event.set()

    async def _handle_notification(self, *, channel: str, notification: jobs.Notification) -> None:
        await super()._handle_notification(channel=channel, notification=notification)
        self._note()

    async def _process_job(self, context: JobContext) -> None:
        try:
            await super()._process_job(context)
        finally:
            if context.job.lock:
                self._note()

    async def _fetch_and_process_jobs(self) -> None:
        seen = -1
        while seen != self.news and not self._stop_event.is_set():
            seen = self.news
            await Worker._fetch_and_process_jobs(self)
