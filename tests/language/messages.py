"""The messages that templates and modules ask the catalogue for, found as they are written."""

import ast
import json
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

import comity

HOUSE = Path(comity.__file__).parent
# what a person affected, an authority or anybody else reads; the desk's own pages are English
PUBLIC = (
    "figures/names.py",
    "balance/words.py",
    "balance/consulting.py",
    "balance/council_forms.py",
    "balance/proposing.py",
    "balance/templates/balance/bound_parts.html",
    "balance/templates/balance/council*.html",
    "balance/templates/balance/vote.html",
    "balance/charts.py",
    "balance/public.py",
    "balance/public_views.py",
    "balance/templates/balance/public*.html",
    "balance/templates/balance/new.html",
    "balance/templates/balance/mine.html",
    "balance/templates/balance/comments.html",
    "balance/templates/balance/differs.html",
    "balance/templates/balance/dates.html",
    "balance/templates/balance/proposal_parts.html",
    "balance/templates/balance/what_if_parts.html",
    "claims/letters.py",
    "custody/letters.py",
    "custody/telling.py",
    "custody/public_views.py",
    "custody/words.py",
    "custody/templates/custody/custodians.html",
    "custody/templates/custody/key.html",
    "custody/templates/custody/production.html",
    "countries/*.py",
    "countries/templates/**/*",
    "disputes/*.py",
    "disputes/templates/**/*",
    "hotline/letters.py",
    "hotline/words.py",
    "hotline/officer_views.py",
    "hotline/templates/hotline/[!ciws]*.html",
    "hotline/templates/hotline/call*.html",
    "admissions/templates/admissions/public.html",
    "people/founding.py",
    "people/commands.py",
    "people/passkeys.py",
    "people/challenges.py",
    "people/templates/people/founding.html",
    "people/templates/people/invitation.html",
    "people/templates/people/closed.html",
    "people/templates/people/passkey_form.html",
    "accreditation/letters.py",
    "accreditation/public_views.py",
    "accreditation/commands.py",
    "accreditation/words.py",
    "accreditation/templates/accreditation/apply.html",
    "accreditation/templates/accreditation/applied.html",
    "accreditation/templates/accreditation/prove.html",
    "doors/filing/*.py",
    "doors/filing/templates/**/*",
    "following/letters.py",
    "following/views.py",
    "following/words.py",
    "following/templates/following/*.html",
    "officers/*.py",
    "officers/templates/**/*",
    "leaving/letters.py",
    "leaving/words.py",
    "leaving/templates/leaving/public.html",
    "front/**/*",
    "notifications/**/*",
    "record/**/*",
    "risk/**/*.py",
    "risk/templates/risk/*.html",
    "answers/**/*",
    "inquiries/letters.py",
    "inquiries/words.py",
    "authorities/words.py",
    "instruments/**/*",
    "language.py",
    "platforms/telegram/front_door.py",
    "outbox/letters.py",
    "outbox/rules.py",
    "web/*.py",
    "web/templatetags/*.py",
    "web/templates/*.html",
    "web/templates/web/base.html",
    "web/templates/web/public.html",
    "web/templates/web/error.html",
    "web/templates/web/parts/chart.html",
    "web/templates/web/parts/clock.html",
    "web/templates/web/parts/field.html",
)
FRAMES = ("web/public.html", "record/frame.html", "balance/council_base.html")  # what pages for everyone stand in
# parts that stand in pages for everyone as well as in the desk's
PARTS = {
    "bound_parts.html",
    "council_base.html",
    "comments.html",
    "dates.html",
    "differs.html",
    "passkey_form.html",
    "proposal_parts.html",
    "what_if_parts.html",
}
BOTH = {"risk"}  # rooms whose desk pages speak French, too
_NAMES = ("_", "lazy", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy")
_IN_CONTEXT = ("pgettext", "pgettext_lazy", "npgettext")
_ASKS = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3), "_": None}
# forms whose wording is a message: `label`, `title`, each option; of Annex I what is asked of an authority
FORMS = ("instruments/*/forms/*.json",)
ORDERS = ("reading/forms/tco-annex-1.json", "reading/forms/epoc-pr.json")


@cache
def used() -> tuple[tuple[str, str | None, str], ...]:
    """Where (path:line), the context, and the message (of a plural its singular)."""
    return tuple(_used())


def _used() -> Iterator[tuple[str, str | None, str]]:
    for path in sorted({path for glob in PUBLIC for path in HOUSE.glob(glob)}):
        if path.suffix in (".py", ".html") and not _of_the_desk(path):
            yield from _of(path)
    for path in sorted({path for glob in FORMS for path in HOUSE.glob(glob) if path.name.count(".") == 1}):
        form = json.loads(path.read_text("utf-8"))
        yield from ((path.name, None, said) for said in (form["title"], *_worded(form)))
    for name in ORDERS:
        fields = json.loads((HOUSE / name).read_text("utf-8"))["fields"]
        yield from ((name, None, field["label"]) for field in fields if field.get("required") is True)
        reasons = (option for field in fields if field["name"] == "categories" for option in field["options"])
        yield from ((name, None, option["label"]) for option in reasons)


def _of_the_desk(path: Path) -> bool:
    """Whether it is of the console: a module that is built from its parts, a page that stands in none for everyone."""
    if path.relative_to(HOUSE).parts[0] in BOTH:
        return False
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        return "from comity.console" in text
    shared = HOUSE / "web" in path.parents or path.name in PARTS
    return not shared and not any(f'extends "{frame}"' in text for frame in FRAMES)


def _worded(form) -> Iterator[str]:
    yield from (section["title"] for section in form["sections"] if section["title"] != f"Section {section['id']}")
    for field in form["fields"]:
        yield from (field["label"], *(option["label"] for option in field.get("options", ())))


def _of(path: Path) -> Iterator[tuple[str, str | None, str]]:
    text = path.read_text("utf-8")
    found = _in_module(text) if path.suffix == ".py" else _in_template(text, str(path))
    yield from ((f"{path.relative_to(HOUSE)}:{line}", context, said) for line, context, said in found)


def _in_template(text: str, origin: str) -> Iterator[tuple[int, str | None, str]]:
    source = BytesIO(templatize(text, origin=origin).encode())
    for line, said, _, context in extract("javascript", source, keywords=_ASKS):
        yield line, context, said if isinstance(said, str) else said[0]


def _in_module(text: str) -> Iterator[tuple[int, str | None, str]]:
    """By the syntax tree: a message may stand within an f-string."""
    for node in ast.walk(ast.parse(text)):
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        said = [one.value for one in node.args if isinstance(one, ast.Constant)] if name else []
        if name in _NAMES and said:
            yield node.lineno, None, said[0]
        elif name in _IN_CONTEXT:
            yield node.lineno, said[0], said[1]
