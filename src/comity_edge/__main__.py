"""`python -m comity_edge`."""

import sys

from .cli import main

sys.exit(main())
