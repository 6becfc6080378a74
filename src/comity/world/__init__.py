"""The seeded maker of a year that looks real: for the demo, drills and benches. Pure."""
