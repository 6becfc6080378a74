"""Leaving a country, and coming back: a plan as data, signed, carried out step by step, seen, and reversible."""
