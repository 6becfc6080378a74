"""What our own mail server found of a mail (Authentication-Results, RFC 8601): SPF, DKIM and DMARC as it says them.

Pure. Only a line of our own server counts, by its name, and only where one stands alone: anybody can write such a line
into a mail, and a server takes out those that carry its name (section 5). What it found says by which servers a mail
came, so it is a reason to believe or to doubt, and never a grade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

METHODS = ("spf", "dkim", "dmarc", "arc")
MOST = 20
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(
    r"^\s*(?P<method>[a-z]+)(?:/\d+)?\s*=\s*(?P<result>[a-z]+)\b(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
ABOUT = re.compile(r"\b(?:header\.(?:from|d|i)|smtp\.(?:mailfrom|helo))\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)


def of(lines: Iterable[str], server: str) -> list[dict[str, str]]:
    """`{"method", "result", "domain"}` of each check that our server tells of; `lines` are the fields' values. Empty
    where it tells nothing, or where two lines carry its name."""
    ours = [line for line in lines if server and host_of(line) == server.casefold()]
    if len(ours) != 1:
        return []
    plain = COMMENT.sub(" ", " ".join(ours[0].split()))
    out = []
    for part in plain.split(";")[1 : MOST + 1]:
        found = RESULT.match(part)
        if found and found["method"].lower() in METHODS:
            about = ABOUT.search(found["rest"])
            domain = about[1].rpartition("@")[2].strip(".<>").lower() if about else ""
            out.append({"method": found["method"].lower(), "result": found["result"].lower(), "domain": domain})
    return out


def host_of(line: str) -> str:
    """The name of the server that wrote a line: what stands before the first semicolon, without a version."""
    first = COMMENT.sub(" ", line).partition(";")[0].split()
    return first[0].casefold() if first else ""
