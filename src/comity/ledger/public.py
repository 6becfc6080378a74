"""What may stand in the public part of an event: codes, numbers, countries, days, hashes, numbers of things.

Checked when it is written, so that no sentence, name or address of anybody is ever in a part that may be published. The
forms are narrow: a code is in lower case and without blanks, so a person's name as people write it is none; nor is the
address of a page.
"""

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 120  # of a text
MOST = 300  # members of a list or an object
DEEPEST = 3
LARGEST = 2**53  # beyond it, readers in other languages round

_FORMS = re.compile(
    r"""
      [a-z0-9][a-z0-9._:/+-]*                                # a code, a version, a hash, the name of a command
    | [A-Z]{2,5}                                              # a country, or a place of several
    | [A-Z]-[0-9A-Z]{2,10}                                    # the number of a thing of ours
    | [0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?  # a day, an instant
    """,
    re.X | re.A,
)


class Personal(ValueError):
    """A value that has no place in a public part; the text names the key and the rule, never the value."""


def verify(where: str, value: Any, depth: int = 0) -> None:
    """Check one value of a public part. Raises Personal."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int | float):
        if abs(value) >= LARGEST:
            raise Personal(f"{where}: a number below 2^53 is asked for")
    elif isinstance(value, str):
        if value and (len(value) > LONGEST or "://" in value or not _FORMS.fullmatch(value)):
            raise Personal(f"{where}: a code, a number, a country, a day or a hash is asked for")
    elif isinstance(value, list | tuple | Mapping):
        _verify_all(where, value, depth)
    else:
        raise Personal(f"{where}: a {type(value).__name__} can't be published")


def _verify_all(where: str, value: Any, depth: int) -> None:
    if depth >= DEEPEST or len(value) > MOST:
        raise Personal(f"{where}: too deep or too long for a public part")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            verify(where, str(key), depth + 1)
            verify(f"{where}.{key}", inner, depth + 1)
    else:
        for inner in value:
            verify(where, inner, depth + 1)
