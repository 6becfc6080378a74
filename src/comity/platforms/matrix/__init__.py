"""A Matrix homeserver (Synapse), unmodified: withheld in a country by the edge in front of it, else by its own API."""
