"""What a platform may offer beyond the port: which accounts a name may mean. A name is no address: several people have
one, and none is acted on by it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Account:
    """One account that a name may mean. `country` (ISO 3166-1) None: not known."""

    url: str
    name: str
    country: str | None


@runtime_checkable
class Naming(Protocol):
    """A platform that can say whose account is called so."""

    def accounts(self, name: str) -> Sequence[Account] | None:
        """The accounts whose handle or shown name is this one, as `plain` compares them; at most `MOST`. None: it can't
        say, of any name. Changes nothing, notifies nobody. Raises `PlatformDown`, `PlatformRefused`."""
        ...


MOST = 20


def plain(name: str) -> str:
    """A name as it is compared: without its `@`, in one case and one form."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split()).removeprefix("@")
