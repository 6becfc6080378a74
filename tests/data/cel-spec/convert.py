"""CEL's conformance cases (textproto) → one compact JSON file, without protobuf.

    python tests/data/cel-spec/convert.py CLONE tests/simple/testdata/logic.textproto …

`CLONE` is a clone of github.com/google/cel-spec; its commit is written into the result, beside this file.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOKEN = re.compile(
    r"""\s+|\#[^\n]*
      |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      |(?P<type>\[[A-Za-z0-9_./]+\])
      |(?P<word>-?[A-Za-z0-9_.+-]+)
      |(?P<mark>[{}<>:\[\],;])""",
    re.VERBOSE,
)
KEPT = ("section", "name", "expr", "disable_check", "check_only", "disable_macros", "value", "eval_error", "container")
PLAIN = dict(zip("abfnrtv\\'\"?", "\a\b\f\n\r\t\v\\'\"?", strict=True))


def tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise SystemExit(f"no textproto: {text[at : at + 60]!r}")
        at = match.end()
        if match.lastgroup:
            yield match.lastgroup, match.group()


def unquoted(word: str) -> str:
    """A text without quotes; escapes of bytes are UTF-8."""
    out = bytearray()
    for part in re.finditer(
        r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|([^\\]+)", word[1:-1], re.DOTALL
    ):
        code, plain = part.groups()
        if plain is not None:
            out += plain.encode()
        elif code[0] in "01234567":
            out.append(int(code, 8))
        elif code[0] == "x":
            out.append(int(code[1:], 16))
        else:
            out += (chr(int(code[1:], 16)) if code[0] in "uU" and len(code) > 1 else PLAIN[code]).encode()
    return out.decode("utf-8", "replace")


class Reader:
    def __init__(self, text: str) -> None:
        self.words = [*tokens(text), ("end", "")]
        self.at = 0

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.words[self.at - 1]

    def message(self, end: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        while self.words[self.at][1] != end:
            _, name = self.take()
            if self.words[self.at][1] == ":":
                self.take()
            found.setdefault(name, []).extend(self.values())
            while self.words[self.at][1] in (",", ";"):
                self.take()
        self.take()
        return found

    def values(self) -> list[Any]:
        if self.words[self.at][1] != "[":
            return [self.value()]
        self.take()
        found = []
        while self.words[self.at][1] != "]":
            found.append(self.value())
            if self.words[self.at][1] == ",":
                self.take()
        self.take()
        return found

    def value(self) -> Any:
        kind, word = self.take()
        if word in ("{", "<"):
            return self.message("}" if word == "{" else ">")
        if kind != "text":
            return word
        text = unquoted(word)
        while self.words[self.at][0] == "text":
            text += unquoted(self.take()[1])
        return text


def case(section: str, test: dict[str, list[Any]]) -> dict[str, Any]:
    found = {"section": section} | {key: test[key][0] for key in KEPT if key in test}
    if "eval_error" in found:
        found["eval_error"] = True
    found["names"] = {
        entry["key"][0]: entry["value"][0]["value"][0]
        for entry in test.get("bindings", [])
        if "value" in entry["value"][0]
    }
    found["types"] = test.get("type_env", [])
    return {key: value for key, value in found.items() if value not in ({}, [])}


def main(clone: str, *files: str) -> None:
    commit = subprocess.run(["git", "-C", clone, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    cases: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        shown = subprocess.run(["git", "-C", clone, "show", f"HEAD:{file}"], capture_output=True, text=True, check=True)
        sections = Reader(shown.stdout).message("").get("section", [])
        cases[Path(file).stem] = [case(s["name"][0], test) for s in sections for test in s.get("test", [])]
    lines = [
        f" {json.dumps(name)}: [\n  " + ",\n  ".join(map(_compact, found)) + "\n ]" for name, found in cases.items()
    ]
    text = (
        f'{{"source": "github.com/google/cel-spec", "commit": "{commit.stdout.strip()}", "files": {{\n'
        + ",\n".join(lines)
        + "\n}}\n"
    )
    Path(__file__).with_name("conformance.json").write_text(text, "utf-8")


def _compact(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=True, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])
