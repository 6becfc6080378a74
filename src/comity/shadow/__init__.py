"""Platforms at the desk, and what would have been done on those in shadow, beside what people did."""
