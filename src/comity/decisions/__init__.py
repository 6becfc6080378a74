"""Decisions: one machine to propose, sign, send back, void and expire, for any subject."""
