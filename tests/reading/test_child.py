"""The limited child: what hangs or swells dies alone, and the caller learns why and from whom the mail was."""

import contextlib
import io
import os
import signal
import threading
import zipfile
import zlib
from pathlib import Path

import pytest
from running import eventually

from comity.reading import child, instants, read, rehearsed, spoken
from comity.reading.form import known

from . import orders
from .test_mail import SAMPLE
from .test_pdf import with_pdf

pytestmark = pytest.mark.slow  # a reading process that is ended is charged to the test that waits for it

ORDER = orders.mail(SAMPLE.replace("\r\n", "\n"))


def test_it_works():
    reading = child.read(ORDER, {"mailboxes": ["orders@lantern.example"]})
    assert reading["orders"][0]["facts"]["form"]["reference"] == "R-1"
    assert reading["orders"][0]["facts"]["channel"]["to"] == "contact-point"


def test_threads_read_at_once_and_each_gets_its_own():
    found = {}

    def work(n):
        found[n] = child.read(ORDER.replace(b"R-1", b"R-%d" % n), {})["orders"][0]["facts"]["form"]["reference"]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: f"R-{n}" for n in range(8)}


def test_a_killed_reading_process_is_started_again():
    child.read(ORDER, {})
    child._server.process.kill()
    child._server.process.wait()
    assert child.read(ORDER, {})["orders"]


def test_the_mail_is_read_though_the_child_that_waited_for_it_was_killed():
    child.read(ORDER, {})
    server = child._server.process.pid
    for one in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # the one that has read is gone, or is going
            os.kill(int(one), signal.SIGKILL)
            eventually(lambda stat=Path(f"/proc/{one}/stat"): stat.read_text().rpartition(")")[2].split()[0] == "Z")
    assert child.read(ORDER, {})["orders"]


def test_in_a_row_each_mail_has_a_child_of_its_own():
    """None of them rehearsed: the next came before it could."""
    assert all(child.read(ORDER, {})["orders"] for _ in range(5))


def hostile_read(monkeypatch, source):
    """A reading process whose reader is replaced by hostile code: what a bug in a parser would do."""
    fresh = child.Server()
    monkeypatch.setattr(child, "_server", fresh)
    lines = ["import comity.reading.read as r, comity.reading.server as s", "first = r.read", *source, "s.main()"]
    real = child.subprocess.Popen
    monkeypatch.setattr(child.subprocess, "Popen", lambda args, **kw: real([args[0], "-c", "\n".join(lines)], **kw))
    with pytest.raises(child.ReadingFailed) as failure:
        child.read(ORDER, {})
    fresh.stop()
    return failure.value


def test_an_endless_loop_is_ended_and_the_sender_is_known(monkeypatch):
    loop = [
        "s.CPU_SECONDS, s.WALL_SECONDS = 1, 600",
        "def read(raw, c):",
        "    while b'R-1' in raw: pass",
        "r.read = read",
    ]
    failure = hostile_read(monkeypatch, loop)
    assert "limit" in failure.reason
    assert failure.envelope["from"]["address"] == "desk@office.example"


@pytest.mark.soak
def test_an_attachment_that_hangs_leaves_what_the_mail_itself_says(monkeypatch):
    fresh = child.Server()
    monkeypatch.setattr(child, "_server", fresh)
    lines = [
        "import comity.reading.pdf as p, comity.reading.server as s",
        "s.CPU_SECONDS = 1",
        "def parse(data):",
        "    while 1: pass",
    ]
    lines += ["p.parse = parse", "s.main()"]
    real = child.subprocess.Popen
    monkeypatch.setattr(child.subprocess, "Popen", lambda args, **kw: real([args[0], "-c", "\n".join(lines)], **kw))
    reading = child.read(with_pdf(b"%PDF-1.4"), {})
    fresh.stop()
    assert "unreadable-attachment" in reading["flags"]
    assert "attachment" in reading["text"]


@pytest.mark.soak
def test_sleeping_is_ended_too(monkeypatch):
    nap = [
        "import time",
        "s.WALL_SECONDS = 1",
        "def read(raw, c):",
        "    if b'R-1' in raw: time.sleep(60)",
        "r.read = read",
    ]
    failure = hostile_read(monkeypatch, nap)
    assert "limit" in failure.reason


def test_swelling_is_ended(monkeypatch):
    swell = ["def read(raw, c):", "    if b'R-1' in raw: bytearray(4 << 30)", "r.read = read"]
    failure = hostile_read(monkeypatch, swell)
    assert "memory" in failure.reason


def test_a_child_can_neither_write_files_nor_start_processes(monkeypatch):
    write = ["import os", "def read(raw, c):", "    if b'R-1' in raw:"]
    write += ["        open('/tmp/comity-must-not-be', 'w').write('x' * 100000)", "r.read = read"]
    failure = hostile_read(monkeypatch, write)
    assert failure.reason


def test_a_child_stands_under_every_limit(monkeypatch):
    asked = ["import resource", "none = [resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE]"]
    asked += ["def read(raw, c):", "    found = [resource.getrlimit(limit) for limit in none]"]
    asked += ["    if b'R-1' in raw: raise (SyntaxError if found == [(0, 0)] * 3 else ValueError)", "r.read = read"]
    failure = hostile_read(monkeypatch, asked)
    assert "SyntaxError" in failure.reason


@pytest.mark.soak
def test_a_result_too_large_is_refused(monkeypatch):
    flood = [
        "def read(raw, c):",
        "    return {'x': 'y' * (40 << 20)} if b'R-1' in raw else first(raw, c)",
        "r.read = read",
    ]
    failure = hostile_read(monkeypatch, flood)
    assert "more than one reading" in failure.reason


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (100 << 20))
    return out.getvalue()


def test_a_zip_bomb_is_flagged_and_never_unpacked_whole():
    reading = child.read(with_pdf(zip_bomb(), "a.docx").replace(b"application/pdf", b"application/zip"), {})
    assert "zip-bomb" in reading["flags"]


LOOPS = {
    "page-tree": b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999 >>",
    "empty": b"<< /Type /Pages /Kids [] /Count 0 >>",
    "parent": b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_looping_pdf_is_left_to_a_person(name):
    pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n" + LOOPS[name] + b"\nendobj\n"
    pdf += b"trailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n0\n%%EOF\n"
    reading = child.once(with_pdf(pdf), child.prepared({}))  # by our own walk, not by the limits
    assert reading["orders"] == []
    assert {"damaged-pdf", "unreadable-attachment"} & set(reading["flags"])


def test_a_pdf_whose_xref_points_at_itself_is_left_to_a_person():
    pdf = b"%PDF-1.4\n"
    at = len(pdf)
    pdf += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF" % (
        at,
        at,
    )
    reading = child.once(with_pdf(pdf), child.prepared({}))
    assert (reading["orders"], "damaged-pdf" in reading["flags"]) == ([], True)


HEAD = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n"
HEAD += b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>\nendobj\n3 0 obj\n"
TAIL = b"\nendobj\ntrailer\n<< /Root 1 0 R /Size 9 >>\nstartxref\n0\n%%EOF\n"
INNER_LOOPS = {
    "a page that lacks what only its parents could have": b"<< /Type /Page /Parent 2 0 R >>",
    "a field that is its own parent": (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> /Annots [4 0 R] >>\nendobj\n4 0 obj\n"
        b"<< /Subtype /Widget /T (a) /Rect [0 0 1 1] /Parent 4 0 R >>"
    ),
    "an object that is only a reference to itself": (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> /Annots [4 0 R] >>\nendobj\n4 0 obj\n4 0 R"
    ),
}


@pytest.mark.parametrize("name", INNER_LOOPS)
def test_a_loop_inside_a_pdf_is_left_without_waiting_for_the_limits(name):
    raw = with_pdf(HEAD + INNER_LOOPS[name] + TAIL)
    assert child.once(raw, child.prepared({}))["orders"] == []


@pytest.mark.parametrize("piece", ["<p ", "<!", "<!-- <", "<a href='"])
@pytest.mark.few(1)
def test_html_that_never_closes_is_read_within_the_limits(piece):
    body = "<html><p>Please answer.</p>" + piece * 250_000
    raw = orders.mail(body).replace(b"text/plain", b"text/html")
    assert "Please answer" in child.once(raw, child.prepared({}))["text"]


def test_a_pdf_stream_that_unpacks_to_a_gigabyte_costs_its_own_child_only():
    bomb = zlib.compress(b"\0" * (300 << 20), 9)
    pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n"
    pdf += b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    pdf += (
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n4 0 obj\n<< "
        b"/Length %d /Filter /FlateDecode >>" % len(bomb)
    )
    pdf += b"\nstream\n" + bomb + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n0\n%%EOF\n"
    reading = child.read(with_pdf(pdf), {})
    assert reading["orders"] == []
    assert {"unreadable-attachment", "damaged-pdf"} & set(reading["flags"])
    assert child.read(ORDER, {})["orders"]


def test_reading_never_imports_django():
    import subprocess
    import sys

    code = "import sys, comity.reading.read, comity.reading.server; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_read_before_the_first_fork_is_an_order_in_each_form():
    """Else the tables of words and places would be made by each child anew."""
    for form in known():
        order = read.read(rehearsed.mail(form), rehearsed.context())["orders"][0]
        assert (order["instrument"], order["flags"]) == (form.instrument, [])
    assert spoken._prints.cache_info().currsize == instants._places.cache_info().currsize == 1
