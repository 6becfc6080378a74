"""`comity serve`: the gateway's processes and its database, supervised."""
