"""The rule language: a subset of CEL with three-valued logic, described in `docs/regulations.md`."""

from .evaluate import Scope, Unknown, evaluate, is_known
from .parse import CelError, parse
from .tree import Node, Type

__all__ = ["CelError", "Node", "Scope", "Type", "Unknown", "evaluate", "is_known", "parse"]
