"""What the acts say, independently of the packs: `law.yaml`."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def law() -> dict[str, Any]:
    """Periods and lengths by pack and id, what forbids what, and which measures act."""
    loaded: dict[str, Any] = yaml.safe_load(resources.files(__package__).joinpath("law.yaml").read_text("utf-8"))
    return loaded
