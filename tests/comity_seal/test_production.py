"""From the platform to the authority: sealed in parts, opened by three of five, and nothing more."""

import io

from sealing import RECIPIENT, given, opening, record, request, sealed, signed

from comity_seal import packages


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
