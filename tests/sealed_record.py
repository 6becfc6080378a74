"""A record with its founding, its people's passkeys, and what custodians read in it; cosigned by a witness of ours."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import sealing
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData

from comity_seal import items, openings, texts
from comity_seal.custodian import keeper
from comity_seal.custodian.acting import Custodian
from comity_verify import entries, merkle, notes, policies, proofs, receipts, writer

NOW = 1_796_040_000  # 2026-11-30T12:00:00Z
DAY = 24 * 3600


class Passkey:
    """Somebody's passkey, as `comity_verify` reads its signatures."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        key = ES256.from_cryptography_key(self._private.public_key())
        self.public = bytes(AttestedCredentialData.create(bytes(16), secrets.token_bytes(32), key))
        self.mark = sha256(self.public).hexdigest()

    def sign(self, text: bytes) -> dict[str, Any]:
        """A signature over an act."""
        said = {"type": "webauthn.get", "challenge": _b64(sha256(text).digest()), "origin": "https://g.example"}
        client, data = json.dumps(said).encode(), sha256(b"g.example").digest() + b"\x05" + bytes(4)
        signature = self._private.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": _b64(client), "authenticatorData": _b64(data), "signature": _b64(signature)}
        return {"key": self.mark, "response": response}


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Record:
    """A log on disk, and a witness beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory, self._signer = directory, notes.Signer("log.example/real", os.urandom(32))
        self._witness = notes.Signer("witness.example/w", os.urandom(32))
        self._writer = writer.Writer(directory, self._signer)
        self._bodies: list[tuple[bytes, dict[str, tuple[bytes, Any]]]] = []
        witness = f"witness w {self._witness.key.cosigning.vkey}"
        self.policy = f"log {self._signer.key.vkey}\n{witness}\nquorum w\n"
        self.people: dict[str, Passkey] = {}

    def found(self, people: dict[str, tuple[str, list[str]]]) -> str:
        """Entry 0: people with jurisdiction and roles, who all sign; returns the charter's hash."""
        self.people = {name: Passkey() for name in people}
        them = [
            {"person": name, "jurisdiction": place, "roles": roles, "keys": [self.people[name].mark]}
            for name, (place, roles) in people.items()
        ]
        text = texts.canonical({"kind": "gateway.found", "people": them})
        keys = {one.mark: notes.b64(one.public) for one in self.people.values()}
        signed = {"text": text.decode(), "keys": keys, "signatures": [k.sign(text) for k in self.people.values()]}
        self.add("gateway.founded", {}, signed=signed)
        return sha256(text).hexdigest()

    def add(self, kind: str, public: dict[str, Any], by: str = "gateway", at: int = NOW, **more: Any) -> int:
        """One entry, published and witnessed at a time; returns its index."""
        salt, said = os.urandom(32), {"by": by}
        sealed = {name: entries.commit(salt, name, value) for name, value in said.items()}
        entry = {"v": 1, "kind": kind, "day": "2026-11-30", "realm": "real", "by": by.partition(":")[0]}
        body = entries.canonical({**entry, "public": public, "sealed": sealed, **more})
        head = self._writer.append([body])
        self._bodies.append((body, {name: (salt, value) for name, value in said.items()}))
        self._writer.publish([self._witness.cosign(head.text, at)])
        return head.size - 1

    def receipt(self, index: int) -> str:
        """The receipt of an entry under today's head, in base64."""
        body, revealed = self._bodies[index]
        size = len(self._bodies)
        published = self._writer.published()
        assert published is not None
        proof = proofs.Proof(index, tuple(merkle.inclusion(index, size, self._writer.node)), published)
        return notes.b64(receipts.make(proof, body, revealed, self.policy))

    @property
    def parsed(self) -> policies.Policy:
        return policies.parse(self.policy.encode())


PEOPLE = {
    "p-1": ("FR", ["decider"]),
    "p-2": ("DE", ["decider", "head"]),
    "p-3": ("DE", ["handler"]),
    "p-4": ("BE", ["guardian"]),
}
ORDER = b"EPOC: content of /u/ada, 1 to 30 November 2026"
ASKED = [{"category": "content", "persons": ["/u/ada"], "from": "2026-11-01", "to": "2026-11-30"}]


class Scene:
    """A founded desk, five custodians, an item of an order, and everything that makes a request to open it good."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.now = directory, NOW
        self.log = Record(directory / "log")
        self.charter = self.log.found(PEOPLE)
        self.roster = sealing.roster(charter=self.charter)
        days = ("2026-11-03", "2026-11-04", "2026-12-01")
        records = [sealing.record("content", day) for day in days] + [sealing.record("access", "2026-11-03")]
        self.sealed = sealing.sealed([*records, sealing.record("content", "2026-11-03", person="/u/bob")], self.roster)
        mark = sealing.RECIPIENT.public.fingerprint
        whose = {"recipient": mark, "authority": "A-1", "country": "FR"}
        self.logged = self.log.receipt(self.log.add("recipient.logged", whose, at=NOW - 2 * DAY))
        called = {"recipient": mark}
        self.called = self.log.receipt(self.log.add("recipient.called-back", called, by="person:3", at=NOW - 2 * DAY))

    def request(
        self, parts: tuple[int, ...] = (0, 1), signers: tuple[str, ...] = ("p-1", "p-2"), **about: Any
    ) -> bytes:
        """A request; `about` puts other things into it than belong there, `act__X` into the act."""
        acted = {name.removeprefix("act__"): about.pop(name) for name in list(about) if name.startswith("act__")}
        said = {**self.said(parts), **about}
        text = texts.canonical(self._act(said) | acted)
        said["act"] = {"text": text.decode(), "signatures": [self.log.people[one].sign(text) for one in signers]}
        entry = {"opening": said["opening"], "act": sha256(text).hexdigest(), "item": said["item"]["item"]}
        entry |= {"recipient": said["recipient"]["fingerprint"], "emergency": said["clock"]["emergency"]}
        record = {"asked": self.log.receipt(self.log.add("opening.asked", entry, by="person:1"))}
        said["record"] = {**record, "recipient": self.logged, "called_back": [self.called], **about.get("record", {})}
        return texts.canonical(said)

    def said(self, parts: tuple[int, ...]) -> dict[str, Any]:
        """What a request says before anybody has signed."""
        head, to = self.sealed.item.head, sealing.RECIPIENT.public
        order = {"sha256": openings.hash_of(ORDER), "authority": "A-1", "country": "FR", "name": "Court of Lille"}
        return {
            "v": 1,
            "opening": "O-TEST1",
            "realm": "real",
            "item": {"item": head.item, "head": head.digest},
            "parts": list(parts),
            "case": {"number": "C-1", "salt": (b"\1" * 32).hex()},
            "order": order | {"instrument": "eu-eevidence-production", "type": "text/plain", "text": notes.b64(ORDER)},
            "recipient": {"authority": "A-1", "key": notes.b64(to.raw), "fingerprint": to.fingerprint},
            "asked": ASKED,
            "finding": {"pack": "eu-eevidence-production", "outcome": "produce", "covers": ASKED},
            "clock": {"asked": "2026-11-30T11:00:00Z", "due": "2026-12-10T12:00:00Z", "emergency": False},
            "before": [
                {"opening": "O-OLD", "day": "2026-10-02", "country": "FR", "categories": ["access"], "parts": 3}
            ],
        }

    def _act(self, said: dict[str, Any]) -> dict[str, Any]:
        quorum = {"count": 2, "roles": ["decider", "head"], "jurisdictions": 2}
        return {
            "kind": "data.disclose",
            "realm": "real",
            "case": said["opening"],
            "version": 1,
            "quorum": quorum,
            "nonce": secrets.token_hex(16),
            "opening": said["opening"],
            "item": said["item"]["item"],
            "head": said["item"]["head"],
            "parts": said["parts"],
            "recipient": said["recipient"]["fingerprint"],
            "order": said["order"]["sha256"],
            "finding": texts.digest(said["finding"]),
            "asked": texts.digest(said["asked"]),
            "due": said["clock"]["due"],
            "emergency": said["clock"]["emergency"],
        }

    def card(self, name: str = "be") -> bytes:
        """What a custodian is given of the item."""
        return items.card(self.sealed.item, name)

    def custodian(self, name: str = "be", **about: str) -> Custodian:
        """A custodian with a directory of their own, who knows roster, record and platform."""
        directory = self.directory / name
        if not directory.exists():
            said = {
                "ledger": str(self.log.directory),
                "policy": self.log.policy,
                "sealer": self.sealed.item.head.sealer,
            }
            settings = keeper.Settings(
                name, sealing.PLACES[name], **{"person": "p-4" if name == "be" else "", **said, **about}
            )
            keeper.init(directory, settings)
            (directory / "key.json").unlink()
            from comity_seal import keys

            keys.write(directory / "key.json", sealing.key(name), name)
            keeper.Keeper(directory).follow(sealing.signed(self.roster).raw)
        return Custodian(keeper.Keeper(directory, lambda: self.now))
