"""What a Reading shows of its sender, as `rules.grade` asks for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.authorities import rules


def of(reading: Mapping[str, Any], *, others: bool = False) -> rules.Evidence:
    """What a reading shows of its sender; `others`: its order stands in words of others than its sender."""
    envelope = reading["envelope"]
    sender = envelope.get("from") or {}
    order = (reading.get("orders") or [{}])[0].get("facts", {})
    said = order.get("authority", {})
    return rules.Evidence(
        sender=str(sender.get("address") or ""),
        signatures=tuple(
            rules.Signed(str(s["domain"]), s["valid"] is True, str(s.get("why") or ""), tuple(s.get("covers") or ()))
            for s in reading.get("signatures") or []
        ),
        reply_to=tuple(str(a["address"]) for a in envelope.get("reply_to") or []),
        display_name=str(sender.get("name") or ""),
        several_senders="several-senders" in (reading.get("flags") or []),
        claims=str(said.get("name") or ""),
        state=str(said.get("country") or ""),
        others=others,
        door=str(reading.get("door") or ""),
        found=tuple(rules.Found(**one) for one in reading.get("found") or []),
    )
