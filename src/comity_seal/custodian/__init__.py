"""A custodian's own program: it shows what is asked for, checks it by itself, and gives shares or refuses."""
