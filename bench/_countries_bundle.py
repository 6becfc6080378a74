"""A bundle of a dispute, 300 pages of it: seconds and the most memory that its process held, beside a bare merge.

python bench/_countries_bundle.py        (alone)
"""

import hashlib
import io
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

EXHIBITS, PAGES, REPEATS = 30, 10, 5
SECONDS, MEGABYTES = 10, 700


def exhibits() -> list[bytes]:
    """PDFs as offices write them: a page of words each, ten pages a file, none the same as another."""
    import typst

    source = "#for n in range({pages}) {{ page[= Exhibit {one}, #(n + 1)\n#lorem(400)] }}"
    made = [typst.compile(source.format(pages=PAGES, one=n).encode(), format="pdf") for n in range(EXHIBITS)]
    return [one for one in made if isinstance(one, bytes)]


def job(files: list[bytes]) -> dict[str, Any]:
    """The bundle of these, as `disputes.bundles` would gather it."""
    plain = {"line": "put in", "text": "", "rows": [], "slip": "", "fault": "", "media": "application/pdf", "wide": []}
    docs = [
        {"tab": f"Exhibit {n}", "title": "A log", "sha256": hashlib.sha256(one).hexdigest(), "pages": PAGES, **plain}
        | {"original": n - 1}
        for n, one in enumerate(files, 1)
    ]
    words = {"cover": "Cover", "index": "Index", "bundle": "Bundle of documents", "note": "Numbered from this page."}
    head = {"number": "S-BENCH000", "title": "Fine", "house": "Us", "language": "en", "date": [2026, 11, 30, 0, 0, 0]}
    attached = [[f"exhibit-{n:02}.pdf", n] for n in range(len(files))]
    return {**head, "banner": "", "page": "p.", "cover": [], "words": words, "docs": docs, "attached": attached}


def merged(files: list[bytes]) -> float:
    """Seconds for a bare merge of the same files: no index, no numbers, no originals."""
    from pypdf import PdfReader, PdfWriter

    begun, writer = time.perf_counter(), PdfWriter()
    for one in files:
        writer.append(PdfReader(io.BytesIO(one)))
    writer.write(io.BytesIO())
    return time.perf_counter() - begun


def rows() -> Iterator[Any]:
    """Medians, and the floors: a bundle is made while somebody waits for the page."""
    from _report import Row

    from comity.disputes import press

    files = exhibits()
    taken, peers, memory, pages = [], [], 0, 0
    for _ in range(REPEATS):
        begun = time.perf_counter()
        made = press.bundle(job(files), files)
        taken.append(time.perf_counter() - begun)
        peers.append(merged(files))
        memory, pages = max(memory, made.memory), made.pages
    ours, peer = statistics.median(taken), statistics.median(peers)
    name = f"a bundle of {pages} pages, {EXHIBITS} originals attached"
    yield Row(name, ours, "s", "pypdf, merged alone", peer, ours / peer, f"at most {SECONDS} s", ours <= SECONDS)
    held = memory / 1e6
    yield Row(f"{name}: memory at most", held, "MB", floor=f"at most {MEGABYTES} MB", holds=held <= MEGABYTES)


if __name__ == "__main__":
    from _report import tell

    sys.exit(tell("countries-bundle", list(rows())))
