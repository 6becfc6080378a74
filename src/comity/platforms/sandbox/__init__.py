"""The sandbox platform, reached only over HTTP."""

from comity.platforms.sandbox.connector import Sandbox
from comity.platforms.sandbox.world import World

__all__ = ["Sandbox", "World"]
