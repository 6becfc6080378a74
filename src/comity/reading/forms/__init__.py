"""Forms as data: fields and wording of an annex (`*.json`), and how each language labels them (`*.labels.json`)."""
