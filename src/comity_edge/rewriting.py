"""A homeserver's JSON as a viewer in a country gets it: what is withheld there replaced, all else as it was. Pure.

An event is never left out of a timeline but replaced by a stub with its id, sender and time: a client that was never
given an event doesn't get it after the measure is lifted either. What keeps a room working (who is a member, who may
do what) stays: it is what Matrix itself keeps of a redacted event.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from .measures import Measures

STUB = "This message is not available in your country."
IDS = re.compile(rb'"((?:[$!@]|\\u00(?:24|21|40))[^"]{1,300})"')
REPLACES = "m.replace"
# what is kept of an event's content (Matrix specification, "Redactions", room version 11); None: all of it
KEPT: dict[str, tuple[str, ...] | None] = {
    "m.room.member": ("membership", "join_authorised_via_users_server"),
    "m.room.create": None,
    "m.room.join_rules": ("join_rule", "allow"),
    "m.room.power_levels": (
        "ban",
        "events",
        "events_default",
        "invite",
        "kick",
        "redact",
        "state_default",
        "users",
        "users_default",
    ),
    "m.room.history_visibility": ("history_visibility",),
    "m.room.encryption": ("algorithm", "rotation_period_ms", "rotation_period_msgs"),
    "m.room.redaction": ("redacts",),
    "m.space.child": (),
}
# what a room's summary says of itself, and the state in which it is said
SUMMARY = {
    "name": "m.room.name",
    "topic": "m.room.topic",
    "avatar_url": "m.room.avatar",
    "avatar": "m.room.avatar",
    "canonical_alias": "m.room.canonical_alias",
    "room_name": "m.room.name",
    "room_topic": "m.room.topic",
}
SEARCHED = ("name", "topic", "canonical_alias")  # in what a homeserver looks where a directory is searched
QUOTED = re.compile(r"<mx-reply>.*?</mx-reply>", re.S)
# what names an account where no event of its does
NAMES = ("displayname", "display_name", "name", "avatar_url")
# beyond what a homeserver nests; deeper lies only what somebody wrote, which names no event
DEEPEST = 60


class View:
    """What is withheld from a viewer in a country at an instant."""

    def __init__(self, measures: Measures, country: str, at: float) -> None:
        self._measures, self._country, self._at = measures, country, at
        self.hidden = 0

    def hides(self, target: object) -> bool:
        """Whether a target is withheld from them."""
        return isinstance(target, str) and self._measures.withheld(target, self._country, self._at)

    def hides_state(self, room: str, kind: str) -> bool:
        """Whether a room's state of a type is withheld from them, by its event or with the whole room."""
        return self.hides(room) or self._measures.of_state(room, kind, self._country, self._at)

    def touches(self, room: str) -> bool:
        """Whether anything of a room is withheld from them."""
        return self._measures.in_room(room, self._country, self._at)

    def concerns(self, raw: bytes) -> bool:
        """Whether an answer names anything that is withheld from them, or a room in which something is. Most don't,
        and are passed on without being taken apart."""
        return any(self.hides(name) or (name[:1] == "!" and self.touches(name)) for name in set(_names(raw)))

    # -- walking -------------------------------------------------------------------------------------------------------

    def walk(self, node: Any, room: str = "", depth: int = 0) -> Any:
        """An answer with every event in it as they may see it."""
        if depth > DEEPEST:
            return node
        if isinstance(node, list):
            return [self.walk(one, room, depth + 1) for one in node]
        if not isinstance(node, dict):
            return node
        named = node.get("room_id")
        room = named if isinstance(named, str) else room
        if isinstance(node.get("type"), str) and isinstance(node.get("content"), dict):
            return self._event(node, room, depth)
        if room and named is not None:
            self._summary(node, room)
        self._people(node)
        for key, value in node.items():
            if isinstance(value, dict | list):
                if key[:1] == "!" and isinstance(value, dict):
                    self._summary(value, key)
                node[key] = self.walk(value, key if key[:1] == "!" else room, depth + 1)
        return node

    def _people(self, node: dict[str, Any]) -> None:
        """What names withheld accounts beside their events: members by their ids, profiles with a search's hit, the
        heroes of a room, and the name that a homeserver makes of them for a room that has none."""
        for key, value in node.items():
            if key[:1] == "@" and isinstance(value, dict) and self.hides(key):
                self._unname(value)
        if self.hides(node.get("user_id")):
            self._unname(node)
        heroes = node.get("heroes")
        for hero in heroes if isinstance(heroes, list) else ():
            if isinstance(hero, dict) and self.hides(hero.get("user_id")) and isinstance(node.get("name"), str):
                shown = next((hero[one] for one in NAMES if isinstance(hero.get(one), str)), "")
                if shown and shown in node["name"]:
                    del node["name"]
                    self.hidden += 1

    def _unname(self, profile: dict[str, Any]) -> None:
        for field in NAMES:
            if profile.pop(field, None) is not None:
                self.hidden += 1

    def _summary(self, node: dict[str, Any], room: str) -> None:
        """What a room says of itself where no event is named: in directories, summaries and lists of rooms."""
        for field, kind in SUMMARY.items():
            if field in node and self.hides_state(room, kind):
                del node[field]
                self.hidden += 1

    def event_withheld(self, event: dict[str, Any], room: str = "") -> bool:
        """Whether an event is withheld: itself, as an edit of what is, with its sender or with its room."""
        if any(self.hides(one) for one in (event.get("event_id"), event.get("sender"), event.get("room_id") or room)):
            return True
        if "state_key" in event and self._state_withheld(event, room):
            return True
        relates = event["content"].get("m.relates_to") if isinstance(event.get("content"), dict) else None
        return isinstance(relates, dict) and relates.get("rel_type") == REPLACES and self.hides(relates.get("event_id"))

    def _state_withheld(self, event: dict[str, Any], room: str) -> bool:
        """Of a member's state, what their own withheld account says of them; of stripped state, which names no event,
        what is of a withheld type."""
        if event["type"] == "m.room.member":
            return self.hides(event.get("state_key"))
        return "event_id" not in event and self.hides_state(room, event["type"])

    def _event(self, event: dict[str, Any], room: str, depth: int) -> dict[str, Any]:
        if self.event_withheld(event, room):
            self.hidden += 1
            event["content"] = stub(event)
            for key in ("prev_content", "replaces_state", "invite_room_state", "knock_room_state"):
                event.pop(key, None)
            event["unsigned"] = self._unsigned(event, room, depth, withheld=True)
        else:
            self._unquote(event)
            event["unsigned"] = self._unsigned(event, room, depth, withheld=False)
            if "prev_content" in event and self._before_withheld(event, room):
                del event["prev_content"]
        if event["unsigned"] is None:
            del event["unsigned"]
        if isinstance(event.get("redacted_because"), dict):
            event["redacted_because"] = self.walk(event["redacted_because"], room, depth + 1)
        return event

    def _before_withheld(self, event: dict[str, Any], room: str) -> bool:
        unsigned = event.get("unsigned")
        before = event.get("replaces_state") or (unsigned.get("replaces_state") if isinstance(unsigned, dict) else None)
        return self.hides(before) or (not before and self.hides_state(room, event["type"]))

    def _unsigned(self, event: dict[str, Any], room: str, depth: int, *, withheld: bool) -> Any:
        """What the homeserver adds to an event: its latest edit, its thread's latest event, what stood before it."""
        unsigned = event.get("unsigned")
        if not isinstance(unsigned, dict):
            return unsigned
        if "prev_content" in unsigned and (withheld or self._before_withheld(event, room)):
            del unsigned["prev_content"]
            self.hidden += 1
        relations = unsigned.get("m.relations")
        if isinstance(relations, dict):
            latest = relations.get(REPLACES)
            if withheld or (isinstance(latest, dict) and self.hides(latest.get("event_id"))):
                relations.pop(REPLACES, None)
            if withheld:
                unsigned["m.relations"] = {k: v for k, v in relations.items() if k == "m.thread"}
        return {key: self.walk(value, room, depth + 1) for key, value in unsigned.items()}

    def _unquote(self, event: dict[str, Any]) -> bool:
        """A reply to what is withheld, without the words that it quotes of it (the reply fallback); whether there were
        any."""
        content = event["content"]
        relates = content.get("m.relates_to")
        answered = relates.get("m.in_reply_to") if isinstance(relates, dict) else None
        if not isinstance(answered, dict) or not self.hides(answered.get("event_id")):
            return False
        before = self.hidden
        for said in (content, content.get("m.new_content")):
            for field, cut in (("body", unquoted), ("formatted_body", lambda html: QUOTED.sub("", html))):
                if isinstance(said, dict) and isinstance(said.get(field), str) and cut(said[field]) != said[field]:
                    said[field] = cut(said[field])
                    self.hidden += 1
        return self.hidden > before

    # -- routes with a shape of their own ------------------------------------------------------------------------------

    def search(self, answer: Any) -> Any:
        """Results of a search without what is withheld: a stub among them would still tell that the words stand there.
        The count is of what is left, and is not told where there are further pages that might hold more."""
        found = ((answer.get("search_categories") or {}).get("room_events")) if isinstance(answer, dict) else None
        if not isinstance(found, dict) or not isinstance(found.get("results"), list):
            return self.walk(answer)
        kept = [hit for hit in found["results"] if not self._hit_withheld(hit)]
        dropped = len(found["results"]) - len(kept)
        self.hidden += dropped
        gone = {hit["result"].get("event_id") for hit in found["results"] if hit not in kept and _is_hit(hit)}
        found["results"] = kept
        if isinstance(found.get("count"), int):
            if found.get("next_batch"):
                del found["count"]
            else:
                found["count"] = max(len(kept), found["count"] - dropped)
        _regroup(found, gone)
        words = json.dumps([hit.get("result") for hit in kept], ensure_ascii=False).casefold()
        if isinstance(found.get("highlights"), list) and dropped:
            found["highlights"] = [one for one in found["highlights"] if str(one).casefold() in words]
        return self.walk(answer)

    def _hit_withheld(self, hit: Any) -> bool:
        """Whether a hit is withheld, or quotes what is: then the words may stand in the quotation alone."""
        if not _is_hit(hit):
            return False
        return self.event_withheld(hit["result"]) or self._unquote(hit["result"])

    def listed(self, answer: Any, words: str = "") -> Any:
        """A directory or a space without the rooms that are withheld, and of users without those. Where it was searched
        for `words`, without those that were found by what is withheld of them: to be found would tell that they stand
        there."""
        if isinstance(answer, dict):
            for name in ("chunk", "rooms", "results"):
                rows = answer.get(name)
                if isinstance(rows, list):
                    kept = [one for one in rows if not self._entry_withheld(one)]
                    answer[name] = [one for one in kept if not (words and self._found_by_withheld(one, words))]
                    self._recount(answer, len(rows) - len(answer[name]))
        return self.walk(answer)

    def _recount(self, answer: dict[str, Any], dropped: int) -> None:
        self.hidden += dropped
        if isinstance(answer.get("total_room_count_estimate"), int):
            answer["total_room_count_estimate"] = max(0, answer["total_room_count_estimate"] - dropped)

    def _entry_withheld(self, one: Any) -> bool:
        return isinstance(one, dict) and (self.hides(one.get("room_id")) or self.hides(one.get("user_id")))

    def _found_by_withheld(self, one: Any, words: str) -> bool:
        room = one.get("room_id") if isinstance(one, dict) else None
        if not isinstance(room, str):
            return False
        said = {field: str(one.get(field) or "").casefold() for field in SEARCHED}
        hidden = {field for field in said if said[field] and self.hides_state(room, SUMMARY[field])}
        return bool(hidden) and not any(words in said[field] for field in SEARCHED if field not in hidden)


def _is_hit(hit: Any) -> bool:
    result = hit.get("result") if isinstance(hit, dict) else None
    return isinstance(result, dict) and isinstance(result.get("content"), dict)


def _regroup(found: dict[str, Any], gone: set[Any]) -> None:
    """Groups without the hits that are gone, and without those of which none is left."""
    for group in (found.get("groups") or {}).values():
        for name, one in list(group.items()) if isinstance(group, dict) else ():
            if isinstance(one, dict) and isinstance(one.get("results"), list):
                one["results"] = [event for event in one["results"] if event not in gone]
                if not one["results"]:
                    del group[name]


def stub(event: dict[str, Any]) -> dict[str, Any]:
    """What stands in place of an event's content: what a redaction keeps of it, and to people a sentence."""
    content, kept = event["content"], KEPT.get(event["type"], ())
    left = dict(content) if kept is None else {key: content[key] for key in kept if key in content}
    if event["type"] == "m.room.message":
        left |= {"msgtype": "m.notice", "body": STUB}
        relates = content.get("m.relates_to")
        if isinstance(relates, dict) and relates.get("rel_type") == "m.thread":
            left["m.relates_to"] = {key: relates[key] for key in ("rel_type", "event_id") if key in relates}
    return left


def unquoted(body: str) -> str:
    """A reply's text without the lines in which clients quote what it answers."""
    lines = body.split("\n")
    at = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if at == 0:
        return body
    return "\n".join(lines[at + 1 :] if at < len(lines) and not lines[at] else lines[at:])


def _names(raw: bytes) -> Iterator[str]:
    """The ids that an answer names, as it writes them or escaped."""
    for found in IDS.findall(raw):
        text = found.decode("utf-8", "replace")
        try:
            yield json.loads(f'"{text}"', strict=False) if "\\" in text else text
        except ValueError:  # it ends within an escape: no id does
            yield text


def packed(answer: Any) -> bytes:
    """An answer as the homeserver writes it."""
    try:
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a pair of surrogates, which only an escape can write
        return json.dumps(answer, separators=(",", ":")).encode()
