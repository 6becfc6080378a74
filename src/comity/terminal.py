"""What a command prints, and the two ways it can fail. Every room's `cli.py` answers through this."""

import argparse
import json
import re
import sys
import unicodedata
from contextlib import suppress
from typing import Any, NoReturn


class No(Exception):
    """The answer is no: exit status 1. The text is one clear line."""


class Misuse(Exception):
    """The command was called wrongly: exit status 2. The text is one line that names the argument and the rule."""


class Parser(argparse.ArgumentParser):
    """Options only in full, and errors in one line: what was wrong, and where help is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **kwargs})

    def error(self, message: str) -> NoReturn:
        """Exit 2 with one line."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def harmless(text: str) -> str:
    """A text without what a terminal interprets: control characters except line ends and tabs, and bidirectional
    overrides."""
    return "".join(
        c if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in "\u202d\u202e") else "�" for c in text
    )


def _as_json(result: Any) -> str:
    """One line of JSON with control characters escaped, including those from U+007F on, which JSON itself lets
    through."""
    made = json.dumps(result, ensure_ascii=False, default=str)
    return re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", made)


def tell(args: argparse.Namespace, result: Any, text: str) -> None:
    """The result on stdout: as one line of JSON with `--json`, else the text for people."""
    print(_as_json(result) if args.json else harmless(text), flush=True)


def say(text: str) -> None:
    """A progress line for people, on stderr: stdout is for results. One that can't be written, as on a full disk, is
    lost: it ends no gateway."""
    with suppress(OSError):
        print(harmless(text), file=sys.stderr, flush=True)
