"""The register of authorities on pages: who applies, what is checked, who accepts, for how long, and what suspends."""
