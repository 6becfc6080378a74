"""Public chats as anyone on the web sees them: a page for each, and one for each message."""

from html import escape

from .store import Doc

LOOK = """body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
body{background:#eef2f6;color:#122}
article{background:#fff;border-radius:12px;padding:.6rem .9rem;margin:.6rem 0}
small{color:#567}b{color:#1769aa}
@media (prefers-color-scheme:dark){body{background:#10161d;color:#dde6ee}article{background:#1b2530}small{color:#9ab}
b{color:#7cc4ff}}"""


def page(title: str, body: str) -> bytes:
    """A whole page."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{LOOK}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    ).encode()


def _article(message: Doc) -> str:
    by = message.get("from", {}).get("first_name") or message.get("sender_chat", {}).get("title") or "Somebody"
    text = escape(str(message.get("text") or message.get("caption") or ""))
    return f'<article id="{message["message_id"]}"><b>{escape(by)}</b><p>{text}</p></article>'


def chat(seen: Doc) -> bytes:
    """A chat."""
    shut = "" if seen["everybody_writes"] else "<p><small>Only administrators write here now.</small></p>"
    body = "".join(map(_article, seen["messages"][-50:])) or "<p>Nothing here yet.</p>"
    return page(seen["chat"].get("title", "Chat"), shut + body)


def message(seen: Doc, number: int) -> bytes | None:
    """One message; None where there is none."""
    found = next((m for m in seen["messages"] if m["message_id"] == number), None)
    return page(seen["chat"].get("title", "Chat"), _article(found)) if found else None


NOTHING = page("Nothing here", "<p>There is no such chat or message.</p>")
