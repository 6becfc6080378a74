"""From the platform to the authority: sealed in parts, opened by three of five, and nothing more."""

import hashlib
import io
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sealing import RECIPIENT, given, opening, record, request, sealed, signed

from comity_seal import openings, packages, texts


def test_it_works() -> None:
    of = sealed([record("content", "2026-11-03"), record("content", "2026-11-04", b""), record("access", "2026-11-03")])
    asked = opening(of.item, [0, 1])
    answers = [one.raw for one in given(asked, of.item, ("be", "pt", "ch"))]
    file = io.BytesIO()
    about = {"zone": "UTC", "limits": []}
    packages.write(
        file,
        item=of.item,
        blob=of.blob,
        opening=request(of.item, [0, 1]),
        roster=signed(of.roster),
        answers=answers,
        about=about,
        beside={"cover.txt": b"cover"},
    )
    package = packages.read(file)
    found = {
        part.number: (reader.about["person"], [(one.name, b"".join(one.data)) for one in reader.documents()])
        for part, reader in packages.unseal(file, package, RECIPIENT)
    }
    assert found == {0: ("/u/ada", [("messages.jsonl", b"hello")]), 1: ("/u/ada", [])}
    assert not any(secret in of.raw for secret in (b"/u/ada", b"hello"))


def _times(x: int, y: int) -> int:
    """A product in the field that GCM reckons in (NIST SP 800-38D, 6.3)."""
    product = 0
    for bit in range(127, -1, -1):
        product ^= y if x >> bit & 1 else 0
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def _other_bytes(chunk: bytes, key: bytes) -> bytes:
    """What whoever holds the key can make: another text under the same tag."""
    hash_key = Cipher(algorithms.AES256(key), modes.ECB()).encryptor().update(bytes(16))
    blocks = [int.from_bytes(chunk[at : at + 16], "big") for at in (0, 16)]
    change = int.from_bytes(b"other".ljust(16, b"\0"), "big")
    made = (blocks[0] ^ change, blocks[1] ^ _times(change, int.from_bytes(hash_key, "big")))
    return b"".join(one.to_bytes(16, "big") for one in made) + chunk[32:]


def _forged(file: io.BytesIO, key: bytes) -> io.BytesIO:
    """A package with another text in its first part, and everything around it made to fit."""
    with zipfile.ZipFile(file) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    raw = files["parts/0.sealed"]
    files["parts/0.sealed"] = raw[:4] + _other_bytes(raw[4:-4], key) + raw[-4:]
    manifest = json.loads(files.pop("manifest.json"))
    manifest["hashes"][0] = hashlib.sha256(files["parts/0.sealed"][4:-4]).hexdigest()
    manifest["files"]["parts/0.sealed"] = hashlib.sha256(files["parts/0.sealed"]).hexdigest()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as whole:
        for name, text in {**files, "manifest.json": texts.canonical(manifest)}.items():
            whole.writestr(name, text)
    return made


def test_a_recipient_who_shows_other_bytes_under_the_same_tags_is_found_out_by_the_record() -> None:
    of = sealed([record("content", "2026-11-03")])
    asked = opening(of.item, [0])
    answers = [one.raw for one in given(asked, of.item, ("be", "pt", "ch"))]
    file, blob = io.BytesIO(), of.blob
    made = {"opening": request(of.item, [0]), "roster": signed(of.roster), "answers": answers}
    packages.write(file, item=of.item, blob=blob, about={}, beside={}, **made)
    package = packages.read(file, content=of.item.content)
    (key,) = openings.keys(package.opening, package.head, package.parts, package.given, RECIPIENT).values()
    forged = _forged(file, key)
    assert packages.read(forged).content != of.item.content, "the sealer's signature alone can't tell"
    with pytest.raises(packages.BadPackage, match="content: its bytes are not those that came"):
        packages.read(forged, content=of.item.content)
