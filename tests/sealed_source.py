"""Where records come from in tests of whole processes: a platform that reads what lies in a file, or draws a film."""

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sealing

from comity_seal import documents, items


def records(arguments: Mapping[str, Any], secret: Mapping[str, str]) -> list[items.Records]:
    """One part with what a file holds; raises what a broken platform raises."""
    text = Path(arguments["file"]).read_bytes()
    if arguments.get("break"):
        raise RuntimeError(text.decode())
    return [sealing.record(text=text)]


def drawn(megabytes: int) -> Iterator[bytes]:
    """A film of so many mebibytes that lies nowhere."""
    for number in range(megabytes):
        yield number.to_bytes(4, "big") * 2**18


def film(megabytes: int, into: Path) -> int:
    """Seal a film into a file, read it back, open it; returns the most memory that this process used (bytes)."""
    import resource

    from comity_seal import openings, streams

    document = documents.Document("film.mp4", "video/mp4", megabytes * 2**20, drawn(megabytes))
    record = items.Records("content", "/u/ada", "2026-11-03", lambda: [document])
    with into.open("w+b") as file:
        about: dict[str, Any] = {"case": sealing.CASE, "sealer": sealing.SEALER, "sealed": sealing.SEALED}
        file.writelines(items.seal([record], sealing.roster(), **about))
        file.seek(0)
        item = items.read(file)
        asked = sealing.opening(item, [0])
        given = sealing.given(asked, item, ("be", "ee", "pt"))
        key = openings.keys(asked, item.head, dict(enumerate(item.parts)), given, sealing.RECIPIENT)[0]
        length = sum(map(len, streams.unseal(key, item.parts[0].digest.encode(), items.body(file, item, 0))))
    assert length > megabytes * 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def stay(how: str, file: str, directory: Path) -> None:
    """Seal a file's text in this process, or in a child; then stay, so that this process can be looked into."""
    from comity_seal import isolated, keys, rosters

    roster, key = directory / "roster.json", directory / "sealer.json"
    if how == "child":
        about: dict[str, Any] = {"roster": roster, "key": key, "case": sealing.CASE, "sealed": sealing.SEALED}
        isolated.seal("sealed_source:records", {"file": file}, into=directory / "child.item", **about)
    else:
        to = rosters.parse(roster.read_bytes()).roster
        sealer = keys.read(key).signing
        them = records({"file": file}, {})
        made = items.seal(them, to, case=sealing.CASE, sealer=sealer, sealed=sealing.SEALED)
        (directory / "self.item").write_bytes(b"".join(made))
    print("done", flush=True)
    time.sleep(60)  # by itself, it still holds what it read


if __name__ == "__main__":
    if sys.argv[1] == "film":
        print(film(int(sys.argv[2]), Path(sys.argv[3])))
    else:
        stay(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
