"""Run with the Python of .venv-synapse, while its Synapse is stopped: make a room large by writing messages into the
homeserver's store, after the last one and each the next of the one before it, as it would have kept them itself.

`fill_room.py DATABASE ROOM NUMBER LATE`: so many messages of whoever sent the last, and after them LATE, a list of
contents as JSON. Prints the ids of these. To send a hundred thousand would take an hour.
"""

import base64
import hashlib
import json
import sqlite3
import sys

from synapse.api.room_versions import KNOWN_ROOM_VERSIONS
from synapse.crypto.event_signing import compute_content_hash
from synapse.events import make_event_from_dict

WORDS = "Message {n} of a room that many write in, about this and that and nothing at all."


def columns(db, table):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def main(path, room, number, late):
    db = sqlite3.connect(path)
    version = KNOWN_ROOM_VERSIONS[db.execute("SELECT room_version FROM rooms WHERE room_id = ?", (room,)).fetchone()[0]]
    last = db.execute(
        "SELECT event_id FROM events WHERE room_id = ? AND type = 'm.room.message' ORDER BY depth DESC LIMIT 1", (room,)
    ).fetchone()[0]
    names = columns(db, "events")
    row = dict(zip(names, db.execute("SELECT * FROM events WHERE event_id = ?", (last,)).fetchone(), strict=True))
    meta, text, form = db.execute(
        "SELECT internal_metadata, json, format_version FROM event_json WHERE event_id = ?", (last,)
    ).fetchone()
    group = db.execute("SELECT state_group FROM event_to_state_groups WHERE event_id = ?", (last,)).fetchone()[0]
    said, at = json.loads(text), db.execute("SELECT max(stream_ordering) FROM events").fetchone()[0]
    contents = [{"msgtype": "m.text", "body": WORDS.format(n=n)} for n in range(number)] + late
    made, rows = [], {name: [] for name in ("events", "json", "groups", "edges", "search", "relations")}
    for content in contents:
        at += 1
        said = {**said, "content": content, "prev_events": [last], "depth": said["depth"] + 1}
        said["origin_server_ts"] += 1
        said.pop("unsigned", None)
        kind, digest = compute_content_hash(said, hashlib.sha256)
        said["hashes"] = {kind: base64.b64encode(digest).decode().rstrip("=")}
        event = make_event_from_dict(dict(said), room_version=version)
        last = event.event_id
        made.append(last)
        row |= {"stream_ordering": at, "topological_ordering": said["depth"], "depth": said["depth"], "event_id": last}
        row |= {"origin_server_ts": said["origin_server_ts"], "received_ts": said["origin_server_ts"]}
        rows["events"].append(tuple(row[name] for name in names))
        rows["json"].append(
            (last, room, json.dumps(json.loads(meta) | {"stream_ordering": at}), json.dumps(said), form)
        )
        rows["groups"].append((last, group))
        rows["edges"].append((last, said["prev_events"][0], 0))
        rows["search"].append((last, room, said["sender"], "content.body", content["body"]))
        relates = content.get("m.relates_to", {})
        if "rel_type" in relates:
            rows["relations"].append((last, relates["event_id"], relates["rel_type"]))
    for table, of, mine in (
        ("events", names, rows["events"]),
        ("event_json", ["event_id", "room_id", "internal_metadata", "json", "format_version"], rows["json"]),
        ("event_to_state_groups", ["event_id", "state_group"], rows["groups"]),
        ("event_edges", ["event_id", "prev_event_id", "is_state"], rows["edges"]),
        ("event_search", ["event_id", "room_id", "sender", "key", "value"], rows["search"]),
        ("event_relations", ["event_id", "relates_to_id", "relation_type"], rows["relations"]),
    ):
        places = ", ".join("?" * len(of))
        db.executemany(f"INSERT INTO {table} ({', '.join(of)}) VALUES ({places})", mine)  # noqa: S608  # our names
    db.execute("UPDATE event_forward_extremities SET event_id = ? WHERE room_id = ?", (last, room))
    db.execute("UPDATE sliding_sync_joined_rooms SET event_stream_ordering = ? WHERE room_id = ?", (at, room))
    db.commit()
    print(json.dumps(made[number:]))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
