"""Who is let in to decide, guard or vote: by two who decide and one who guards, after a day in the record."""
