"""The page that opens a package in its reader's browser: in each package, and here beside it. Pure.

It is the custodians' and authorities' own (`comity_seal.viewer`), with its own policy: nothing of ours runs in it.
"""

import re
from functools import cache

from comity_seal import viewer

POLICY = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"]+)"')


def page() -> bytes:
    """The page."""
    return viewer.page()


@cache
def policy() -> str:
    """The content policy that it asks for: as a header, which a page can only make narrower."""
    found = POLICY.search(page())
    if found is None:
        raise ValueError("the page that opens has no policy")
    return f"{found[1].decode()}; frame-ancestors 'none'"
