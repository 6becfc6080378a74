"""A gateway made ready once for the tests of a process: what `prepare.sync` wrote is put back instead of made anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from comity import clock, operator, prepare
from comity.authorities.models import Authority
from comity.ledger.models import Event
from comity.operator import Operator
from comity.people import demo_keys
from comity.people.models import Person
from comity.record.models import Waiting
from comity.vault.commands import keys
from comity.vault.keys import KeyGone
from comity.vault.models import Blob

Rows = dict[type[models.Model], list[models.Model]]


@dataclass(frozen=True)
class Made:
    """What was written on empty tables, for whom and when, and the keys under which its texts are sealed; for a data
    directory of a test's own, its files too."""

    operator: Operator
    at: datetime
    rows: Rows
    opens: dict[str, bytes]
    files: dict[Path, bytes]

    def opened(self) -> bool:
        """Whether its texts can be read still: a test that lets the years pass has the vault destroy a month's key,
        and what was put back then would be a charter that nobody can read, in a record that does not verify."""
        try:
            return all(keys().open(month) == key for month, key in self.opens.items())
        except KeyGone:
            return False

    def fits(self) -> bool:
        """Whether the same would be written now: for this operator, later, where nothing is and the keys are there."""
        return (
            self.at <= clock.now()
            and all(demo_keys.path(person).exists() for person in self.rows[Person])
            and not any(model.objects.exists() for model in (Person, Authority, Event))
        )

    def lend(self) -> None:
        """Put the files into the data directory, where it doesn't have them."""
        for name, content in self.files.items():
            path = settings.COMITY.data / name
            if not path.exists():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.touch(mode=0o600)
                path.write_bytes(content)


_made: list[Made] = []


def ready() -> None:
    """The register of authorities, and the demo's people with their keys; a directory of a test's own gets copies."""
    own = settings.COMITY.data != operator.data_directory()
    whose = replace(settings.COMITY, data=Path()) if own else settings.COMITY
    _made[:] = [made for made in _made if made.operator != whose or own or made.opened()]
    made = next((made for made in _made if made.operator == whose), None)
    if made is None:
        _remember(whose, own=own)
        return
    made.lend()
    if not made.fits():
        prepare.sync()
        return
    with transaction.atomic():
        for model, rows in made.rows.items():
            model._default_manager.bulk_create(rows)


def _remember(whose: Operator, *, own: bool) -> None:
    before = _counts()
    prepare.sync()
    grown = [model for model, count in _counts().items() if count != before[model]]
    if not any(before[model] for model in grown):
        rows = {model: list(model._default_manager.all()) for model in grown}
        opens = {month: keys().open(month) for month in Blob.objects.values_list("month", flat=True).distinct()}
        _made.append(Made(whose, clock.now(), rows, opens, _files(settings.COMITY.data) if own else {}))


def _files(data: Path) -> dict[Path, bytes]:
    return {path.relative_to(data): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def _counts() -> dict[type[models.Model], int]:
    # what waits for a number in the record is queued by the database itself, when its event is put back
    ours = [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and model is not Waiting
    ]
    return {model: model._default_manager.count() for model in ours}
