"""Runs a file of test vectors against this implementation: what each kind asks, and whether it holds."""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from . import merkle, notes, policies, proofs, tiles, witness
from .notes import b64, unbase64

Vector = Mapping[str, Any]


class Skipped(Exception):
    """A vector about something that this implementation leaves out."""


def run(vectors: list[Vector]) -> dict[str, Any]:
    """How many hold: {"passed", "skipped", "failed", "failing": [ids]}. An unknown kind fails, so none is missed."""
    told: dict[str, Any] = {"passed": 0, "skipped": 0, "failed": 0, "failing": []}
    for one in vectors:
        outcome = _run_one(one)
        told[outcome] += 1
        if outcome == "failed":
            told["failing"].append(str(one.get("id")))
    return told


def _run_one(one: Vector) -> str:
    try:
        return "passed" if KINDS[one["kind"]](one) else "failed"
    except Skipped:
        return "skipped"
    except Exception:  # a vector is a stranger's data, and whatever it breaks has failed
        return "failed"


def _refuses(act: Callable[[], Any]) -> bool:
    """Whether an act is refused in the way that the product refuses; any other error is a failure."""
    try:
        act()
    except (notes.BadNote, tiles.Malformed, merkle.Unproven):
        return True
    return False


def _either(one: Vector, act: Callable[[], Any], holds: Callable[[Any], bool] = lambda _: True) -> bool:
    if not one["valid"]:
        return _refuses(act)
    return bool(holds(act()))


def _leaves(one: Vector) -> list[bytes]:
    if "leaves_hex" in one:
        return [bytes.fromhex(leaf) for leaf in one["leaves_hex"]]
    rule, size = str(one["leaf_rule"]), int(one["size"])
    makers: dict[str, Callable[[int], bytes]] = {
        'leaf i = ASCII "record <i>", i from 0': lambda i: b"record %d" % i,
        "leaf i = ASCII decimal of i, i from 0": lambda i: b"%d" % i,
        "leaf i = the single byte i": lambda i: bytes([i]),
    }
    if rule not in makers:
        raise KeyError(rule)
    return [makers[rule](i) for i in range(size)]


def _tree(one: Vector) -> tuple[merkle.Memory, int]:
    leaves = [merkle.leaf_hash(leaf) for leaf in _leaves(one)]
    return merkle.Memory(leaves), len(leaves)


def _root(one: Vector) -> bool:
    tree, size = _tree(one)
    edge = merkle.Edge()
    for leaf in tree.levels[0]:
        edge.add(leaf)
    return edge.root() == merkle.root(size, tree.node) == bytes.fromhex(one["root_hex"])


def _hashes(texts: list[str]) -> list[bytes]:
    return [unbase64(text, "hash") for text in texts]


def _inclusion(one: Vector) -> bool:
    proof = _hashes(one["proof"])
    leaf, root = unbase64(one["leaf_hash"], "leaf"), unbase64(one["root"], "root")
    return _either(
        one,
        lambda: merkle.verify_inclusion(one["index"], one["size"], leaf, proof, root),
        lambda _: "leaf_rule" not in one or merkle.inclusion(one["index"], one["size"], _tree(one)[0].node) == proof,
    )


def _consistency(one: Vector) -> bool:
    proof = _hashes(one["proof"])
    roots = unbase64(one["root1"], "root"), unbase64(one["root2"], "root")
    return _either(
        one,
        lambda: merkle.verify_consistency(one["size1"], one["size2"], *roots, proof),
        lambda _: (
            "leaf_rule" not in one
            or merkle.consistency(one["size1"], one["size2"], _tree({**one, "size": one["size2"]})[0].node) == proof
        ),
    )


def _digest(one: Vector) -> bool:
    digest = hashlib.sha256()
    _DIGESTS[one["id"].partition("/")[2]](digest)
    return bool(digest.hexdigest() == one["sha256_hex"])


def _decimal_tree(size: int) -> merkle.Memory:
    return merkle.Memory(merkle.leaf_hash(b"%d" % i) for i in range(size))


def _roots_to_1000(digest: Any) -> None:
    edge = merkle.Edge()
    for i in range(1000):
        edge.add(merkle.leaf_hash(b"%d" % i))
        digest.update(edge.root())


def _inclusions_to_64(digest: Any) -> None:
    tree = _decimal_tree(64)
    for size in range(1, 65):
        for index in range(size):
            digest.update(b"".join(merkle.inclusion(index, size, tree.node)))


def _consistencies_to_64(digest: Any) -> None:
    tree = _decimal_tree(64)
    for new in range(1, 65):
        for old in range(1, new + 1):
            digest.update(b"".join(merkle.consistency(old, new, tree.node)))


def _subtrees_of_130(digest: Any) -> None:
    tree = merkle.Memory(merkle.leaf_hash(bytes([i])) for i in range(130))
    for end in range(131):
        for start in range(end + 1):
            if start not in (0, end) and start % (1 << (end - start - 1).bit_length()):
                continue
            for index in range(start, end):
                proof = "".join(f" {hash.hex()}" for hash in merkle.inclusion(index, end, tree.node, start))
                digest.update(f"{index} [{start}, {end}){proof}\n".encode())


_DIGESTS: Mapping[str, Callable[[Any], None]] = {
    "subtree-inclusion-proofs-130": _subtrees_of_130,
    "str-roots-1-1000": _roots_to_1000,
    "str-inclusion-1-64": _inclusions_to_64,
    "str-consistency-1-64": _consistencies_to_64,
}


def _tile_path(one: Vector) -> bool:
    level = None if one["level"] == "entries" else one["level"]
    tile = tiles.Tile(level, one["index"], one["width"])
    return bool(tile.path == one["path"]) and tiles.parse_path(one["path"]) == tile


def _tile_set(one: Vector) -> bool:
    found = []
    for level, full, width in tiles.of_size(one["size"]):
        path = tiles.Tile(level, full, width).path if width else None
        found.append({"level": level, "full": full, "partial_width": width, "partial_path": path})
    return bool(found == one["levels"])


def _entry_location(one: Vector) -> bool:
    index, offset = divmod(one["entry_index"], tiles.WIDTH)
    width = tiles.width_in(one["size"], 0, index)
    return (tiles.Tile(None, index, width).path, offset) == (one["path"], one["offset"])


def _node_location(one: Vector) -> bool:
    named = ("tile_level", "tile_index", "level_in_tile", "index_in_level_of_tile")
    return tiles.locate(one["tree_level"], one["tree_index"]) == tuple(one[name] for name in named)


def _same_bytes(one: Vector, data: bytes) -> bool:
    fits = "length" not in one or one["length"] == len(data)
    fits = fits and ("bytes_hex" not in one or bytes.fromhex(one["bytes_hex"]) == data)
    return fits and ("sha256_hex" not in one or hashlib.sha256(data).hexdigest() == one["sha256_hex"])


def _tile_data(one: Vector) -> bool:
    tree, _ = _tree(one)
    tile = tiles.parse_path(one["path"])
    first = tile.index * tiles.WIDTH
    height = tiles.HEIGHT * (tile.level or 0)
    return _same_bytes(one, b"".join(tree.node(height, first + i) for i in range(tile.width)))


def _bundle_encode(one: Vector) -> bool:
    tile = tiles.parse_path(one["path"])
    first = tile.index * tiles.WIDTH
    return _same_bytes(one, tiles.bundle(_leaves(one)[first : first + tile.width]))


def _bundle_decode(one: Vector) -> bool:
    data = bytes.fromhex(one["bytes_hex"])
    return _either(
        one,
        lambda: tiles.parse_bundle(data, one.get("width")),
        lambda found: "entries_hex" not in one or [entry.hex() for entry in found] == one["entries_hex"],
    )


def _vkey(one: Vector) -> bool:
    def same(key: notes.Key) -> bool:
        named = (key.name, key.id.hex(), key.type, hashlib.sha256(key.public).hexdigest(), key.vkey)
        return bool(named == (one["name"], one["key_id_hex"], one["type"], one["public_key_sha256_hex"], one["vkey"]))

    return _either(one, lambda: notes.parse_key(one["vkey"]), same)


def _skey(one: Vector) -> bool:
    return _either(
        one,
        lambda: notes.parse_signer(one["skey"]),
        lambda found: found.key.vkey == one["vkey"] and found.skey == one["skey"],
    )


def _sign(one: Vector) -> bool:
    signer = notes.parse_signer(one["skey"])
    if not one.get("valid", True):
        return _refuses(lambda: signer.line(one["text"]))
    before = notes.parse(one["existing_note"].encode()).signatures if "existing_note" in one else ()
    made = notes.assemble(one["text"], [*(line.line for line in before), signer.line(one["text"])])
    return made == str(one["note"]).encode()


def _raw(one: Vector, name: str) -> bytes:
    return bytes.fromhex(one[f"{name}_hex"]) if f"{name}_hex" in one else str(one[name]).encode()


def _open(one: Vector) -> bool:
    keys = [notes.parse_key(vkey) for vkey in one["vkeys"]]

    def same(opened: notes.Opened) -> bool:
        verified = [f"{key.name}+{key.id.hex()}" for key, _ in opened.verified]
        others = [f"{other.name}+{other.id.hex()}" for other in opened.unverified]
        return (opened.text, verified, others) == (one["text"], one["verified"], one["unverified"])

    return _either(one, lambda: notes.open_note(_raw(one, "note"), keys), same)


def _same_head(one: Vector) -> Callable[[notes.Checkpoint], bool]:
    return lambda head: (
        (head.origin, head.size, b64(head.root), head.extension)
        == (
            *(one["origin"], one["size"], one["root"]),
            one.get("extension", ""),
        )
    )


def _checkpoint_parse(one: Vector) -> bool:
    return _either(one, lambda: notes.checkpoint(one["text"]), _same_head(one))


def _checkpoint_open(one: Vector) -> bool:
    keys = [notes.parse_key(vkey) for vkey in one["vkeys"]]
    same = _same_head(one)
    raw, origin = _raw(one, "note_text"), one["expected_origin"]
    return _either(one, lambda: notes.open_checkpoint(raw, origin, keys), lambda found: same(found[0]))


def _cosignature(one: Vector) -> bool:
    key, text = notes.parse_key(one["vkey"]), one["note_text"]

    def verify() -> int:
        line = notes.parse_signature(one["line"].removesuffix("\n"))
        if key.type != notes.COSIGNATURE or (line.name, line.id) != (key.name, key.id):
            raise notes.NotSigned("not this cosigner's line")
        return key.verify(text.encode(), line.data)

    def same(time: int) -> bool:
        again = "skey" not in one or notes.parse_signer(one["skey"]).cosign(text, time) == one["line"]
        message = notes.cosigned(text.encode(), time).decode()
        return bool(again and (time, message) == (one["timestamp"], one["signed_message"]))

    return _either(one, verify, same)


def _timestamp(one: Vector) -> bool:
    def read() -> bytes:
        return unbase64(one["signature_b64"], "the cosignature", 76)

    return _either(
        one,
        read,
        lambda data: data[:4].hex() == one["key_id_hex"] and int.from_bytes(data[4:12], "big") == one["timestamp"],
    )


def _ml_dsa(one: Vector) -> bool:
    key = notes.parse_key(one["vkey"])

    def verify() -> bytes:
        line = notes.parse_signature(one["line"].removesuffix("\n"))
        hash = unbase64(one["hash"], "hash", 32)
        time, span = int.from_bytes(line.data[:8], "big"), (one["start"], one["end"])
        if (line.name, line.id, time) != (key.name, key.id, one["timestamp"]):
            raise notes.NotSigned("not this cosigner's line")
        try:
            notes.verify_subtree(key, time, one["origin"], *span, hash, line.data[8:])
        except ImportError:
            raise Skipped from None
        except InvalidSignature:
            raise notes.NotSigned("it doesn't fit") from None
        return notes.subtree_message(key.name, time, one["origin"], *span, hash)

    return _either(one, verify, lambda message: message.hex() == one["message_hex"])


def _witness(one: Vector) -> bool:
    with tempfile.TemporaryDirectory() as directory:
        log = (one["origin"], notes.parse_key(one["log_vkey"]))
        signer = notes.Signer("witness.example/w", bytes(range(32)))
        subject = witness.Witness(Path(directory), signer, [log], lambda: 1_700_000_000)
        return all(_step(subject, step) for step in one["steps"])


def _step(subject: witness.Witness, step: Vector) -> bool:
    answer = subject.add_checkpoint(step["request"].encode())
    if answer.status not in (step["status"], *step.get("also_accept", ())):
        return False
    if answer.status == 200:
        asked = witness.parse_request(step["request"].encode())
        line = notes.parse_signature(answer.body.rstrip("\n"))
        subject.signer.key.cosigning.verify(notes.parse(asked.note).text.encode(), line.data)
    fits = "body" not in step or step["body"] == answer.body
    return fits and ("content_type" not in step or step["content_type"] == answer.type)


def _proof_parse(one: Vector) -> bool:
    def same(proof: proofs.Proof) -> bool:
        extra = None if proof.extra is None else b64(proof.extra)
        named = (proof.index, list(map(b64, proof.hashes)), proof.checkpoint.decode(), extra)
        wanted = (one["index"], one["hashes"], one["checkpoint"], one.get("extra"))
        return bool(named == wanted and proof.text == one["text"].encode())

    return _either(one, lambda: proofs.parse(one["text"].encode()), same)


def _proof_verify(one: Vector) -> bool:
    policy = policies.parse(one["policy"].encode())
    return _either(
        one,
        lambda: proofs.verify(one["text"].encode(), bytes.fromhex(one["entry_hex"]), policy),
        lambda found: (found.index, found.head.size) == (one["index"], one["size"]),
    )


def _policy_parse(one: Vector) -> bool:
    return _either(one, lambda: policies.parse(one["text"].encode()))


def _policy_evaluate(one: Vector) -> bool:
    policy = policies.parse(one["policy"].encode())
    return all(map(policy.satisfied, one["satisfied_by"])) and not any(map(policy.satisfied, one["not_satisfied_by"]))


KINDS: Mapping[str, Callable[[Vector], bool]] = {
    "merkle.leaf_hash": lambda one: merkle.leaf_hash(bytes.fromhex(one["leaf_hex"])).hex() == one["hash_hex"],
    "merkle.node_hash": lambda one: (
        merkle.interior(bytes.fromhex(one["left_hex"]), bytes.fromhex(one["right_hex"])).hex() == one["hash_hex"]
    ),
    "merkle.root": _root,
    "merkle.inclusion": _inclusion,
    "merkle.consistency": _consistency,
    "merkle.digest": _digest,
    "tile.index": lambda one: tiles.spell(one["index"]) == one["encoded"],
    "tile.path": _tile_path,
    "tile.path_invalid": lambda one: _refuses(lambda: tiles.parse_path(one["path"])),
    "tile.set": _tile_set,
    "tile.entry_location": _entry_location,
    "tile.node_location": _node_location,
    "tile.data": _tile_data,
    "bundle.encode": _bundle_encode,
    "bundle.decode": _bundle_decode,
    "note.vkey": _vkey,
    "note.skey": _skey,
    "note.sign": _sign,
    "note.open": _open,
    "checkpoint.parse": _checkpoint_parse,
    "checkpoint.open": _checkpoint_open,
    "origin.hash": lambda one: notes.origin_hash(one["origin"]) == one["sha256_hex"],
    "cosig.message": lambda one: (
        notes.cosigned(one["note_text"].encode(), one["timestamp"]).decode() == one["signed_message"]
    ),
    "cosig.verify": _cosignature,
    "cosig.timestamp": _timestamp,
    "cosig.vkey": lambda one: notes.parse_key(one["type1_vkey"]).cosigning.vkey == one["cosignature_vkey"],
    "cosig.mldsa": _ml_dsa,
    "witness.scenario": _witness,
    "proof.parse": _proof_parse,
    "proof.verify": _proof_verify,
    "policy.parse": _policy_parse,
    "policy.evaluate": _policy_evaluate,
}
