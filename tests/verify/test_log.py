"""A small log of our own, and everything that can be done to it: each change is found, and said where."""

import random
from pathlib import Path

import pytest

from comity_verify import audit, entries, merkle, notes, policies, proofs, receipts, tiles, writer
from comity_verify.source import Source, Unreachable
from comity_verify.tiles import Tile

SIGNER = notes.Signer("log.example/small", bytes(range(32)))
POLICY = policies.parse(f"log {SIGNER.key.vkey}\nquorum none\n".encode())


def entry(number: int) -> bytes:
    """An entry of a record with one sealed field."""
    sealed = {"at": entries.commit(bytes([number % 256]) * 32, "at", number)}
    said = {"v": 1, "kind": "case.judged", "day": "2026-11-30", "realm": "demo", "by": "gateway", "public": {}}
    return entries.canonical({**said, "sealed": sealed})


def log(directory: Path, size: int, *, first: int = 0) -> Path:
    """A log on disk, written in batches of odd sizes."""
    made = writer.Writer(directory, SIGNER)
    at = 0
    while at < size:
        count = min(random.Random(at).choice((1, 3, 100, 257)), size - at)
        made.append([entry(first + at + i) for i in range(count)])
        at += count
    made.publish()
    made.close()
    return directory


def found(files: Path, state: Path | None = None) -> audit.Report:
    return audit.Audit(Source(str(files)), POLICY, state).run()


def test_it_works(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 700)
    report = found(files)
    assert (report.verdict, report.size, report.problems) == ("verified", 700, [])
    edge = merkle.Edge()
    for number in range(700):
        edge.add(merkle.leaf_hash(entry(number)))
    assert notes.b64(edge.root()) == report.root
    again = writer.Writer(files, SIGNER)
    assert (again.head.size, again.head.root) == (700, edge.root())
    for index in (0, 255, 256, 699):
        proof = merkle.inclusion(index, 700, again.node)
        merkle.verify_inclusion(index, 700, merkle.leaf_hash(entry(index)), proof, edge.root())


def test_every_byte_of_it_flipped_is_found(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 3)
    needed = [files / "checkpoint", files / Tile(None, 0, 3).path, files / Tile(0, 0, 3).path]
    for path in needed:
        whole = path.read_bytes()
        for at in range(len(whole)):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert found(files).verdict == "tampered", f"{path.name}, byte {at}"
        path.write_bytes(whole)
    assert found(files).verdict == "verified"


@pytest.mark.parametrize("what", ["cut", "gone", "longer"])
@pytest.mark.parametrize("tile", [Tile(None, 0), Tile(0, 1), Tile(1, 0, 2)])
def test_a_file_that_is_cut_or_gone_is_found(tmp_path: Path, tile: Tile, what: str) -> None:
    files = log(tmp_path / "log", 512)
    path = files / tile.path
    data = path.read_bytes()
    if what == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-1] if what == "cut" else data + b"\0")
    assert found(files).verdict == ("incomplete" if what == "gone" else "tampered")


def test_two_bundles_swapped_are_found(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 512)
    one, two = files / Tile(None, 0).path, files / Tile(None, 1).path
    before = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(before)
    assert "entry 0 " in found(files).problems[0]


def test_a_fork_and_a_rollback_are_found_by_who_saw_it_before(tmp_path: Path) -> None:
    files, state = log(tmp_path / "log", 300), tmp_path / "state"
    assert found(files, state).verdict == "verified"
    assert "rollback" in found(log(tmp_path / "shorter", 299), state).problems[0]
    assert "fork" in found(log(tmp_path / "other", 300, first=1), state).problems[0]
    assert found(log(tmp_path / "other-longer", 301, first=1), state).verdict == "tampered"
    assert found(log(tmp_path / "longer", 600), state).verdict == "verified"


def test_a_head_by_another_key_or_of_another_log_is_refused(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 3)
    head = notes.checkpoint(notes.parse((files / "checkpoint").read_bytes()).text)
    other = notes.Signer("log.example/small", bytes(32))
    (files / "checkpoint").write_bytes(notes.assemble(head.text, [other.line(head.text)]))
    assert found(files).verdict == "tampered"
    moved = notes.Checkpoint("log.example/other", head.size, head.root)
    (files / "checkpoint").write_bytes(notes.assemble(moved.text, [SIGNER.line(moved.text)]))
    assert found(files).verdict == "tampered"
    lines = [notes.signature_line(f"k{n}", bytes(8)) for n in range(100)]
    (files / "checkpoint").write_bytes(notes.assemble(head.text, [SIGNER.line(head.text), *lines]))
    assert "100 signatures" in found(files).problems[0]


def test_nothing_there_is_said_as_that() -> None:
    with pytest.raises(Unreachable):
        audit.Audit(Source("http://127.0.0.1:9/ledger"), POLICY).run()


def test_a_receipt_opens_one_field_and_no_word_of_it_can_be_changed(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 300)
    made = writer.Writer(files, SIGNER)
    proof = proofs.Proof(7, tuple(merkle.inclusion(7, 300, made.node)), (files / "checkpoint").read_bytes())
    policy = f"log {SIGNER.key.vkey}\nquorum none\n"
    raw = receipts.make(proof, entry(7), {"at": (bytes([7]) * 32, 7)}, policy)
    read = receipts.read(raw, POLICY)
    assert (read.index, read.size, read.revealed, read.quorum) == (7, 300, {"at": 7}, False)
    with pytest.raises(receipts.BadEntry):
        receipts.read(receipts.make(proof, entry(7), {"at": (bytes([7]) * 32, 8)}, policy))
    with pytest.raises(merkle.Unproven):
        receipts.read(receipts.make(proof, entry(8), {}, policy))
    for at in range(0, len(raw), 7):
        flipped = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        try:
            assert receipts.read(flipped, POLICY).revealed in ({"at": 7}, {}), at
        except (notes.BadNote, entries.BadEntry, merkle.Unproven):
            continue


def test_the_writer_goes_on_after_any_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was written before the head is written again with the same bytes; the head is all that counts."""
    files = log(tmp_path / "log", 250)
    made = writer.Writer(files, SIGNER)

    def dies(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(made, "_put", dies)
    with pytest.raises(OSError, match="No space"):
        made.append([entry(250 + i) for i in range(20)])
    made.close()
    again = writer.Writer(files, SIGNER)
    assert again.head.size == 250
    again.append([entry(250 + i) for i in range(400)])
    again.publish()
    assert found(files).verdict == "verified"


def test_two_writers_take_no_turns(tmp_path: Path) -> None:
    held = writer.Writer(log(tmp_path / "log", 3), SIGNER)
    with pytest.raises(writer.Busy):
        writer.Writer(tmp_path / "log", SIGNER)
    held.close()


@pytest.mark.parametrize(
    "body", [b"{}", b'{"v":1}', b'{"realm":"demo","sealed":{"entry":"0"},"v":1}', b"[" * 5000, b"\xff"]
)
def test_what_is_no_entry_is_refused(body: bytes) -> None:
    with pytest.raises(entries.BadEntry):
        entries.parse(body)


def test_a_partial_tile_may_be_gone_once_it_is_full(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 300)
    made = writer.Writer(files, SIGNER)
    made.append([entry(300 + i) for i in range(300)])
    assert tiles.hashes_of(made.read(Tile(0, 1, 44)), 44, "it")[0] == merkle.leaf_hash(entry(256))


def test_partial_tiles_go_once_a_head_over_the_full_one_is_published(tmp_path: Path) -> None:
    files = log(tmp_path / "log", 600)

    def partial() -> set[str]:
        return {str(one.relative_to(files / "tile")) for one in files.glob("tile/**/*.p/*")}

    assert {one.rsplit("/", 1)[0] for one in partial()} == {"0/002.p", "1/000.p", "entries/002.p"}
    old = (files / "checkpoint").read_bytes()
    made = writer.Writer(files, SIGNER)
    made.append([entry(600 + i) for i in range(200)])
    assert any(one.startswith("0/002.p") for one in partial())  # the published head still names them
    made.close()  # and its process dies here
    again = writer.Writer(files, SIGNER)
    again.publish()
    assert {one.rsplit("/", 1)[0] for one in partial()} == {"0/003.p", "1/000.p", "entries/003.p"}
    assert found(files).verdict == "verified"
    (files / "checkpoint").write_bytes(old)  # who kept the older head reads the full ones
    assert (found(files).verdict, found(files).size) == ("verified", 600)


def test_the_partial_tiles_that_an_unsigned_full_one_follows_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = log(tmp_path / "log", 250)
    made = writer.Writer(files, SIGNER)
    monkeypatch.setattr(made, "_put", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        made.append([entry(250 + i) for i in range(20)])
    made.close()
    again = writer.Writer(files, SIGNER)
    again.publish()
    assert (files / Tile(0, 0, 250).path).exists()
    assert found(files).size == 250
