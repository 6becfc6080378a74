"""The pages people see. What a viewer may not see is not on the page: not hidden, not hinted at, not there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from sqlite3 import Row
from urllib.parse import quote

from comity_sandbox import things
from comity_sandbox.store import Store
from comity_sandbox.things import Message

PLACES = {
    "FR": "France",
    "BE": "Belgium",
    "DE": "Germany",
    "EE": "Estonia",
    "CH": "Switzerland",
    "BR": "Brazil",
    "US": "United States",
    "XV": "Veltria",
}
ELSEWHERE = "CH"
ABSENT = "This message can’t be shown."
LAMP = (
    '<svg viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M9 2h6v2h-2v2h3l2 4v8l-2 4H8l-2-4v-8l2-4h3V4H9zm0 9v6h6v-6z"/></svg>'
)
LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")


def text(value: str) -> str:
    """Text for an element. Quotes stay as they are: only markup needs escaping there."""
    return escape(value, quote=False)


def linked(value: str) -> str:
    """Text in which web addresses can be followed."""
    out, at = [], 0
    for match in LINK.finditer(value):
        url = match[0].rstrip(".,;:!?)")
        out += [text(value[at : match.start()]), f'<a href="{escape(url)}" rel="noreferrer">{text(url)}</a>']
        at = match.start() + len(url)
    return "".join([*out, text(value[at:])])


def when(at: str) -> str:
    return f'<time datetime="{escape(at)}">{escape(at[:10])}, {escape(at[11:16])} UTC</time>'


@dataclass
class Foot:
    """What stands under every page: the address of whoever runs this platform, if one was given at the start."""

    home: str = ""

    def __str__(self) -> str:
        back = f' <a href="{text(self.home)}">Back to the demo</a>' if self.home else ""
        return f"<p>A small platform to try things on. Everyone here is invented.{back}</p>"


FOOT = Foot()


def page(title: str, body: str) -> str:
    """A whole page."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{text(title)} · Lantern</title><link rel="stylesheet" href="/look.css"></head><body>'
        '<a class="skip" href="#main">Skip to the content</a>'
        f'<header class="top"><a href="/">{LAMP}Lantern</a></header><main id="main">{body}</main>'
        f'<footer class="foot">{FOOT}</footer>'
        "</body></html>"
    )


def nothing() -> str:
    """There is nothing here, or nothing for you: both look alike."""
    return page(
        "Nothing here", "<h1>There is nothing here</h1><p>The address may be mistyped, or it isn’t yours to see.</p>"
    )


def sorry(title: str, says: str) -> str:
    return page(title, f"<h1>{text(title)}</h1><p>{text(says)}</p>")


def looking(path: str, country: str) -> str:
    """The switch: from where is one looking."""
    places = list(PLACES) if country in PLACES else [*PLACES, country]
    items = "".join(
        f'<li><a href="{escape(path)}?from={c}"{" aria-current=true" if c == country else ""}'
        f' title="{PLACES.get(c, c)}" aria-label="{PLACES.get(c, c)}, {c}">{c}</a></li>'
        for c in places
    )
    where = PLACES.get(country, country)
    return (
        '<nav class="from" aria-label="From where you look">'
        f"<p>You are looking from: <strong>{where}</strong></p><ul>{items}</ul></nav>"
    )


def _byline(message: Message, country: str) -> str:
    who = message.author
    place = f"{PLACES.get(who.country, who.country)} · " if who.country else ""
    link = f'<a href="/u/{who.id}?from={country}"><bdi>{text(who.name)}</bdi></a>'
    return (
        f'<p class="who"><strong>{link}</strong><span class="soft">{text(place)} {when(message.posted_at)}</span></p>'
    )


def _picture(message: Message, country: str) -> str:
    source = f"{message.ref}/picture?from={country}"
    return f'<img src="{source}" alt="Picture posted with this message" width="320" height="200">'


def _earlier(message: Message) -> str:
    versions = message.versions[:-1]
    if not versions:
        return ""
    items = "".join(f'<li>{when(v.at)}<p class="text" dir="auto">{text(v.text)}</p></li>' for v in versions)
    times = "once" if len(versions) == 1 else f"{len(versions)} times"
    return f"<details><summary>Edited {times}: earlier versions</summary><ol>{items}</ol></details>"


def _absent() -> str:
    return f'<p class="bubble absent">{ABSENT}</p>'


def _bubble(store: Store, message: Message, country: str) -> str:
    """A message in a list, as a viewer in a country sees it."""
    if not things.shown(store, message, country):
        return f"<li>{_absent()}</li>"
    picture = _picture(message, country) if things.picture_shown(store, message, country) else ""
    edited = " · edited" if len(message.versions) > 1 else ""
    return (
        f'<li class="bubble">{_byline(message, country)}<p class="text" dir="auto">{text(message.text)}</p>{picture}'
        f'<p class="at soft"><a href="{message.ref}?from={country}">Open this message</a>{edited}</p></li>'
    )


def _back(channel: Row, country: str) -> str:
    return f'<a class="back" href="{channel["ref"]}?from={country}">All of {text(channel["name"])}</a>'


def message_page(store: Store, channel: Row, message: Message, country: str) -> str:
    """A message's own page, or the page that stands where a message isn't shown. The latter says nothing of why."""
    frame = looking(message.ref, country)
    if not things.shown(store, message, country):
        return page("Message", f"<h1>Message</h1>{_absent()}{frame}{_back(channel, country)}")
    picture = _picture(message, country) if things.picture_shown(store, message, country) else ""
    return page(
        f"{message.author.name} in {channel['name']}",
        f'<h1>{text(channel["name"])}</h1><article class="bubble big" data-shown="{message.ref}">'
        f'{_byline(message, country)}<p class="text" dir="auto">{text(message.text)}</p>{picture}{_earlier(message)}'
        f"</article>{frame}{_back(channel, country)}",
    )


AUDIENCES = {
    "public": "Public channel",
    "open-group": "Open group: anyone may join",
    "closed-group": "Closed group",
    "private": "Private conversation",
}


def channel_page(store: Store, channel: Row, country: str, composer: str = "") -> str:
    """A channel's messages, the latest last, and below them what one writes in."""
    head = f"<h1>{text(channel['name'])}</h1>"
    if things.withheld(store, (channel["ref"],), country):
        return page("Channel", f"<h1>Channel</h1><p>This channel can’t be shown.</p>{looking(channel['ref'], country)}")
    bubbles = "".join(_bubble(store, m, country) for m in things.latest(store, channel["ref"]))
    return page(
        channel["name"],
        f'<section class="stack" data-shown="{channel["ref"]}">{head}'
        f'<p class="soft">{AUDIENCES[channel["audience"]]}. {text(channel["about"])}</p>'
        f'{looking(channel["ref"], country)}<ol class="talk">{bubbles}</ol></section>{composer}',
    )


def front_page(channels: Iterable[Row], country: str, *, joining: bool) -> str:
    """Where one can read, and the doors; the one to `joining` where it isn't shut."""
    items = "".join(
        f'<li><a href="{c["ref"]}?from={country}">{text(c["name"])}</a>'
        f'<p class="soft">{AUDIENCES[c["audience"]]}. {text(c["about"])}</p></li>'
        for c in channels
    )
    join = f'<li><a href="/join?from={country}">Join Lantern</a></li>' if joining else ""
    doors = (
        f'<ul class="doors">{join}<li><a href="/export?from={country}">Your data</a></li>'
        f'<li><a href="/appeals?from={country}">Appeals</a></li></ul>'
    )
    return page("Channels", f'<h1>Channels</h1>{looking("/", country)}<ul class="channels">{items}</ul>{doors}')


def profile_page(store: Store, who: things.Author, country: str) -> str:
    """What everyone sees of an author."""
    here = f"/u/{quote(who.id)}"
    if things.withheld(store, (here,), country):
        return page("Profile", f"<h1>Profile</h1><p>This profile can’t be shown.</p>{looking(here, country)}")
    public = [m for m in things.by_author(store, who.id) if _readable(store, m)]
    bubbles = "".join(_bubble(store, m, country) for m in public if things.shown(store, m, country))
    place = PLACES.get(who.country or "", who.country or "Somewhere")
    return page(
        who.name,
        f'<section class="stack" data-shown="{here}"><h1><bdi>{text(who.name)}</bdi></h1>'
        f'<p class="soft">{text(place)}</p>{looking(here, country)}'
        f'<h2>Messages</h2><ol class="talk">{bubbles}</ol></section>',
    )


def _readable(store: Store, message: Message) -> bool:
    channel = things.channel(store, message.channel)
    return channel is not None and channel["audience"] in things.OPEN


def _notice(row: Row) -> str:
    return f'<li class="bubble">{when(row["at"])}<p class="text" dir="auto">{linked(row["text"])}</p></li>'


def notices_list(notices: list[Row]) -> str:
    """An inbox, the latest first."""
    inbox = "".join(_notice(row) for row in notices)
    return f'<ol class="talk">{inbox}</ol>' if inbox else '<p class="soft">Notices from Lantern will be here.</p>'


def own_page(store: Store, who: things.Author, notices: list[Row], country: str, *, by_key: bool) -> str:
    """What an author sees of themselves: the inbox, and everything they wrote, whoever else sees it. `by_key`: the
    page's address is the one by which they come back."""
    kept = '<p class="soft">Keep the address of this page: it is how you come back.</p>' if by_key else ""
    here = f"/u/{quote(who.id)}"
    doors = (
        f'<ul class="doors"><li><a href="/?from={country}">Channels</a></li>'
        f'<li><a href="{here}/export?from={country}">A copy of your data</a></li>'
        f'<li><a href="/appeals?from={country}">Appeals</a></li></ul>'
    )
    mine = "".join(
        f'<li class="bubble">{_byline(m, who.country or ELSEWHERE)}<p class="text" dir="auto">{text(m.text)}</p>'
        f'<p class="at"><a href="{m.ref}">Open this message</a></p></li>'
        for m in things.by_author(store, who.id)
    )
    return page(
        "You",
        f"<h1>You are <bdi>{text(who.name)}</bdi></h1>{kept}{doors}<h2>Inbox</h2>{notices_list(notices)}"
        f'<h2>What you wrote</h2><ol class="talk">{mine}</ol>',
    )
