"""Disclosure in the demo: five custodians with keys of their own, an authority that reads, and a raid."""
