"""The pages one goes through: to join, to write, to take one's data along, to appeal; and the one that stands where the
platform is shut. Each says which it is (`data-door`, `data-gate`), so that whoever looks need not guess from words."""

from html import escape
from sqlite3 import Row
from urllib.parse import quote

from comity_sandbox import joining
from comity_sandbox.gates import Gate
from comity_sandbox.pages import PLACES, linked, looking, notices_list, page, text, when
from comity_sandbox.things import Author

SAYS = {
    "no-signups": "Nobody joins Lantern from {place} at the moment.",
    "read-only": "Lantern can only be read from {place} at the moment.",
    "notice": "Lantern is closed in {place}.",
}
NEVER_SHUT = ("/appeals", "/export")


def _says(gate: Gate, country: str) -> str:
    return SAYS[gate.level].format(place=PLACES.get(country, country))


def _told(gate: Gate) -> str:
    """What people are told, in each language in which it was written."""
    return "".join(
        f'<p class="text" lang="{escape(language)}" dir="auto">{linked(words)}</p>'
        for language, words in gate.notice.items()
    )


def banner(gate: Gate, country: str) -> str:
    """What stands above every page where the platform is shut in part."""
    told = f"<details><summary>Why, and what it means</summary>{_told(gate)}</details>" if gate.notice else ""
    noted = " data-notice" if gate.notice else ""
    return (
        f'<aside class="gate" data-gate="{gate.level}"{noted}><p><strong>{text(_says(gate, country))}</strong> '
        f'<span class="soft">Since {when(gate.since)}.</span></p>{told}</aside>'
    )


def _open_still(who: Author | None, country: str) -> str:
    """What isn't shut: one's own data, one's inbox, appeals."""
    mine = f"/u/{quote(who.id)}/export" if who else "/export"
    inbox = f'<li><a href="/u/{quote(who.id)}?from={country}">Your inbox</a></li>' if who else ""
    return (
        '<h2>What stays open</h2><ul class="doors">'
        f'<li><a href="{mine}?from={country}">A copy of your data</a></li>{inbox}'
        f'<li><a href="/appeals?from={country}">Appeals</a></li></ul>'
        '<p class="soft">Nothing is deleted: accounts and messages stay as they are.</p>'
    )


def closed(gate: Gate, country: str, path: str, who: Author | None) -> str:
    """The page in place of every other, where nobody reads."""
    title = _says(gate, country).rstrip(".")
    return page(
        title,
        f'<section class="stack" data-gate="{gate.level}" data-notice><h1>{text(title)}</h1>'
        f'<p class="soft">Since {when(gate.since)}.</p>{_told(gate)}{_open_still(who, country)}</section>'
        f"{looking(path, country)}",
    )


def shut(gate: Gate, country: str, back: str) -> str:
    """The answer to somebody who tries what is shut."""
    return page("Not at the moment", f"<h1>Not at the moment</h1>{banner(gate, country)}{_to(back, country, 'Back')}")


def _to(path: str, country: str, says: str) -> str:
    return f'<p><a class="back" href="{escape(path)}?from={country}">{text(says)}</a></p>'


def _wrong(says: str) -> str:
    return f'<p class="wrong" role="alert">{text(says)}</p>' if says else ""


def join_page(country: str, *, open_here: bool, name: str = "", wrong: str = "") -> str:
    """To join: a name is enough."""
    form = (
        f'<form class="stack" method="post" action="/join?from={country}" data-door="join">{_wrong(wrong)}'
        f'<label for="name">Your name, as others will see it</label>'
        f'<input id="name" name="name" value="{escape(name)}" maxlength="{joining.LONGEST_NAME}" required'
        ' autocomplete="nickname"><p><button>Join</button></p></form>'
        '<p class="soft">There is no password. The page you get next is yours: keep its address, it is how you come'
        " back.</p>"
        if open_here
        else "<p>Nobody joins from there now. Whoever has an account keeps it.</p>"
    )
    return page("Join", f"<h1>Join Lantern</h1>{form}{looking('/join', country)}")


def composer(channel: Row, country: str, who: Author | None, *, typed: str = "", wrong: str = "") -> str:
    """Where one writes in a channel; who has no account is shown the way to one."""
    if who is None:
        return f'<p class="compose"><a class="back" href="/join?from={country}">Join to write here</a></p>'
    return (
        f'<form class="compose stack" method="post" action="{channel["ref"]}?from={country}" data-door="write">'
        f'{_wrong(wrong)}<label for="text">Write as <bdi>{text(who.name)}</bdi></label>'
        f'<textarea id="text" name="text" rows="3" maxlength="{joining.LONGEST_TEXT}" required dir="auto">'
        f"{text(typed)}</textarea><p><button>Send</button></p></form>"
    )


def export_page(who: Author | None, country: str) -> str:
    """The way to a copy of one's data: straight to it for who is known, how to be known for anybody else."""
    way = (
        _to(f"/u/{quote(who.id)}/export", country, f"Download the data of {who.name}")
        if who
        else "<p>A copy is for its owner alone. Open your own page first, by the address that you were given when you"
        " joined; then come back here.</p>"
    )
    return page(
        "Your data",
        '<section class="stack" data-door="export"><h1>A copy of your data</h1><p>Your account, what you wrote with'
        f" its earlier versions and pictures, and your inbox, in one JSON file.</p>{way}</section>"
        f"{looking('/export', country)}",
    )


def appeals_page(who: Author | None, country: str) -> str:
    """How a decision about something of one's own is contested."""
    mine = _to(f"/u/{quote(who.id)}", country, "Your inbox") if who else ""
    return page(
        "Appeals",
        '<section class="stack" data-door="appeals"><h1>Appeals</h1>'
        "<p>When something you wrote is no longer shown somewhere, a notice in your inbox says so. Its link leads to"
        " the reasons, and there you can say that it was wrong. It costs nothing, and no lawyer is needed.</p>"
        "<p>This works from everywhere, also where Lantern is closed. Your inbox is on your own page: open it by the"
        f" address that you were given when you joined.</p>{mine}</section>{looking('/appeals', country)}",
    )


def inbox_page(who: Author, notices: list[Row], gate: Gate, country: str) -> str:
    """What is left of one's own page where nobody reads: the inbox, and the doors that never shut."""
    here = f"/u/{quote(who.id)}"
    return page(
        "You",
        f'<section class="stack" data-gate="{gate.level}" data-notice><h1>You are <bdi>{text(who.name)}</bdi></h1>'
        f'<p><strong>{text(_says(gate, country))}</strong> <span class="soft">Since {when(gate.since)}.</span></p>'
        f"{_told(gate)}{_open_still(who, country)}<h2>Inbox</h2>{notices_list(notices)}</section>"
        f"{looking(here, country)}",
    )
