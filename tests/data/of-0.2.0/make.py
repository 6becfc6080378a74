"""Makes the stored copy beside this page: plays the demo on the version under PYTHONPATH and packs what it left.

    PYTHONPATH=SRC-OF-THE-VERSION python tests/data/of-0.2.0/make.py DIRECTORY

DIRECTORY becomes the gateway's data directory and stays. Only pages and commands that an operator has are used.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg

os.environ.pop("DATABASE_URL", None)
os.environ["DJANGO_SETTINGS_MODULE"], os.environ["COMITY_DATA"] = "comity.settings", str(Path(sys.argv[1]).absolute())
django.setup()

from comity.demo.client import Browser, Forms  # noqa: E402 its models ask for Django's settings
from comity.serve.binaries import find_binaries  # noqa: E402
from comity.serve.postgres import Cluster  # noqa: E402

HERE = Path(__file__).parent
# below what systems give out by themselves; the sandbox's is part of every address in the orders
LISTEN, SMTP, SANDBOX = "127.0.0.1:21780", "127.0.0.1:21725", "127.0.0.1:21790"
WEB = f"http://{LISTEN}"
TCO = "eu-tco-removal-order"
LEFT = (
    "postgres",
    "postgres-*.key",
    "logs",
    "run",
    "lock",
    "serve.json",
    "worker.id",
    "pager.id",
    "resolver.json",
)  # made anew
READINGS = "select sealed->>'facts' from ledger_event where sealed->>'facts' is not null"
PATIENCE = 90.0


def until(look: Callable[[], Any]) -> Any:
    """What the function answers once that is true. Raises RuntimeError."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)
    raise RuntimeError(f"not within {PATIENCE:g} s")


def comity(data: Path, *arguments: str) -> dict[str, Any]:
    """What a command prints with --json."""
    command = [sys.executable, "-m", "comity.cli", *arguments, "--json", "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


@contextmanager
def gateway(data: Path) -> Any:
    """The gateway, for as long as the block runs."""
    command = [sys.executable, "-m", "comity.cli", "serve", "--json", "--data", str(data)]
    command += ["--listen", LISTEN, "--smtp", SMTP, "--sandbox", SANDBOX]
    with (data.parent / f"{data.name}.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    json.loads(process.stdout.readline())
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


class Office:
    """The demo's people at their desk."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.browsers: dict[str, Browser] = {}

    def be(self, who: str) -> Browser:
        """One of the demo's people, in a browser of their own."""
        if who not in self.browsers:
            browser = self.browsers[who] = Browser(WEB)
            browser.submit(browser.get("/demo/"), "/demo/be", person=who, next="/console/")
        return self.browsers[who]

    def presses(self, who: str, page: str, action: str, **fields: str) -> str:
        """Somebody opens a page and sends one of its forms, once it is there; the page it leads to."""
        browser = self.be(who)

        def there() -> str:
            forms, text = Forms(), browser.get(page)
            forms.feed(text)
            return text if action in forms.found else ""

        return browser.submit(until(there), action, **fields)

    def send(self, sample: str) -> str:
        """Send a sample; the number of its case, or of the request that opened none, once it is judged or waits."""
        message = comity(self.data, "send", "--sample", sample)["message_id"]
        row = until(lambda: self._sorted(message))
        return str(row["case"] or row["id"])

    def _sorted(self, message: str) -> dict[str, Any] | None:
        rows = comity(self.data, "requests", "list")["requests"]
        return next((row for row in rows if row["message_id"] == message and (row["case"] or row["lane"])), None)

    def state(self, case: str) -> str:
        """The state of a case."""
        return next(row["state"] for row in comity(self.data, "cases", "list")["cases"] if row["id"] == case)

    def sign(self, case: str, *who: str) -> None:
        """Deciders sign what is put to them."""
        for one in who:
            self.presses(one, f"/console/cases/{case}", f"/console/cases/{case}/sign")

    def carried_out(self, case: str, *states: str) -> None:
        """Wait until a case is in a state."""
        until(lambda: self.state(case) in states)


def play(data: Path) -> dict[str, str]:
    """Bring cases, drafts and a regulation into the states that the test looks for; the numbers by name."""
    office = Office(data)
    made: dict[str, str] = {"began": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    for name in ("standing", "complained", "lifted"):
        made[name] = office.send("good-text")
        office.sign(made[name], "decider-be", "decider-ee")
        office.carried_out(made[name], "answered")
        if name == "complained":
            complain(office)
    lift(office, made["lifted"])
    made["cannot"] = office.send("cannot-carry-out")
    made["forged"] = office.send("forged")
    made["threat"] = office.send("threat")
    made["triage"] = office.send("support")
    made["edited"] = office.send("missing-elements")
    edit(office, made["edited"])
    made["half-signed"] = office.send("good-pdf")
    edit(office, made["half-signed"])
    office.sign(made["half-signed"], "decider-be")
    change(office)
    made["ended"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(5)
    return made


def complain(office: Office) -> None:
    """The author of the latest message complains on the page of the statement."""
    found = until(lambda: re.search(r"/statement/[^\"'#? ]+", office.be("handler-be").get("/demo/")))
    statement = Browser(f"{WEB}{found[0]}")
    statement.submit(statement.get(""), "#complain", text="It was a quotation from a newspaper.")


def lift(office: Office, case: str) -> None:
    """One decider proposes to lift, and signs it."""
    path = f"/console/cases/{case}"
    office.presses("decider-ee", path, f"{path}/propose", kind="lift", reason="It was a quotation.")
    office.presses("decider-ee", f"{path}/decide", f"{path}/sign")
    office.carried_out(case, "lifted")


def edit(office: Office, case: str) -> None:
    """The handler edits the answer."""
    path = f"/console/cases/{case}/letters/answer"
    browser = office.be("handler-be")
    until(lambda: f"{path}" in browser.get(f"/console/cases/{case}"))
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", browser.get(path), re.S)
    said = "We have read your order with care." if text is None else text[1]
    browser.submit(browser.get(path), path, text=f"{said}\n\nThe desk of Lantern.")


def change(office: Office) -> None:
    """A change of the regulation is adopted by two people of two States; another is left as a draft."""
    base = f"/console/regulations/{TCO}"
    for number in (1, 2):
        office.presses("counsel-be", base, f"{base}/drafts")
        draft = f"{base}/drafts/{number}"
        office.presses("counsel-be", draft, f"{draft}/block", check="redress", outcome="defective")
        office.presses("counsel-be", draft, f"{draft}/try")
        if number == 1:
            office.presses("counsel-be", draft, f"{draft}/propose", reason="Orders came without a word on redress.")
            for who in ("counsel-be", "decider-ee"):
                office.presses(who, draft, f"{draft}/sign")


def dump(data: Path) -> bytes:
    """The database as SQL that any connection can run: rows as INSERT, nobody's name on anything.

    Without what the vault keeps for events alone: each reading as it was before the next. It is a third of all.
    """
    cluster = Cluster(data)
    cluster.start()
    try:
        command = [str(find_binaries(cluster.who) / "pg_dump"), "--inserts", "--no-owner", "--no-privileges"]
        others = [*command, "--exclude-table=vault_blob", "--exclude-table=ledger_event", cluster.url]
        rest = subprocess.run(others, capture_output=True, check=True).stdout
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            for (ref,) in connection.execute(READINGS).fetchall():
                if ref.encode() not in rest:
                    connection.execute("delete from vault_blob where ref = %s", [ref])
        done = subprocess.run([*command, "--rows-per-insert=50", cluster.url], capture_output=True, check=True)
    finally:
        cluster.stop()
    # psql's own commands (\\restrict) mean nothing to another client
    return b"\n".join(line for line in done.stdout.split(b"\n") if not line.startswith(b"\\"))


def pack(data: Path, made: dict[str, str]) -> None:
    """Write the copy: the database, and the files of the data directory that go with it."""
    (HERE / "database.sql.gz").write_bytes(gzip.compress(dump(data), 9, mtime=0))
    whole = [path for path in data.rglob("*") if path.is_file()]
    kept = [path for path in whole if not any(Path(part).match(name) for name in LEFT for part in _parts(path, data))]
    with (
        gzip.GzipFile(HERE / "files.tar.gz", "wb", 9, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in sorted(kept):
            tar.add(path, str(path.relative_to(data)), filter=_plain)
    (HERE / "made.json").write_text(json.dumps(made, indent=1) + "\n")


def _parts(path: Path, data: Path) -> tuple[str, ...]:
    return path.relative_to(data).parts


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def main() -> None:
    """Play and pack."""
    data = Path(sys.argv[1]).absolute()
    if (data / "postgres").exists():
        raise SystemExit(f"{data} holds a gateway already")
    with gateway(data):
        made = play(data)
    pack(data, made)


if __name__ == "__main__":
    main()
