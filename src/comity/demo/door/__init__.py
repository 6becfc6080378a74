"""The web door in the demo: what is done in its story."""
