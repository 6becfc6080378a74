"""Drills: what would come in an emergency, made by the seeded world and sent through the real door, in realm drill."""
