"""The balance of privacy and security: measured, discussed, and changed by many hands."""
