"""Programs that nobody of this house wrote verify our log and our proofs: tlog-scales, pymerkle, and Go's x/mod."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from pymerkle import InmemoryTree
from tlog_scales import reader, signing, tlog
from tlog_scales.backend import LocalBackend
from verify.test_log import SIGNER, entry, log

from comity_verify import merkle, notes, witness, writer
from comity_verify.tiles import Tile

SIZE = 700
GO = Path(__file__).parent / "go" / "main.go"


def flipped(path: Path, at: int = 40) -> None:
    """One bit of a file changed."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return log(tmp_path / "log", SIZE)


def test_tlog_scales_verifies_signature_entries_proofs_and_growth(files: Path) -> None:
    theirs = reader.TilesReader(LocalBackend(files))
    head = theirs.get_checkpoint()
    head.verify(signing.Vkey.from_string(SIGNER.key.vkey))
    assert theirs.calculate_root_hash() == head.root_hash
    ours = writer.Writer(files, SIGNER).node
    for index in range(0, SIZE, 13):
        assert theirs.get_entry(index) == entry(index)
        leaf = merkle.leaf_hash(entry(index))
        theirs.get_inclusion_proof(index, SIZE).check(leaf, head.root_hash)
        proof = merkle.inclusion(index, SIZE, ours)
        tlog.InclusionProof(index, SIZE, list(proof)).check(leaf, head.root_hash)
        with pytest.raises(tlog.InclusionProofInvalid):
            tlog.InclusionProof(index, SIZE, list(proof)).check(merkle.leaf_hash(b"another"), head.root_hash)
    for older in (1, 255, 256, 257, 511, SIZE - 1):
        proof = merkle.consistency(older, SIZE, ours)
        tlog.ConsistencyProof(older, SIZE, list(proof)).check(merkle.root(older, ours), head.root_hash)


def test_tlog_scales_verifies_a_witness_of_ours(files: Path, tmp_path: Path) -> None:
    signer = witness.signer_at(tmp_path / "witness", "witness.example/one")
    known = witness.Witness(tmp_path / "witness", signer, [(SIGNER.name, SIGNER.key)])
    answer = known.add_checkpoint(b"old 0\n\n" + writer.Writer(files, SIGNER).signed_head())
    assert answer.status == 200
    head = tlog.Checkpoint.from_text((files / "checkpoint").read_text() + answer.body)
    key = signing.Vkey.from_string(signer.key.cosigning.vkey)
    head.verify(key)
    other = tlog.Checkpoint(head.origin, head.size + 1, head.root_hash, head.signatures)
    with pytest.raises(InvalidSignature):
        other.verify(key)


def test_tlog_scales_finds_a_flipped_bit(files: Path) -> None:
    flipped(files / Tile(0, 1).path)
    theirs = reader.TilesReader(LocalBackend(files))
    head = theirs.get_checkpoint()
    with pytest.raises(tlog.InclusionProofInvalid):
        theirs.get_inclusion_proof(300, SIZE).check(merkle.leaf_hash(entry(300)), head.root_hash)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, SIZE])
def test_the_root_is_pymerkles(size: int) -> None:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(entry(number))
    ours = merkle.Memory([merkle.leaf_hash(entry(number)) for number in range(size)])
    assert merkle.root(size, ours.node) == tree.get_root(size)


@pytest.mark.soak
def test_gos_module_proxy_code_verifies_it(files: Path, tmp_path: Path) -> None:
    """Debian's golang-go and golang-golang-x-mod-dev, which `make soak` installs where it may."""
    go = shutil.which("go")
    assert go, "apt-get install golang-go golang-golang-x-mod-dev"
    path = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(tmp_path / "cache"), "GOFLAGS": ""}
    program = tmp_path / "verifies"
    subprocess.run([go, "build", "-o", program, GO], env=os.environ | path, check=True)

    def run(key: str = SIGNER.key.vkey) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, files, key], capture_output=True, text=True, check=False)

    assert run().stdout.strip() == str(SIZE)
    other = notes.Signer(SIGNER.name, bytes(32))
    assert "signature" in run(other.key.vkey).stderr
    for tile in (Tile(0, 1), Tile(None, 1), Tile(0, 2, SIZE - 512)):
        before = (files / tile.path).read_bytes()
        flipped(files / tile.path)
        assert run().returncode == 1, tile.path
        (files / tile.path).write_bytes(before)
    assert run().returncode == 0
