"""How the gateway's observer says from which country it looks: marked with the edge's token, for a minute. Pure."""

import hashlib
import hmac

SECONDS = 60
DIGITS = 13  # of an instant; Python refuses to read a number of thousands of them


def look_mark(token: str, country: str, until: int) -> str:
    """The mark of a country until an instant (seconds since 1970, UTC)."""
    return hmac.new(token.encode(), f"look;{country};{until}".encode(), hashlib.sha256).hexdigest()


def header(token: str, country: str, now: float) -> str:
    """What the observer sends as `X-Comity-Look`."""
    until = int(now) + SECONDS - 10
    return f"{country};{until};{look_mark(token, country, until)}"


def said_by(token: str, given: str, now: float) -> str:
    """The country that a header says; empty if it isn't ours, or no longer good."""
    country, _, rest = given.partition(";")
    until, _, mark = rest.partition(";")
    if not (len(until) < DIGITS and until.isascii() and until.isdigit() and mark.isascii()):
        return ""
    if not 0 <= int(until) - now <= SECONDS:
        return ""
    return country if hmac.compare_digest(mark, look_mark(token, country, int(until))) else ""
