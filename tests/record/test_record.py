"""The whole way: what was done is in the log, and a stranger finds it so."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from recorded import Played, seen

from comity import clock
from comity.answers import commands as answers
from comity.answers.pdf import Receipts
from comity.cases.models import Request
from comity.following import commands as following
from comity.ledger import public
from comity.ledger.commands import record
from comity.ledger.models import Event
from comity.people import commands as people
from comity.people.models import Act
from comity.record import cheating, commands, places, receipts, sequencer
from comity.record.models import Leaf, Scope, Waiting
from comity.vault import commands as vault
from comity_verify import entries, notes, policies, tiles, writer
from comity_verify import receipts as files
from comity_verify.audit import Audit
from comity_verify.source import Source
from comity_verify.tiles import Tile

PEOPLE = people.DEMO_EVERYONE
pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def bodies(played: Played) -> list[bytes]:
    """All entries of a small log."""
    size = played.log.writer.head.size
    return tiles.parse_bundle(played.log.writer.read(Tile(None, 0, size)), size)


def test_it_works(played: Played) -> None:
    report = played.audit()
    assert (report.verdict, report.problems) == ("verified", [])
    assert report.quorum
    assert len(report.cosignatures) == 2
    assert report.size == Event.objects.filter(realm="demo").count() == Leaf.objects.filter(realm="demo").count()
    assert not Waiting.objects.filter(realm="demo").exists()
    assert report.charter["people"] == len(PEOPLE)
    assert report.charter["signatures"] == len(PEOPLE) + 2  # all on the charter, two on the order


def test_nothing_of_a_person_a_case_or_a_time_is_published(played: Played) -> None:
    whole = b"".join(bodies(played)).decode()
    for secret in (played.case.id, played.request.id, "online-safety", "example.com", "harbour"):
        assert secret not in whole
    first = entries.parse(bodies(played)[0])
    assert first.kind == "demo.founded"
    for body in bodies(played):
        said = json.loads(body)
        assert "at" not in said
        assert "kind" not in said or {"at", "by", "case", "request"} <= said["sealed"].keys()


def test_every_entry_of_the_order_is_one_of_its_events(played: Played) -> None:
    """Each number once and without a gap, and no event left out."""
    nums = list(Leaf.objects.filter(realm="demo").order_by("num").values_list("num", flat=True))
    assert nums == list(range(played.log.writer.head.size))


def test_a_receipt_opens_what_its_bearer_may_know(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = receipts.of_thing(played.case.id)
    assert raw is not None
    read = files.read(raw, policies.parse(played.policy.encode()))
    assert read.quorum
    assert read.entry.kind == "request.received"
    assert read.revealed["request"] == played.request.id
    assert set(read.revealed) == {"at", "case", "request"}
    assert read.people == len(PEOPLE) - 1  # all but who handles
    answer = receipts.of_answer(played.case.id)
    assert answer is not None
    assert files.read(answer).entry.kind == "case.answered"
    assert files.read(answer).revealed["case"] == played.case.id
    told = receipts.of_last(played.case.id, ["notification.sent"], ["at"])
    assert told is not None
    assert set(files.read(told).revealed) == {"at"}  # its kind is sealed as a whole, and opened to the person
    assert answers._receipts(played.case.id, "answer").answer == b""  # which an answer can't hold itself
    later = answers._receipts(played.case.id, "lifted")
    assert files.read(later.answer or b"").entry.kind == "case.answered"
    assert files.read(later.order or b"").entry.kind == "request.received"
    head = receipts.read.head("demo")
    monkeypatch.setattr(receipts.read, "head", lambda realm: replace(head, witnesses=()))
    assert receipts.of_thing(played.case.id) is None
    assert answers._receipts(played.case.id, "lifted") == Receipts(b"", None)


def test_an_authority_takes_its_receipts_away_from_its_page(
    played: Played, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = urlsplit(following.url_of(played.request)).path
    page = client.get(path).content.decode()
    for number, kind in ((played.request.id, "request.received"), (played.case.id, "case.answered")):
        assert f"{path}/receipt/{number}" in page
        raw = client.get(f"{path}/receipt/{number}").content
        assert files.read(raw, policies.parse(played.policy.encode())).entry.kind == kind
    assert client.get(f"{path}/receipt/C-00000000").status_code == 404
    head = receipts.read.head("demo")
    monkeypatch.setattr(receipts.read, "head", lambda realm: replace(head, witnesses=()))
    assert client.get(path).content.decode().count("not witnessed yet") == 2
    assert client.get(f"{path}/receipt/{played.case.id}").status_code == 404


def test_an_erased_field_and_an_erased_case_still_verify(played: Played) -> None:
    event = Event.objects.get(kind="case.answered", case=played.case.id)
    leaf = Leaf.objects.get(event=event.id)
    assert set(commands.revealed(leaf, ["at", "case"])) == {"at", "case"}
    commands.erase("demo", leaf.num, ["case"])
    leaf.refresh_from_db()
    assert set(commands.revealed(leaf, ["at", "case"])) == {"at"}
    commands.erase_scope(played.case.id)
    leaf.refresh_from_db()
    assert commands.revealed(leaf, ["at"]) == {}
    with pytest.raises(commands.Erased):
        commands.opening(leaf)
    assert played.audit().verdict == "verified"


@pytest.mark.parametrize("table", ["ledger_event", "record_leaf"])
@pytest.mark.parametrize("what", ["update {} set realm = 'real'", "delete from {}"])
def test_the_database_itself_refuses_to_change_what_was_done(played: Played, table: str, what: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(what.format(table))


def test_the_demos_cheats_are_found_and_taken_back(played: Played, ours: None) -> None:
    row = cheating.change_row()
    assert (row.report.verdict, row.report.problems) == (
        "tampered",
        [f"entry {row.number} is not the one that was hashed into the tree"],
    )
    fork = cheating.second_history()
    assert fork.status == 422
    assert played.audit().verdict == "verified"
    assert bytes(Leaf.objects.get(realm="demo", num=row.number).body or b"").decode() == row.before


def test_an_older_database_stops_the_log(played: Played) -> None:
    """As after restoring an old backup of the database alone: nothing is signed, and it says what to do."""
    size = played.log.writer.head.size
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("alter table record_leaf disable trigger record_leaf_kept")
            cursor.execute("delete from record_leaf where realm = 'demo' and num >= %s", [size - 2])
        with pytest.raises(sequencer.Stopped, match="Restore a newer backup"):
            played.log.turn()
        transaction.set_rollback(True)
    assert played.log.turn() == 0


def test_an_older_copy_of_database_and_files_is_refused_by_the_witness(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = played.log.writer.head.size
    monkeypatch.setattr(places, "directory", lambda realm: tmp_path / realm)
    older = writer.Writer(tmp_path / "demo", places.signer("demo"))
    older.append(bodies(played)[: size - 2])
    older.close()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("alter table record_leaf disable trigger record_leaf_kept")
            cursor.execute("delete from record_leaf where realm = 'demo' and num >= %s", [size - 2])
            cursor.execute("delete from record_head")
        log = sequencer.Log("demo", delay=0)
        with pytest.raises(sequencer.Stopped, match="older copy"):
            log.turn()
        log.close()
        transaction.set_rollback(True)


def test_lost_files_are_written_again_and_lead_to_the_head_that_was_signed(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "directory", lambda realm: tmp_path / realm)
    log = sequencer.Log("demo", delay=0)
    log.turn()
    assert log.writer.head == played.log.writer.head
    assert (tmp_path / "demo" / "checkpoint").exists()
    log.close()


def test_a_witness_that_is_down_or_lies_holds_up_nothing(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    one = sequencer.Asked(places.witnesses("demo")[0])
    monkeypatch.setattr(one, "_post", lambda body: (200, "\u2014 witness.example/one AAAAAAAAAAAAAAAA\n"))
    with pytest.raises((notes.BadNote, ValueError)):
        one.ask(played.log.writer)
    assert not one.line
    down = sequencer.Asked(places.Witness(one.witness.key, "http://127.0.0.1:9"))
    with pytest.raises(OSError, match="refused"):
        down.ask(played.log.writer)


def test_a_name_in_a_public_part_is_refused_when_it_is_written(played: Played) -> None:
    nested = {"a": {"b": {"c": {"d": 1}}}}
    for name in ("Marie Dupont", "marie@example.org", "M\u00e4rz", "a b", "x" * 200, nested, 2**60, object()):
        with pytest.raises(public.Personal), transaction.atomic():
            record("case.answered", realm="demo", by="gateway", public={"met": name})


@pytest.mark.parametrize("page", ["", "?before=5", "entry/0", "people", "figures", "verify", "compromise", "proves"])
def test_the_pages_and_files_are_for_everyone(played: Played, client: Client, page: str) -> None:
    answer = client.get(f"/ledger/demo/{page}", HTTP_ACCEPT_LANGUAGE="fr")
    assert answer.status_code == 200
    assert "registre" in answer.content.decode()


def test_files_are_served_as_tlog_tiles_asks(played: Played, client: Client) -> None:
    size = played.log.writer.head.size
    head = client.get("/ledger/demo/checkpoint")
    assert (head["Content-Type"], head.content) == ("text/plain; charset=utf-8", played.log.writer.published())
    path = Tile(0, 0, size).path
    assert b"".join(client.get(f"/ledger/demo/{path}")) == played.log.writer.read(Tile(0, 0, size))  # type: ignore[arg-type]
    far = f"entry/{9 * 10**19}"
    for wrong in ("tile/0/0", "tile/0/../0/000", "tile/0/001", "tile/x/000", "entry/999999", far):
        assert client.get(f"/ledger/demo/{wrong}").status_code == 404


def test_under_a_non_disclosure_an_entry_is_one_commitment_until_its_date(played: Played) -> None:
    with transaction.atomic():
        Request.objects.filter(id=played.request.id).update(flags=["non-disclosure"])
        record("case.taken", realm="demo", by="gateway", case=played.case.id, public={"taken": True})
        commands.number("demo", batch=True)
        commands.bodies("demo")
        leaf = Leaf.objects.filter(realm="demo").order_by("-num")[0]
        said = entries.parse(bytes(leaf.body or b""))
        assert (said.kind, set(said.sealed)) == ("", {"entry"})
        assert commands.disclosed(leaf) == {}  # its end is not known, so nothing opens by itself
        leaf.until = clock.now()
        salt, inner = commands.disclosed(leaf)["entry"]
        said.reveal("entry", salt, inner)
        assert (inner["kind"], inner["public"]) == ("case.taken", {"taken": True})
        transaction.set_rollback(True)


def test_a_full_disk_stops_it_turns_ready_red_and_loses_nothing(
    played: Played, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a copy of the files that no witness knows of, since what this writes is taken back."""
    shutil.copytree(played.files, tmp_path / "demo")
    monkeypatch.setattr(places, "directory", lambda realm: tmp_path / realm)
    monkeypatch.setattr(places, "witnesses", lambda realm: [])
    monkeypatch.setattr(places, "REALMS", ("demo",))
    one, size = sequencer.Sequencer(), played.log.writer.head.size
    record("brake.set", realm="demo", by="gateway")
    with monkeypatch.context() as patch:
        full = OSError(28, "No space left on device")
        patch.setattr(writer.Writer, "append", lambda *given: (_ for _ in ()).throw(full))
        assert one.turn() == 0
        assert sequencer.status() == (False, {"demo": "No space left on device: entries wait, and nothing is lost"})
        asked = client.get("/readyz")
        assert (asked.status_code, asked.json()["record"]) == (503, False)
        patch.setattr(sequencer.os, "replace", lambda *given: (_ for _ in ()).throw(full))
        one.turn()  # nor can the status be written: its age tells
    with clock.freeze(clock.now() + timedelta(seconds=sequencer.FRESH + 1)):
        assert not sequencer.status()[0]
    assert one.turn() == 1
    assert client.get("/readyz").json()["record"] is True
    one._drop("demo")
    policy = policies.parse(places.policy("demo").encode())
    assert (report := Audit(Source(str(tmp_path / "demo")), policy).run()).size == size + 1
    assert report.verdict == "verified"


def test_a_charter_whose_text_is_lost_stops_the_log_before_it_is_written(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after restoring a database without its keys: an entry that proves nothing would stand there for ever."""
    shutil.copytree(played.files, tmp_path / "demo")
    monkeypatch.setattr(places, "directory", lambda realm: tmp_path / realm)
    monkeypatch.setattr(places, "witnesses", lambda realm: [])
    monkeypatch.setattr(places, "REALMS", ("demo",))
    monkeypatch.setattr(places, "delay", lambda realm: 0.0)
    founded = Event.objects.get(realm="demo", kind="demo.founded")
    act = Act.objects.get(hash=founded.sealed["act"])
    size, one = played.log.writer.head.size, sequencer.Sequencer()
    with transaction.atomic():
        record("demo.founded", realm="demo", by="demo", sealed={"act": act.hash, "people": []})
        vault.end(act.doc, clock.now())
        assert one.turn() == 0
        assert "Restore the keys" in sequencer.status()[1]["demo"]
        assert not Leaf.objects.filter(realm="demo", num=size).exclude(body=None).exists()
        transaction.set_rollback(True)
    one._drop("demo")


def test_two_that_number_or_write_at_once_take_turns(played: Played) -> None:
    """The second neither numbers, nor signs, nor stops the first."""
    with pytest.raises(writer.Busy):
        sequencer.Log("demo", delay=0)
    other = sequencer.Sequencer()
    before = played.log.writer.published()
    assert other.turn() == 0
    assert "another process writes" in sequencer.status()[1]["demo"]
    assert played.log.turn() == 0
    assert (played.log.writer.published(), played.audit().verdict) == (before, "verified")


def test_the_whole_journey_of_an_erasure(played: Played) -> None:
    """The case's time is over: what it sealed opens to nobody, its person stands nowhere, and its entries verify."""
    leaves = Leaf.objects.filter(realm="demo", scope=played.case.id)
    assert leaves.count() > 5
    assert all(commands.revealed(leaf, ["at", "case"]) for leaf in leaves)
    far = clock.now() + timedelta(days=settings.COMITY.keep_days * 20)
    with transaction.atomic(), clock.freeze(far):
        for scope in Scope.objects.all():
            commands.erase_scope(scope.name)
        vault.forget(far)
        for leaf in Leaf.objects.filter(realm="demo", scope=played.case.id):
            assert commands.revealed(leaf, ["at", "case", "request"]) == {}
            with pytest.raises(commands.Erased):
                commands.opening(leaf)
        with pytest.raises(vault.Gone):
            vault.get(played.request.raw)
        assert receipts.of_thing(played.case.id) is not None  # what is left proves that something was there
        assert files.read(receipts.of_thing(played.case.id) or b"").revealed == {}
        assert played.audit().verdict == "verified"
        transaction.set_rollback(True)


def test_a_witness_that_is_new_is_published_without_a_new_entry(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a backup is restored: the head stays, and who watches it now knew nothing before."""
    shutil.copytree(played.files, tmp_path / "demo")
    monkeypatch.setattr(places, "directory", lambda realm: tmp_path / realm)
    new = seen(tmp_path / "witness", "witness.example/new", places.signer("demo").key)
    monkeypatch.setattr(places, "witnesses", lambda realm: [places.parse(new.line)])
    log = sequencer.Log("demo", delay=0)
    try:
        assert log.turn() == 0
        policy = policies.parse(places.policy("demo").encode())
        report = Audit(Source(str(tmp_path / "demo")), policy).run()
        assert (report.verdict, report.cosignatures) == ("verified", ["witness.example/new"])
    finally:
        log.close()
        new.server.shutdown()
        new.server.server_close()
