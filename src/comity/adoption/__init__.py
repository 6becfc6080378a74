"""Adoption: how people change a regulation, from a draft to its end."""
