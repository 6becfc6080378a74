"""Alerts: what the desk must see, raised, joined and settled in one place."""
