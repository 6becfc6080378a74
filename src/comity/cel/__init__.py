"""The language of the rules: a subset of CEL, three-valued. `docs/regulations.md` describes it."""

from .evaluate import Scope, Unknown, evaluate, is_known
from .parse import CelError, parse
from .tree import Node, Type

__all__ = ["CelError", "Node", "Scope", "Type", "Unknown", "evaluate", "is_known", "parse"]
