"""The judge's own machine: collects a production, opens it with her key, and tells how much there was, not what.

A process of its own, so that what was opened is in no process of the gateway. `python -m comity.demo.custody.reader URL
KEY DIRECTORY`: the documents are written below the directory.
"""

import io
import json
import sys
import urllib.request
from pathlib import Path
from typing import Any

from comity_seal import keys, packages

SECONDS, LARGEST = 60, 256 * 1024 * 1024


def collected(url: str) -> bytes:
    """The production at an address."""
    request = urllib.request.Request(f"{url}/package", b"", method="POST")  # noqa: S310 the demo's own gateway
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=SECONDS) as answer:
        return bytes(answer.read(LARGEST))


def read(file: bytes, key: Path, into: Path) -> dict[str, Any]:
    """Open a production and write what is in it: how many parts, documents and bytes there were, and in which none."""
    found, told = packages.read(io.BytesIO(file)), {"parts": 0, "documents": 0, "bytes": 0, "without_records": 0}
    for part, reader in packages.unseal(io.BytesIO(file), found, keys.read(key)):
        place, before = into / f"{part.number:04}-{part.category}-{part.day or 'all'}", told["documents"]
        for document in reader.documents():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            raw = b"".join(document.data)
            (place / document.name).write_bytes(raw)
            told["documents"] += 1
            told["bytes"] += len(raw)
        told["parts"] += 1
        told["without_records"] += told["documents"] == before
    return told


def main() -> None:
    """Collect, open, tell."""
    url, key, into = sys.argv[1:4]
    print(json.dumps(read(collected(url), Path(key), Path(into))))


if __name__ == "__main__":
    main()
