"""Custody: what an order names is sealed by its platform, and opened by several custodians for one reader."""
