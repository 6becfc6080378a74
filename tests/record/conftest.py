"""What the tests of the record stand on: one order played to its answer, and its log written, with two witnesses."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from recorded import Played, play, seen
from road import open_road

from comity.record import places, sequencer


@pytest.fixture(scope="module")
def played(scene: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The order, played once for a module; its log on disk in a directory of its own."""
    home = tmp_path_factory.mktemp("record")
    with open_road() as road, pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "directory", lambda realm: home / realm)
        key = places.signer("demo").key
        watching = [seen(home / name, f"witness.example/{name}", key) for name in ("one", "two")]
        patch.setattr(places, "witnesses", lambda realm: [places.parse(one.line) for one in watching])
        request, case = play(road)
        log = sequencer.Log("demo", delay=0)
        while log.turn():
            pass
        files = home / "demo"
        policy = places.policy("demo")
        (files / "policy").write_text(policy)
        yield Played(road, case, request, files, log, policy, watching)
        log.close()
        for one in watching:
            one.server.shutdown()
            one.server.server_close()


@pytest.fixture
def ours() -> Iterator[None]:
    """Settings that a test may replace."""
    before = settings.COMITY
    yield
    settings.COMITY = replace(before)
