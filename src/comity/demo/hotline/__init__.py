"""The hotline in the demo: what is done in its story, and `comity demo hotline`."""
