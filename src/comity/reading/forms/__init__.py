"""Forms as data: an annex itself (`*.json`), its labels (`*.labels.json`), how it is read (`*.reading.json`)."""
