"""A tiny forum in memory, as it was before anybody thought of Comity, but for `hidden`: posts, and their pages."""

import html
import os
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

HOME = os.environ.get("FORUM_HOME", "http://127.0.0.1:8090")
NOW = datetime.now(UTC).isoformat(timespec="seconds")
POSTS = {f"/t/{n}": {"author": "ada", "country": "DE", "text": f"Post number {n}.", "at": NOW} for n in range(1, 9)}
AUTHORS = {"/u/ada": {"name": "Ada", "country": "DE"}, "/u/grace": {"name": "Grace", "country": "FR"}}
EVENTS = [{"id": "forum_1", "type": "report.created", "timestamp": NOW, "data": {"url": f"{HOME}/t/3"}}]
DONE = {}  # key → what it did, and whether it was lifted; a real forum keeps this in its database, before it answers
app = FastAPI(openapi_url=None)


def holds(ref):
    return {key: did for key, did in DONE.items() if did["ref"] == ref and did["countries"] and not did["lifted"]}


def hidden(ref, country):
    return any({country, "WORLD"} & set(did["countries"]) for did in holds(ref).values())


@app.get("/t/{n}", response_class=HTMLResponse)
def page(n: str, country: str = "CH"):
    ref = f"/t/{n}"
    if ref not in POSTS:
        return HTMLResponse("<p>Nothing is here.</p>", 404)
    if hidden(ref, country):
        return "<p>Nothing is here.</p>"
    return f'<article data-shown="{ref}">{html.escape(POSTS[ref]["text"])}</article>'


@app.get("/u/{handle}", response_class=HTMLResponse)
def author(handle: str):
    known = AUTHORS.get(f"/u/{handle}")
    return f"<h1>{html.escape(known['name'])}</h1>" if known else HTMLResponse("<p>Nobody is here.</p>", 404)
