"""Doors: the ways in which a request reaches the gateway."""
