"""From which country a viewer comes, whoever says what."""

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from comity_edge.config import Misconfigured, read
from comity_edge.country import Mmdb, Table, Viewers

TABLE = Table(["# networks", "192.0.2.0/24 FR", "192.0.2.128/25,be", "2001:db8::/32 CH", ""])


def test_it_works() -> None:
    at = lambda text: TABLE.of(ipaddress.ip_address(text))  # noqa: E731
    found = [at(one) for one in ("192.0.2.1", "192.0.2.200", "2001:db8::1", "198.51.100.1")]
    assert found == ["FR", "BE", "CH", ""]


@pytest.mark.parametrize("line", ["192.0.2.0/24", "192.0.2.1/24 FR", "x FR", "192.0.2.0/24 France"])
def test_a_table_that_makes_no_sense_names_the_line(line: str) -> None:
    with pytest.raises(ValueError, match="country table: line 2"):
        Table(["192.0.2.0/24 FR", line])


@pytest.mark.parametrize(
    ("peer", "forwarded", "country"),
    [
        ("192.0.2.1", [], "FR"),
        ("192.0.2.1", ["2001:db8::1"], "FR"),  # no proxy of ours: its word counts for nothing
        ("10.0.0.1", ["192.0.2.1"], "FR"),
        ("10.0.0.1", ["2001:db8::1, 192.0.2.1"], "FR"),  # what was there before our proxy is the viewer's own word
        ("10.0.0.1", ["2001:db8::1", "192.0.2.1"], "FR"),
        ("10.0.0.1", ["192.0.2.1, 10.0.0.2"], "FR"),
        ("10.0.0.1", ["[2001:db8::1]:443"], "CH"),
        ("10.0.0.1", ["192.0.2.200:80"], "BE"),
        ("::ffff:10.0.0.1", ["192.0.2.1"], "FR"),
        ("::ffff:192.0.2.1", [], "FR"),
        ("10.0.0.1", ["nonsense"], ""),
        ("10.0.0.1", [], ""),
        ("", ["192.0.2.1"], ""),
    ],
)
def test_only_trusted_proxies_say_for_whom_they_speak(peer: str, forwarded: list[str], country: str) -> None:
    viewers = Viewers(TABLE, ["10.0.0.0/8"])
    assert viewers.country(viewers.address(peer, forwarded), peer, "") == country


@pytest.mark.parametrize(
    ("peer", "said", "country"), [("10.0.0.1", "fr", "FR"), ("10.0.0.1", "XXX", ""), ("192.0.2.1", "CH", "FR")]
)
def test_only_a_trusted_proxy_says_the_country(peer: str, said: str, country: str) -> None:
    assert Viewers(TABLE, ["10.0.0.0/8"], "cf-ipcountry").country(peer, peer, said) == country


def test_an_mmdb_file_is_read(tmp_path: Path) -> None:
    """A file as GeoLite2, DB-IP and IPinfo publish theirs, with the shapes that their rows have."""
    made = MMDBWriter(6, ipv4_compatible=True, database_type="GeoLite2-Country")
    rows: dict[str, Any] = {
        "192.0.2.0/26": {"country": {"iso_code": "FR"}, "registered_country": {"iso_code": "BE"}},
        "192.0.2.64/26": {"registered_country": {"iso_code": "BE"}},
        "192.0.2.128/26": {"country_code": "CH"},
        "192.0.2.192/27": {"country": {"iso_code": "Utopia"}},
        "2001:db8::/32": {"country": {"iso_code": "FR"}},
    }
    for network, said in rows.items():
        made.insert_network(IPSet([network]), said)
    made.to_db_file(str(tmp_path / "country.mmdb"))
    viewers = Viewers(Mmdb(tmp_path / "country.mmdb"))
    looked = ("192.0.2.1", "192.0.2.65", "192.0.2.129", "192.0.2.193", "192.0.2.250", "2001:db8::9", "::ffff:192.0.2.1")
    assert [viewers.country(one, one, "") for one in looked] == ["FR", "BE", "CH", "", "", "FR", "FR"]
    four = MMDBWriter(4, database_type="Country")
    four.insert_network(IPSet(["192.0.2.0/24"]), {"country": {"iso_code": "FR"}})
    four.to_db_file(str(tmp_path / "four.mmdb"))
    viewers = Viewers(Mmdb(tmp_path / "four.mmdb"))
    assert [viewers.country(one, one, "") for one in ("192.0.2.1", "2001:db8::9")] == ["FR", ""]
    (tmp_path / "broken.mmdb").write_bytes((tmp_path / "country.mmdb").read_bytes()[:100])
    (tmp_path / "token").write_text("t" * 32)
    (tmp_path / "edge.toml").write_text(f'{GOOD}[country]\nmmdb = "broken.mmdb"\n')
    with pytest.raises(Misconfigured, match="country: "):
        read(tmp_path / "edge.toml")


GOOD = """platform = "chat"
upstream = "http://127.0.0.1:8008"
list = "https://comity.example/platforms/chat/withheld"
public_key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
token_file = "token"
"""


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ('x = "y"\n', "x: unknown"),
        ("proxies = [7]\n", "proxies: must be"),
        ('listen = "8448"\n', "listen: must be HOST:PORT"),
        ('[country]\nheader = "cf-ipcountry"\n', "name the proxies"),
        ('[country]\ntable = "none.txt"\n', "country: "),
        ('[country]\nmmdb = "none.mmdb"\n', "country: "),
        ('[country]\ntable = "a"\nmmdb = "b"\n', "country: must be one of"),
        ("= ", "edge.toml: "),
    ],
)
def test_a_setting_that_cant_be_used_is_named(tmp_path: Path, changed: str, says: str) -> None:
    (tmp_path / "token").write_text("t" * 32)
    (tmp_path / "edge.toml").write_text(GOOD)
    assert read(tmp_path / "edge.toml").upstream == "http://127.0.0.1:8008"
    (tmp_path / "edge.toml").write_text(GOOD + changed)
    with pytest.raises(Misconfigured, match=says):
        read(tmp_path / "edge.toml")
    wrong = {"http://127": ("ftp://127", "upstream"), "AAAA=": ("AAA", "public_key"), 'token"': ('none"', "token_file")}
    for good, (bad, why) in wrong.items():
        (tmp_path / "edge.toml").write_text(GOOD.replace(good, bad))
        with pytest.raises(Misconfigured, match=why):
            read(tmp_path / "edge.toml")
