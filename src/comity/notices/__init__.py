"""What platforms tell us: reports of their users, which people look at; deletions and edits, which are counted."""
