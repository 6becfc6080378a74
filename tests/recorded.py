"""A record in one process: witnesses at addresses of their own, and an order whose log they watched grow."""

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

from road import Road

from comity.cases.models import Case, Request
from comity.record import sequencer
from comity.record.models import Leaf
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


def whole(problems: list[str]) -> str:
    """The entries that problems name, as they stand in the demo's record, and what made them: why one is bad can't be
    told from a number when the tables are gone."""
    numbers = {int(found) for one in problems for found in re.findall(r"entry ([0-9]+)", one)}
    leaves = Leaf.objects.filter(realm="demo", num__in=numbers)
    told = [f"{one.num}, event {one.event}: {bytes(one.body or b'').decode()}" for one in leaves.order_by("num")]
    return "\n".join([*problems, *told])


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
