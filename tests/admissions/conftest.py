"""A realm of one's own for each test, as for the tests of people."""

from people.conftest import _gateway, join

__all__ = ["_gateway", "join"]
