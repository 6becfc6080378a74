"""`python -m comity_verify`: see `cli.py`."""

from .cli import main

main()
