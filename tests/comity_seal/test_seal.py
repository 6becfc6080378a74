"""Sealing: vectors of others, all subsets below k, all spreads over jurisdictions, and whatever can be altered."""

import io
import itertools
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
import sealing
from cryptography.hazmat.primitives.asymmetric import x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from hypothesis import given, settings
from hypothesis import strategies as st

from comity_seal import documents, items, keys, openings, packages, rosters, shamir, streams, texts
from comity_seal.hybrid import BadKey, NotOpened, Private, Public

DATA = Path(__file__).parent.parent / "data" / "hpke"
AEADS = {1: AEAD.AES_128_GCM, 2: AEAD.AES_256_GCM, 3: AEAD.CHACHA20_POLY1305}
KDFS = {1: KDF.HKDF_SHA256, 3: KDF.HKDF_SHA512, 17: KDF.SHAKE256}


def vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / name).read_text())
    return [one for one in found if one["kem_id"] in (0x20, 0x647A) and one["kdf_id"] in KDFS]


def first(suite: Suite, key: Any, one: dict[str, Any]) -> bytes:
    """The first message of a vector, opened; theirs have an AAD, which our own messages haven't."""
    said = one["encryptions"][0]
    sealed = bytes.fromhex(one["enc"] + said["ct"])
    from cryptography.hazmat.bindings._rust import openssl

    info, aad = bytes.fromhex(one["info"]), bytes.fromhex(said["aad"])
    return bytes(openssl.hpke._decrypt_with_aad(suite, sealed, key, info, aad))


@pytest.mark.parametrize("one", vectors("rfc9180.json"), ids=lambda one: f"kdf {one['kdf_id']} aead {one['aead_id']}")
def test_vectors_of_rfc_9180(one: dict[str, Any]) -> None:
    suite = Suite(KEM.X25519, KDFS[one["kdf_id"]], AEADS[one["aead_id"]])
    key = x25519.X25519PrivateKey.from_private_bytes(bytes.fromhex(one["skRm"]))
    assert first(suite, key, one).hex() == one["encryptions"][0]["pt"]


@pytest.mark.parametrize("one", vectors("pq.json"), ids=lambda one: f"kdf {one['kdf_id']} aead {one['aead_id']}")
def test_vectors_of_the_hybrid(one: dict[str, Any]) -> None:
    mine = Private(bytes.fromhex(one["skRm"]))
    assert mine.public.raw.hex() == one["pkRm"]  # the seed is X-Wing's: any other program makes the same key of it
    suite = Suite(KEM.MLKEM768_X25519, KDFS[one["kdf_id"]], AEADS[one["aead_id"]])
    assert first(suite, MLKEM768X25519PrivateKey(*mine._parts), one).hex() == one["encryptions"][0]["pt"]


def test_what_is_bound_must_fit() -> None:
    key, other = sealing.RECIPIENT, sealing.key("other")
    sealed = key.public.seal(b"x", b"info")
    assert key.open(sealed, b"info") == b"x"
    for who, what, about in (
        (other, sealed, b"info"),
        (key, sealed, b"inf"),
        (key, sealed[:-1], b"info"),
        (key, b"", b""),
    ):
        with pytest.raises(NotOpened):
            who.open(what, about)
    for raw in (b"", key.public.raw[:-1], b"\xff" * 1216):
        with pytest.raises(BadKey):
            Public(raw)
    assert key.seed.hex() not in repr(key)


# Shares ---------------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=40), st.data())
def test_any_k_shares_give_the_secret(secret: bytes, data: st.DataObject) -> None:
    n = data.draw(st.integers(2, 9))
    k = data.draw(st.integers(2, n))
    xs = data.draw(st.lists(st.integers(1, 255), min_size=n, max_size=n, unique=True))
    shares = shamir.split(secret, k, xs)
    assert shamir.combine(data.draw(st.permutations(shares))[:k]) == secret


def test_fewer_than_k_shares_fit_every_secret() -> None:
    for k, n in ((2, 3), (3, 5)):
        shares = shamir.split(b"s", k, range(1, n + 1))
        for some in itertools.combinations(shares, k - 1):
            # with one more share, of any value, each secret comes out exactly once: k - 1 rule out none
            x = next(x for x in range(1, 255) if all(x != one[-1] for one in some))
            found = {shamir.combine([*some, bytes([y, x])]) for y in range(256)}
            assert len(found) == 256


@pytest.mark.parametrize(("k", "xs"), [(1, [1, 2]), (3, [1, 2]), (2, [1, 1]), (2, [0, 1]), (2, [1, 256])])
def test_shares_that_cannot_be(k: int, xs: list[int]) -> None:
    with pytest.raises(shamir.BadShares):
        shamir.split(b"s", k, xs)


def test_shares_that_do_not_combine() -> None:
    one, two, *_ = shamir.split(b"secret", 2, [1, 2, 3])
    for shares in ([], [one], [one, one], [one, two[:-2] + two[-1:]], [one, b"\0" * 7], [b"", b""]):
        with pytest.raises(shamir.BadShares):
            shamir.combine(shares)


# Below k, and jurisdictions -------------------------------------------------------------------------------------------


OF = sealing.sealed([sealing.record(), sealing.record("access")])
ASKED = sealing.opening(OF.item, [0, 1])
GIVEN = {one.custodian: one for one in sealing.given(ASKED, OF.item, list(sealing.PLACES))}
PARTS = dict(enumerate(OF.item.parts))


def made_of(names: tuple[str, ...]) -> dict[int, bytes]:
    return openings.keys(ASKED, OF.item.head, PARTS, [GIVEN[name] for name in names], sealing.RECIPIENT)


def test_every_subset_below_k_opens_nothing_and_every_one_from_k_the_same() -> None:
    whole = made_of(tuple(GIVEN))
    for size in range(6):
        for names in itertools.combinations(GIVEN, size):
            if size >= 3:
                assert made_of(names) == whole
                continue
            with pytest.raises(openings.BadOpening, match=f"{size} custodians' shares fit"):
                made_of(names)
    with pytest.raises(openings.BadOpening, match="2 custodians' shares fit"):
        made_of(("be", "ee", "ee"))  # who gives twice is one


@given(st.lists(st.sampled_from(["BE", "EE", "PT", "UY", "CH"]), min_size=2, max_size=7), st.integers(2, 7))
@settings(deadline=None)
def test_no_spread_that_stands_lets_one_jurisdiction_open(places: list[str], k: int) -> None:
    roster = sealing.roster({f"c{n}": place for n, place in enumerate(places)}, k)
    stands = 2 <= k <= len(places) and len({*places}) >= 3 and max(map(places.count, places)) < k
    if not stands:
        with pytest.raises(rosters.BadRoster):
            rosters.verify_rules(roster)
        return
    rosters.verify_rules(roster)
    of = sealing.sealed([sealing.record()], roster)
    asked = sealing.opening(of.item, [0])
    for place in {*places}:
        alone = [one.name for one in roster.custodians if one.jurisdiction == place]
        with pytest.raises(openings.BadOpening):
            openings.keys(
                asked, of.item.head, {0: of.item.parts[0]}, sealing.given(asked, of.item, alone), sealing.RECIPIENT
            )


def test_a_bad_share_is_named_and_others_make_up_for_it() -> None:
    bad = openings.Given(
        *openings.given_fields(GIVEN["pt"])[:3], sealing.RECIPIENT.public.seal(b"{}", ASKED.info("pt"))
    )
    with pytest.raises(openings.BadShare, match="those of pt do not") as error:
        openings.keys(ASKED, OF.item.head, PARTS, [GIVEN["be"], bad, GIVEN["ch"]], sealing.RECIPIENT)
    assert error.value.custodians == ("pt",)
    four = [GIVEN["be"], bad, GIVEN["ch"], GIVEN["ee"]]
    assert openings.keys(ASKED, OF.item.head, PARTS, four, sealing.RECIPIENT) == made_of(("be", "ch", "ee"))
    assert openings.bad_shares(ASKED, PARTS, four, sealing.RECIPIENT) == ("pt",)


def test_a_flipped_share_is_found_before_it_makes_a_false_key() -> None:
    mine = openings.unseal(OF.item.head, OF.item.envelopes["pt"], "pt", sealing.key("pt"))
    for at in (0, 31, 32, 40):
        flipped = {
            str(n): texts.b64(share[:at] + bytes([share[at] ^ 1]) + share[at + 1 :])
            for n, share in enumerate(mine.shares)
        }
        said = sealing.RECIPIENT.public.seal(texts.canonical(flipped), ASKED.info("pt"))
        given_bad = openings.Given(ASKED.digest, "pt", ASKED.parts, said)
        with pytest.raises(openings.BadShare, match="pt"):
            openings.keys(ASKED, OF.item.head, PARTS, [GIVEN["be"], GIVEN["ee"], given_bad], sealing.RECIPIENT)


@pytest.mark.parametrize("what", ["another opening", "another key", "another item", "another custodian", "fewer parts"])
def test_a_share_opens_nothing_it_was_not_given_for(what: str) -> None:
    roster, raw = OF.roster, GIVEN["be"].raw
    if what == "another opening":
        other = sealing.opening(OF.item, [0, 1], before=[])
        with pytest.raises(openings.BadOpening, match="answered another request"):
            openings.parse_answer(raw, other, roster)
    elif what == "another key":
        other = sealing.opening(OF.item, [0, 1], sealing.key("thief"))
        with pytest.raises(openings.BadOpening, match="0 custodians"):
            openings.keys(other, OF.item.head, PARTS, list(GIVEN.values()), sealing.key("thief"))
    elif what == "another item":
        grown = sealing.sealed([sealing.record(), sealing.record("access"), sealing.record("traffic")])
        with pytest.raises(openings.BadOpening, match="another item"):
            openings.give(ASKED, grown.item, "be", sealing.key("be"))
    elif what == "another custodian":
        said = json.loads(raw) | {"custodian": "ee"}
        with pytest.raises(openings.BadOpening, match="signature of ee"):
            openings.parse_answer(texts.canonical(said), ASKED, roster)
    else:
        less = openings.give(sealing.opening(OF.item, [0]), OF.item, "be", sealing.key("be"))
        with pytest.raises(openings.BadOpening):
            openings.parse_answer(less.raw, ASKED, roster)


# Rosters --------------------------------------------------------------------------------------------------------------


def test_a_roster_follows_by_k_of_the_last_and_its_newcomers() -> None:
    last = sealing.roster()
    places = {name: place for name, place in sealing.PLACES.items() if name != "be"} | {"fr": "FR"}
    new = sealing.roster(places, version=2, previous=last.hash)
    assert rosters.chain([sealing.signed(last).raw, sealing.signed(new, ("ee", "pt", "uy", "fr")).raw]) == new
    for names in (("ee", "pt", "fr"), ("ee", "pt", "uy"), ("fr",)):  # too few, or the newcomer didn't
        with pytest.raises(rosters.BadRoster, match="signatures"):
            rosters.verify_next(last, sealing.signed(new, names))
    skipped = sealing.roster(places, version=3, previous=last.hash)
    lowered = sealing.roster(k=2, version=2, previous=last.hash)
    with pytest.raises(rosters.BadRoster, match="what follows roster 1"):
        rosters.verify_next(last, sealing.signed(skipped, ("ee", "pt", "uy", "fr")))
    with pytest.raises(rosters.BadRoster, match="signatures"):
        rosters.verify_next(last, sealing.signed(lowered, ("be", "ee")))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"version": 2}, "previous"),
        ({"previous": "0" * 64}, "previous"),
        ({"k": 6}, "k, custodians"),
        ({"places": {"a": "BE", "b": "BE", "c": "BE", "d": "EE", "e": "PT"}}, "one jurisdiction has 3"),
        ({"places": {"a": "BE", "b": "BE", "c": "EE", "d": "EE"}}, "3 jurisdictions"),
    ],
)
def test_a_roster_that_breaks_a_rule(about: dict[str, Any], says: str) -> None:
    roster = sealing.roster(**about)
    with pytest.raises(rosters.BadRoster, match=says):
        rosters.verify_rules(roster)


def test_a_rosters_file_altered_is_no_roster() -> None:
    said = json.loads(sealing.signed(sealing.roster()).raw)
    for alter in (
        {"roster": said["roster"] | {"k": "3"}},
        {"roster": said["roster"] | {"more": 1}},
        {"roster": said["roster"] | {"custodians": [{}]}},
        {"signatures": []},
        {"v": 2},
    ):
        with pytest.raises(rosters.BadRoster):
            rosters.parse(texts.canonical(said | alter))
    said["roster"]["k"] = 2
    with pytest.raises(rosters.BadRoster, match="signatures"):
        rosters.verify_first(rosters.parse(texts.canonical(said)))


# Streams, items, packages ---------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from([b"", b"\0", b"\x80", b"\x80\0\0", b"abc", b"\0" * 5000, b"x" * 3000]), max_size=6))
@settings(deadline=None)
def test_what_is_padded_comes_back(pieces: list[bytes]) -> None:
    key = secrets.token_bytes(32)
    sealed = list(streams.seal(key, b"about", pieces))
    assert b"".join(streams.unseal(key, b"about", sealed)) == b"".join(pieces)
    assert sum(map(len, sealed)) == streams.size_class(sum(map(len, pieces))) + 16 * len(sealed)


def test_chunks_cannot_be_cut_swapped_or_repeated() -> None:
    key, data = secrets.token_bytes(32), [b"\0" * streams.CHUNK, b"y" * streams.CHUNK, b"z" * 100]
    sealed = list(streams.seal(key, b"about", data))
    assert len(sealed) == 3
    assert b"".join(streams.unseal(key, b"about", sealed)) == b"".join(data)
    altered = [sealed[:2], sealed[:1], [], sealed[1:], [sealed[1], sealed[0], sealed[2]], [*sealed, sealed[2]]]
    for bad in [*altered, [sealed[0], sealed[1][:-1], sealed[2]]]:
        with pytest.raises(streams.BadPart):
            list(streams.unseal(key, b"about", bad))
    with pytest.raises(streams.BadPart):
        list(streams.unseal(key, b"another part", sealed))


def test_sizes_tell_little() -> None:
    assert streams.size_class(0) == streams.size_class(1000) == 1024
    for length in (1024, 5_000, 10**6, 10**9):
        assert length < streams.size_class(length) <= length * 1.13 + 64


def test_every_byte_of_an_item_flipped_is_found() -> None:
    of = sealing.sealed([sealing.record(text=b"")])
    for at in range(0, len(of.raw), 13):
        raw = of.raw[:at] + bytes([of.raw[at] ^ 1]) + of.raw[at + 1 :]
        with pytest.raises(texts.BadText):
            items.read(io.BytesIO(raw), of.item.head.sealer, of.item.content)
    for cut in (1, 9, 500, len(of.raw) - 1):
        with pytest.raises(texts.BadText):
            items.read(io.BytesIO(of.raw[:-cut]))


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (sealing.record("everything"), "a category of"),
        (sealing.record(day="3 November"), "a day as"),
    ],
)
def test_records_that_are_none(record: items.Records, says: str) -> None:
    with pytest.raises(items.BadItem, match=says):
        sealing.sealed([record])


def test_a_document_is_as_long_as_it_says_and_named_like_a_file() -> None:
    for one in (documents.Document("x", "text/plain", 3, [b"ab"]), documents.of("../x", "text/plain", b"")):
        with pytest.raises(documents.BadDocument):
            sealing.sealed([items.Records("content", "/u/a", "2026-11-03", lambda one=one: [one])])


def test_a_package_altered_is_said_where(tmp_path: Path) -> None:
    file = io.BytesIO()
    about: dict[str, Any] = {"item": OF.item, "roster": sealing.signed(OF.roster), "about": {}, "beside": {}}
    answers = [one.raw for one in GIVEN.values()]
    packages.write(file, blob=OF.blob, opening=sealing.request(OF.item, [0, 1]), answers=answers, **about)
    whole = file.getvalue()
    assert packages.read(io.BytesIO(whole)).opening.parts == (0, 1)
    at = whole.index(b"parts/0.sealed") + 200
    with pytest.raises(packages.BadPackage, match=r"parts/0.sealed|not a package"):
        packages.read(io.BytesIO(whole[:at] + b"\xff" + whole[at + 1 :]))
    with pytest.raises(packages.BadPackage, match="another platform"):
        packages.read(io.BytesIO(whole), "0" * 64)
    with pytest.raises(packages.BadPackage, match="not a package"):
        packages.read(io.BytesIO(whole[:-100]))
    with pytest.raises(openings.BadOpening):
        packages.write(io.BytesIO(), blob=OF.blob, opening=sealing.request(OF.item, [1]), answers=answers, **about)


@pytest.mark.slow
def test_a_keys_file_opens_by_its_passphrase_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    keys.write(path, sealing.RECIPIENT, "court", "a phrase")
    assert keys.read(path, lambda: "a phrase") == sealing.RECIPIENT
    assert sealing.RECIPIENT.seed not in path.read_bytes()
    assert oct(path.stat().st_mode)[-3:] == "600"
    for phrase in ("", "another"):
        with pytest.raises(keys.Locked):
            keys.read(path, lambda phrase=phrase: phrase)
    with pytest.raises(FileExistsError):
        keys.write(path, sealing.key("x"), "court")
    path.write_bytes(path.read_bytes().replace(b'"v":1', b'"v":2'))
    with pytest.raises(BadKey, match="version 1"):
        keys.read(path)
