"""`comity read FILE [--context DIR]`: what a mail or a document says, read as at the door. Nothing is stored."""

import argparse
import json
import tomllib
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from comity.terminal import Misuse, No, tell

MOST = 64 * 1024 * 1024
HEADS = (b"return-path:", b"received:", b"from:", b"to:", b"date:", b"subject:", b"message-id:", b"mime-version:")


def add(commands: Any) -> None:
    """Add read to the command line."""
    read = commands.add_parser("read", help="what a mail, PDF or DOCX says, and where it says it; nothing is stored")
    read.add_argument("file", metavar="FILE", type=Path, help="a mail as it came (.eml), or a document")
    read.add_argument(
        "--context",
        metavar="DIR",
        type=Path,
        help="who we are and whom we know: platform.json and authorities.json, or comity.toml; resolver.json",
    )
    read.add_argument("--dns", action="store_true", help="ask the network for keys of signatures")
    read.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read one file, print what it says. Raises Misuse for a file or context that can't be had, No for one that can't
    be read."""
    from comity.reading import child, report

    raw, mailed = taken(args.file)
    context = Context(args.context)
    try:
        reading = child.read(raw, {**context.reading, "dns": args.dns})
    except child.ReadingFailed as failure:
        raise No(f"{args.file}: {failure.reason}: a person reads it") from failure
    sender = context.sender(reading) if mailed else None
    told = report.of(reading, sender, mailed=mailed)
    tell(args, told, as_text(told))
    return 0


def taken(path: Path) -> tuple[bytes, bool]:
    """(the bytes of a mail, whether it was one): a document is put into a mail that says nothing."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise Misuse(f"FILE: {path}: {error.strerror}") from error
    if len(data) > MOST:
        raise No(f"{path} is larger than {MOST // 1024 // 1024} MB, which no mail may be")
    head = data[:4_000].lstrip(b"\r\n").lower()
    if path.suffix.lower() in {".eml", ".msg822", ".mbox"} or head.startswith(HEADS):
        return data, True
    around = EmailMessage()
    around.add_attachment(data, maintype="application", subtype="octet-stream", filename=path.name)
    return around.as_bytes(), False


class Context:
    """Who we are and whom we know, as files say it. Raises Misuse where one of them can't be used."""

    def __init__(self, folder: Path | None) -> None:
        self.given = folder is not None
        platform = self.table(folder, "platform.json", {})
        toml = self.table(folder, "comity.toml", {})
        ours = toml.get("operator", {})
        self.server = str(platform.get("mail_server") or ours.get("mail_server") or "")
        self.authorities = list(self.table(folder, "authorities.json", [])) + list(toml.get("authority", []))
        provider = platform.get("provider") or toml.get("provider") or {}
        contact = platform.get("contact_point")
        self.reading = {
            "records": self.table(folder, "resolver.json", {}),
            "zone": provider.get("zone"),
            "contact_points": [contact] if contact else list(ours.get("mailboxes", [])),
            "mail_server": self.server,
            "roots": (folder / "roots.pem").read_text("ascii", "replace") if folder and self.rooted(folder) else "",
        }

    @staticmethod
    def rooted(folder: Path | None) -> bool:
        """Whether a context says whose signatures it trusts."""
        return folder is not None and (folder / "roots.pem").is_file()

    @staticmethod
    def table(folder: Path | None, name: str, nothing: Any) -> Any:
        """One file of the context, as it stands; `nothing` where there is none."""
        path = folder / name if folder else None
        if folder and not folder.is_dir():
            raise Misuse(f"--context: {folder} is no directory")
        if path is None or not path.is_file():
            return nothing
        try:
            text = path.read_text("utf-8")
            made: Any = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
        except (OSError, ValueError) as error:
            raise Misuse(f"--context: {path}: {error}") from error
        if not isinstance(made, type(nothing)):
            raise Misuse(f"--context: {path}: must be {'a list' if nothing == [] else 'a table'}")
        return made

    def sender(self, reading: Mapping[str, Any]) -> Any:
        """How its sender is verified, against the authorities of the context; None without one."""
        from comity.authorities import evidence, rules

        if not self.given:
            return None
        register = [
            rules.Registered(
                str(one.get("id") or ""),
                str(one.get("name") or ""),
                str(one.get("country") or ""),
                tuple(map(str, one.get("domains") or ())),
                one.get("accredited") is not False,
            )
            for one in self.authorities
            if isinstance(one, dict)
        ]
        return rules.grade(evidence.of(reading, others=bool(reading["others"])), register)


def as_text(told: Mapping[str, Any]) -> str:
    """For people: one fact a line, with where it stands."""
    lines = [f"instrument  {told['instrument'] or 'none that we know'}"]
    each = told["orders"] or [told["facts"]]
    for number, facts in enumerate(each, start=1):
        lines += [f"order {number}"] if len(each) > 1 else []
        where = told.get("provenance_of_orders", [told["provenance"]] * len(each))[number - 1]
        lines += [
            f"  {key} = {json.dumps(value, ensure_ascii=False)}  [{at(where, key)}]" for key, value in flat(facts)
        ]
    lines += [f"unknown  {', '.join(told['unknown'])}"] if told["unknown"] else []
    lines += [f"flags  {', '.join(told['flags'])}"] if told["flags"] else []
    if told.get("sender"):
        lines += [f"sender  {told['sender']['grade']}", *(f"  {one}" for one in told["sender"]["reasons"])]
    for one in told.get("suggestions", []):
        lines.append(f"to type by, never a fact  part {one['part']}, page {one['page']}: {one['text'][:200]}")
    return "\n".join(lines)


def flat(facts: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Facts by their dotted keys, those of the form one by one."""
    out: list[tuple[str, Any]] = []
    for key, value in facts.items():
        if key in {"form", "authority"} and isinstance(value, dict):
            out += flat(value, f"{key}.")
        else:
            out.append((f"{before}{key}", value))
    return out


def at(places: Mapping[str, Any], key: str) -> str:
    """Where a fact stands, in words."""
    found = places.get(key) or next((place for name, place in places.items() if name.startswith(f"{key}.")), None)
    return f"part {found['part']}, {found['where']}" if found else "?"
