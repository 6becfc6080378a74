"""What people in a country that is left are told: words by language. Pure."""

import re
from collections.abc import Mapping

from comity.platforms.port import PlatformRefused

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
LONGEST, MOST = 20_000, 40  # characters in a language, and languages
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def verified(notice: Mapping[str, str], *, needed: bool) -> dict[str, str]:
    """A notice as it is shown. Raises PlatformRefused "bad-field" for one that tells nobody anything."""
    if needed and not notice:
        raise _bad("must be there: whoever finds it shut is told why")
    if len(notice) > MOST:
        raise _bad(f"must be in at most {MOST} languages")
    for language, words in notice.items():
        if not LANGUAGE.fullmatch(language):
            raise _bad(f"{str(language)[:20]!r} is no language tag")
        if not isinstance(words, str) or not words.strip() or len(words) > LONGEST or CONTROL.search(words):
            raise _bad(f"{language}: must be a text of 1 to {LONGEST} characters")
    return dict(notice)


def _bad(why: str) -> PlatformRefused:
    return PlatformRefused("bad-field", f"notice: {why}.")
