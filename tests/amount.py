"""Whether larger numbers are wanted: what takes long stands in `make soak`."""

import os

SOAK = bool(os.environ.get("COMITY_SOAK"))
