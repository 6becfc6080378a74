"""Addresses of the sandbox in one spelling. An address is only ever compared: calls go to the configured base URL."""

import re

from comity import addresses

# A message, its picture, a channel or conversation, an account.
THING = re.compile(r"/[cp]/[a-z0-9-]{1,60}(?:/[1-9][0-9]{0,8}(?:/picture)?)?|/u/[a-z0-9-]{1,60}")


def owns(base: str, url: str) -> bool:
    """Whether an address is on the platform whose base URL is given."""
    parts, ours = addresses.split(url), addresses.split(base)
    return parts is not None and ours is not None and addresses.place(parts) == addresses.place(ours)


def ref(base: str, url: str) -> str | None:
    """The platform's own name for what is at an address: its path, without query (`?from=`) and fragment.

    None if the address is another platform's, or doesn't have the form of a thing's address.
    """
    parts = addresses.split(url)
    if parts is None or not owns(base, url):
        return None
    path = addresses.path(parts.path)
    return path if THING.fullmatch(path) else None
