"""The register of authorities, and how the sender of a mail is verified."""
