"""The vault: bytes under keys with an end date."""
