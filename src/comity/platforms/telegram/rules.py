"""What Telegram's Bot API can and cannot, and what its answers mean: pure. From what is published of the API (10.3)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from comity.platforms.port import Capabilities, PlatformDown, PlatformRefused

Raw = Mapping[str, Any]

DELETABLE = timedelta(hours=48)
TEXT = 4096  # characters of one message
MESSAGE, CHATS = "message", frozenset({"group", "channel"})
CAN = Capabilities(
    "Telegram",
    {
        "redact": frozenset({MESSAGE}),
        "suspend": frozenset({MESSAGE}),
        "block": frozenset({"group"}),
        "preserve": frozenset({MESSAGE}),
    },
    by_country=False,
    notifies=True,
    within={"redact": DELETABLE},
    limits=("by-country", "restore", "accounts", "history", "edits-of-others", "deletions-of-others"),
)
MUTE = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
)
OTHER = ("can_edit_tag", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics")
UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
)
CONTENT = ("message", "edited_message", "channel_post", "edited_channel_post")
MEDIA = ("photo", "video", "document", "audio", "animation", "voice", "video_note", "sticker")
NEEDS = ("can_delete_messages", "can_restrict_members")


class TheirAnswer(PlatformRefused):
    """A refusal of the Bot API. `says` is its description; `chat`: which one it was about."""

    chat = 0


def refusal(code: int, description: str, parameters: Raw) -> PlatformRefused | PlatformDown:
    """What a failure means, by its code and parameters first and its words second. What isn't known is permanent, and
    needs a person."""
    says = description[:200]
    if code == 429:
        return Wait(seconds(parameters.get("retry_after")))
    if code >= 500:
        return PlatformDown(f"Telegram answered {code}: whether it was done is unknown")
    if code in (401, 404):
        return TheirAnswer("no-token", "Telegram does not know the bot’s token: it was revoked, or is another’s.")
    if code == 409:
        return PlatformDown("Telegram hands its updates to somebody else: two gateways, or a webhook beside polling")
    if code == 403:
        return TheirAnswer("no-access", says)
    if (to := whole(parameters.get("migrate_to_chat_id"))) is not None:
        return Moved(to)
    return TheirAnswer(next((code for words, code in WORDS.items() if words in description.lower()), "refused"), says)


WORDS: Mapping[str, str] = {
    "message to delete not found": "unknown",
    "message to edit not found": "unknown",
    "message can't be deleted": "cannot-delete",
    "message can't be edited": "not-ours-to-edit",
    "message is not modified": "not-modified",
    "chat_not_modified": "not-modified",
    "chat not found": "no-chat",
    "user not found": "no-user",
    "not enough rights": "no-right",
    "user is an administrator": "above-us",
    "can't remove chat owner": "above-us",
    "available only for supergroups": "basic-group",
    "file is too big": "too-big",
}


class Wait(PlatformDown):
    """It asks to be left alone for so many seconds, in one chat; nothing was done."""

    chat = 0

    def __init__(self, after: int) -> None:
        super().__init__(f"Telegram asks to wait {after} s before the next call about this chat")
        self.seconds = after


class Moved(PlatformRefused):
    """A group has another number since it was upgraded."""

    chat = 0

    def __init__(self, to: int) -> None:
        super().__init__("moved", "The group was upgraded, and has another number.")
        self.to = to


def seconds(given: object) -> int:
    """How long to wait, as it was said; a second where it wasn't."""
    return max(1, min(int(given), 86_400)) if isinstance(given, int) and not isinstance(given, bool) else 1


def whole(value: object) -> int | None:
    """A whole number of an update; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**52 else None


def found(update: Raw, kinds: Sequence[str]) -> tuple[str, Raw]:
    """Which of these an update carries, and that; two empty ones where none."""
    kind = next((one for one in kinds if isinstance(update.get(one), Mapping)), "")
    return kind, update[kind] if kind else {}


def posted(message: Raw) -> datetime | None:
    """When a message was sent (UTC)."""
    at = whole(message.get("date"))
    return datetime.fromtimestamp(at, UTC) if at is not None and 0 < at < 2**40 else None


def version(message: Raw) -> tuple[int, bool]:
    """Where a version stands among those of its message, the last being what people read: when it came to say so
    (seconds since 1970, UTC), and an edit after what it edits."""
    edited = whole(message.get("edit_date")) or 0
    return edited or whole(message.get("date")) or 0, bool(edited)


def sender(message: Raw) -> int | None:
    """Who wrote it; None where a chat did, as in a channel."""
    by = message.get("from")
    auto = message.get("is_automatic_forward") or message.get("sender_chat")
    return whole(by.get("id")) if isinstance(by, Mapping) and not auto else None


def text(message: Raw) -> str:
    """What it says."""
    return str(message.get("text") or message.get("caption") or "")


def files(message: Raw) -> list[tuple[str, str, str, int]]:
    """Its files, each at its largest: id, lasting id, media type, bytes (0: not said)."""
    made = []
    for kind in MEDIA:
        given = message.get(kind)
        given = given[-1] if isinstance(given, list) and given else given
        if isinstance(given, Mapping) and isinstance(given.get("file_id"), str):
            media = str(given.get("mime_type") or TYPES.get(kind, "application/octet-stream"))
            lasting, size = str(given.get("file_unique_id") or ""), whole(given.get("file_size")) or 0
            made.append((str(given["file_id"]), lasting, media, size))
    return made


TYPES: Mapping[str, str] = {"photo": "image/jpeg", "sticker": "image/webp", "voice": "audio/ogg", "video": "video/mp4"}


def silenced(member: Raw) -> bool:
    """Whether a member may not write: restricted so, banned, or gone."""
    if member.get("status") == "restricted":
        return not member.get("can_send_messages", False)
    return member.get("status") in ("kicked",)


def prior_of(member: Raw) -> dict[str, Any]:
    """How a member stands, as far as a lift must put it back."""
    names = ("status", "until_date", *MUTE, *OTHER)
    return {name: member[name] for name in names if name in member}


SOON = timedelta(seconds=31)  # an end nearer than half a minute is taken for none at all


def until(prior: Raw, now: datetime) -> int:
    """Until when what somebody else took from a member is taken (seconds since 1970, UTC); 0: for good, or nothing."""
    at = whole(prior.get("until_date")) or 0
    return at if prior.get("status") == "restricted" and at > (now + SOON).timestamp() else 0


def given_back(prior: Raw, now: datetime) -> dict[str, bool]:
    """The permissions with which a member stands as they did before: all, where nothing had been taken, or where the
    time is over for which it was: Telegram takes an end that has passed for "for good"."""
    if prior.get("status") == "restricted" and (not whole(prior.get("until_date")) or until(prior, now)):
        return {name: bool(prior.get(name, False)) for name in (*MUTE, *OTHER)}
    return dict.fromkeys((*MUTE, *OTHER), True)


def pieces(words: str) -> list[str]:
    """A text in messages of at most 4096 characters, broken at ends of lines where there are any."""
    made, rest = [], words.strip()
    while len(rest) > TEXT:
        at = rest.rfind("\n", 1, TEXT)
        at = at if at > 0 else TEXT
        made.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [*made, rest] if rest else made


COMMAND = "bot_command"


def command(message: Raw) -> str:
    """The command that a message to the bot begins with, without a slash: `orders` of `/orders@legal_bot now`."""
    first = text(message).split(maxsplit=1)[:1]
    return first[0][1:].partition("@")[0].lower()[:32] if first and first[0].startswith("/") else ""
