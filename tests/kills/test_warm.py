"""What a worker loads before the first mail comes."""

from comity import jobs
from comity.reading import child


def test_the_reading_process_runs_before_the_first_mail() -> None:
    child._server.stop()
    jobs.warm.func()
    assert child._server.process is not None
    assert child._server.process.poll() is None
    assert child.read(b"From: a@b.example\r\nSubject: s\r\n\r\ntext\r\n", {"dns": False})["envelope"]["subject"] == "s"
