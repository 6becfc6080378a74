"""The messages that templates and modules ask the catalogue for, found as they are written."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

import comity

HOUSE = Path(comity.__file__).parent
# what a person affected, an authority or anybody else reads; the desk's own pages are English
PUBLIC = (
    "front/**/*",
    "notifications/**/*",
    "answers/**/*",
    "instruments/**/*",
    "language.py",
    "outbox/letters.py",
    "outbox/rules.py",
    "web/*.py",
    "web/templatetags/*.py",
    "web/templates/*.html",
    "web/templates/web/base.html",
    "web/templates/web/public.html",
    "web/templates/web/error.html",
    "web/templates/web/parts/clock.html",
    "web/templates/web/parts/field.html",
)
_ASKS = {
    "_": None,
    "lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# forms whose wording is a message: `label`, `title`, each option; of Annex I what is asked of an authority
FORMS = ("instruments/*/forms/*.json",)
ORDER = "reading/forms/tco-annex-1.json"


def used(globs=PUBLIC) -> Iterator[tuple[str, str | None, str]]:
    """Where (path:line), the context, and the message (of a plural its singular)."""
    for path in sorted({path for glob in globs for path in HOUSE.glob(glob)}):
        if path.suffix in (".py", ".html"):
            yield from _of(path)
    fields = json.loads((HOUSE / ORDER).read_text("utf-8"))["fields"]
    yield from ((ORDER, None, field["label"]) for field in fields if field["required"] is True)
    reasons = next(field["options"] for field in fields if field["name"] == "categories")
    yield from ((ORDER, None, option["label"]) for option in reasons)


def _of(path: Path) -> Iterator[tuple[str, str | None, str]]:
    text = path.read_text("utf-8")
    method = "python"
    if path.suffix == ".html":
        method, text = "javascript", templatize(text, origin=str(path))
    for line, found, _, context in extract(method, BytesIO(text.encode()), keywords=_ASKS):
        yield f"{path.relative_to(HOUSE)}:{line}", context, found if isinstance(found, str) else found[0]
