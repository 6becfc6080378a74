"""What a page collects while it is rendered: widths for its one style block, and the glyphs it uses."""

import re
import secrets
from dataclasses import dataclass, field

_PROPERTY = re.compile(r"[a-z]{1,12}")


@dataclass(slots=True)
class Look:
    """One page's collection. `nonce` identifies the only style block that this answer's content policy allows."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    rules: dict[str, str] = field(default_factory=dict)
    glyphs: set[str] = field(default_factory=set)

    def width(self, name: str, percent: float) -> str:
        """A class that sets the custom property `--name` to a percentage (clamped to 0 to 100).

        Raises ValueError for a name that isn't a plain word: style rules are never built from untrusted text.
        """
        if not _PROPERTY.fullmatch(name):
            raise ValueError(f"no custom property: {name!r}")
        value = f"{min(100.0, max(0.0, float(percent))):.2f}".rstrip("0").rstrip(".")
        css = f"{name}-{value.replace('.', '-')}"
        self.rules[css] = f".{css}{{--{name}:{value}%}}"
        return css

    @property
    def css(self) -> str:
        """The collected rules."""
        return "".join(self.rules.values())
