"""`python -m comity_seal`."""

from .cli import main

main()
