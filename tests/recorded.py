"""A record in one process: witnesses at addresses of their own, and an order whose log they watched grow."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from road import Road

from comity.cases.models import Case, Request
from comity.record import sequencer
from comity_verify import notes, witness
from comity_verify.audit import Audit, Report
from comity_verify.policies import parse
from comity_verify.source import Source


@dataclass
class Seen:
    """A witness at an address of its own, as a stranger runs it. `hang`: answers nobody any more."""

    server: witness.Server
    vkey: str
    url: str

    @property
    def line(self) -> str:
        """As `comity.toml` names it."""
        return f"{self.vkey} {self.url}"


def seen(directory: Path, name: str, log: notes.Key) -> Seen:
    """Start a witness of a log."""
    signer = witness.signer_at(directory, name)
    server = witness.Server(("127.0.0.1", 0), witness.Witness(directory, signer, [(log.name, log)]))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return Seen(server, signer.key.cosigning.vkey, f"http://127.0.0.1:{server.server_port}")


@dataclass
class Played:
    """An order that was answered, its log's files, and who watched them grow."""

    road: Road
    case: Case
    request: Request
    files: Path
    log: sequencer.Log
    policy: str
    seen: list[Seen] = field(default_factory=list)

    def audit(self, files: Path | None = None, state: Path | None = None) -> Report:
        """What a stranger finds."""
        return Audit(Source(str(files or self.files)), parse(self.policy.encode()), state).run()


def play(road: Road) -> tuple[Request, Case]:
    """One removal order, approved by two and answered."""
    target = road.post()
    request = road.receive(road.sample("good-pdf", target))
    road.drive()
    case = Case.objects.get(request=request)
    road.sign(case)
    road.drive()
    case.refresh_from_db()
    assert case.state == "answered"
    return request, case
