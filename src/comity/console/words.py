"""How every page of the console refers to a person, and begins a sentence. Pure."""

from django.utils.translation import gettext as _


def begun(words: str) -> str:
    """Words as they begin a sentence; names in them keep their capitals."""
    return words[:1].upper() + words[1:]


def person(role: str, jurisdiction: str, key: str = "") -> str:
    """A member of the desk: by role, jurisdiction and key, never by name."""
    return (
        _("%(who)s, key %(key)s") % {"who": f"{role}, {jurisdiction}", "key": key} if key else f"{role}, {jurisdiction}"
    )
