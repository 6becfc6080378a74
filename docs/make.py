"""Writes the made parts of these pages anew, each from the table it tells of: `.venv/bin/python docs/make.py`.

A made part stands between `<!-- made: NAME -->` and `<!-- end -->`; tests/docs fails while one is stale.
"""

import argparse
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PART = re.compile(r"(<!-- made: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def leaves(node: argparse.ArgumentParser, says: str = "") -> Iterator[tuple[argparse.ArgumentParser, str]]:
    """Every command that can be run, with what it says of itself."""
    below = [action for action in node._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield node, says
    for action in below:
        told = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, child in action.choices.items():
            yield from leaves(child, told.get(name, ""))


def arguments(leaf: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a command takes, but for --help."""
    return [action for action in leaf._actions if action.dest != "help"]


def shown(action: argparse.Action) -> str:
    """An argument as it is typed."""
    name = action.metavar or (("{" + ",".join(action.choices) + "}") if action.choices else action.dest)
    if not action.option_strings:
        return str(name)
    return action.option_strings[0] + ("" if action.nargs == 0 else f" {name}")


def said(leaf: argparse.ArgumentParser, action: argparse.Action) -> str:
    """An argument's help, its default filled in."""
    return leaf._get_formatter()._expand_help(action) if action.help else ""


def commands() -> str:
    """`comity`'s commands, from its own parser."""
    from comity.cli import parser

    made = []
    for leaf, says in leaves(parser()):
        made += [f"### `{leaf.prog}`", "", f"{says[:1].upper()}{says[1:]}.", "", "| argument | |", "|---|---|"]
        made += [f"| `{shown(a)}`{' (needed)' if a.required else ''} | {said(leaf, a)} |" for a in arguments(leaf)]
        made.append("")
    return "\n".join(made)


def events() -> str:
    """Every kind of event, what it holds, and what follows it."""
    from comity.ledger.events import KINDS

    rows = [
        f"| `{kind.name}` | {kind.sentence} | {', '.join(kind.public) if kind.published else 'never published'} | "
        f"{', '.join(kind.inside)} | {', '.join(kind.sealed)} | "
        f"{_then(kind.name)} |"
        for kind in KINDS.values()
    ]
    return "\n".join(["| event | says | public | inside | sealed | then |", "|---|---|---|---|---|---|", *rows, ""])


def _then(kind: str) -> str:
    """The commands that follow a kind of event, each way that it goes."""
    from comity.road import ROAD

    ways = [(key.removeprefix(kind).strip(), steps) for key, steps in ROAD.items() if key.split(" ")[0] == kind]
    told = (f"{way and f'{way}: '}{', '.join(f'`{step}`' for step in steps)}" for way, steps in ways)
    return "; ".join(told)


def diagram() -> str:
    """The life of a case as a diagram (Mermaid), from its table."""
    from comity.cases.rules import CLOSED, LIFE, STATES

    acts: dict[tuple[str, str], list[str]] = {}
    for (before, act), after in LIFE.items():
        acts.setdefault((before, after), []).append(act)
    names = [f'    state "{state}" as {state.replace("-", "_")}' for state in STATES]
    ways = [f"    {a.replace('-', '_')} --> {b.replace('-', '_')}: {', '.join(by)}" for (a, b), by in acts.items()]
    ends = [f"    {state.replace('-', '_')} --> [*]" for state in sorted(CLOSED)]
    first = f"    [*] --> {STATES[0].replace('-', '_')}"
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, first, *ways, *ends, "```", ""])


def table() -> str:
    """The life of a case as a table: what each state allows, and where it leads."""
    from comity.cases.rules import LIFE, STATES

    rows = []
    for state in STATES:
        leads = [f"{act} → {after}" for (before, act), after in LIFE.items() if before == state]
        rows.append(f"| `{state}` | {', '.join(leads)} |")
    return "\n".join(["| in state | act → state after |", "|---|---|", *rows, ""])


def changes() -> str:
    """The life of a change of a regulation as a table."""
    from comity.adoption.rules import LIFE, STATES
    from comity.adoption.words import STATES as WORDS

    rows = []
    for state in STATES:
        leads = [f"{act} → {after}" for (before, act), after in LIFE.items() if before == state]
        rows.append(f"| `{state}` | {WORDS[state].word} | {', '.join(leads)} |")
    return "\n".join(["| in state | says | act → state after |", "|---|---|---|", *rows, ""])


def regulations() -> str:
    """Every version of every pack that ships."""
    from comity.regulations import packs

    found = sorted(packs.load().packs, key=lambda pack: (pack.id, pack.in_force_from, pack.version))
    rows = [
        f"| `{pack.id}` | {pack.version} | {pack.title['en']} | {pack.act} | {pack.in_force_from} | {pack.review} |"
        for pack in found
    ]
    head = ["| id | version | what it is | act | in force from | review by counsel |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *rows, ""])


def facts() -> str:
    """Every key of the facts schema, with its type and meaning."""
    from comity.regulations.facts import schema

    rows = [f"| `{name}` | {kind} | {meaning} |" for name, kind, meaning in keys(schema(), "")]
    return "\n".join(["| key | type | meaning |", "|---|---|---|", *rows, ""])


def keys(rule: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    """Every key below one part of the schema, depth first: its path, its type in words, its meaning."""
    for name, part in rule.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield path, type_words(part), meaning(part)
        is_list = "array" in part["type"]
        yield from keys(part["items"] if is_list else part, f"{path}[]." if is_list else f"{path}.")


def type_words(part: dict[str, Any]) -> str:
    """The type of a key in words: `text, or null`."""
    kinds = [part["type"]] if isinstance(part["type"], str) else [k for k in part["type"] if k != "null"]
    kind = part.get("format") or {"array": "list", "string": "text", "boolean": "true or false"}.get(kinds[0], kinds[0])
    if "enum" in part:
        kind = ", ".join(f"`{value}`" for value in part["enum"] if value)
    if "enum" in part.get("items", {}):
        kind = "list of " + ", ".join(f"`{value}`" for value in part["items"]["enum"])
    return kind + (", or null" if "null" in part["type"] else "")


def meaning(part: dict[str, Any]) -> str:
    """What the schema says of a key, and on which forms it stands."""
    where = f" ({', '.join(part['x-form'])})" if "x-form" in part else ""
    return str(part.get("description", "")).replace("|", "\\|").replace("\n", " ") + where


def floors() -> str:
    """The floors of the house, top to bottom, from the contract that `make check` holds."""
    layers = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0][
        "layers"
    ]
    return "\n".join(["```", *(re.sub(r" *[|:] *", " · ", layer) for layer in layers), "```", ""])


def fresh(page: str) -> str:
    """A page with its made parts written anew."""
    makers = {
        "commands": commands,
        "events": events,
        "diagram": diagram,
        "table": table,
        "facts": facts,
        "floors": floors,
        "regulations": regulations,
        "changes": changes,
    }
    return PART.sub(lambda part: part[1] + makers[part[2]]() + part[3], page)


def main() -> None:
    """Write every page whose made parts have changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    with tempfile.TemporaryDirectory() as data:  # the settings make their secrets where they are told to
        os.environ["COMITY_DATA"] = data
        import django

        django.setup()
        for path in (*HERE.glob("*.md"), HERE.parent / "CONTRIBUTING.md"):
            page = path.read_text()
            if (made := fresh(page)) != page:
                path.write_text(made)
                print(f"{path.name}: written")


if __name__ == "__main__":
    main()
