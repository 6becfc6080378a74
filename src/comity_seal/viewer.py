"""The page that opens a package offline: one file with its scripts inside, which nothing but they can run in."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent / "browser"
SCRIPTS = ("kept.js", "opening.js", "viewer.js")


def source(name: str) -> str:
    """One of the browser's files, as it is."""
    return (HERE / name).read_text("utf-8")


def _allowed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def page() -> bytes:
    """The page. Its policy lets run what is in it, by hash, and load nothing."""
    style = (HERE.parent / "look.css").read_text("utf-8") + source("viewer.css")
    scripts = {name: source(name) for name in SCRIPTS}
    if any("</script" in script for script in scripts.values()):
        raise ValueError("a script that would end its element early")
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_allowed, scripts.values()))}; style-src {_allowed(style)}; "
        "img-src blob:; form-action 'none'; base-uri 'none'"
    )
    inside = {"policy": policy, "style": style, **{name.removesuffix(".js"): text for name, text in scripts.items()}}
    return re.sub(f"[{{]({'|'.join(inside)})[}}]", lambda found: inside[found[1]], source("viewer.html")).encode()
