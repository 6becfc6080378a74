"""`[[platform]]`: which platforms there are, what each claims, and which realm reaches which."""

import base64
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from comity import connected, operator, platforms
from comity.addresses import NoClaim, claim
from comity.platforms import sources

DOC = Path(__file__).parents[2] / "docs" / "run-it.md"
URL = 'url = "https://adapter.example/comity"'
KEYS = 'read_key = "r.key"\nact_key = "a.key"'
GOOD = f'[[platform]]\nname = "forum"\n{URL}\naddresses = ["forum.example"]\n{KEYS}\n'


def key(n: int) -> str:
    return "whsec_" + base64.b64encode(bytes([n]) * 32).decode()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], operator.Operator]:
    """The settings of a file, in a directory with a few keys."""
    for n, name in enumerate(("r.key", "a.key", "i.key", "keys/forum-read.key", "keys/forum-act.key")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(key(n) + "\n")
    (tmp_path / "same.key").write_text(key(0))
    (tmp_path / "short.key").write_text("whsec_AAAA")

    def settings_of(toml: str) -> operator.Operator:
        (tmp_path / "comity.toml").write_text(toml)
        return operator.read(tmp_path)

    return settings_of


def test_it_works_as_the_page_for_operators_shows_it(read: Any) -> None:
    (toml,) = re.findall(r"```ini\n(\[\[platform\]\].*?)```", DOC.read_text(), re.S)
    (forum,) = read(toml).platforms
    row = tomllib.loads(toml)["platform"][0]
    assert (forum.name, forum.kind, forum.url, forum.shadow) == ("forum", "http", row["url"], True)
    assert [one.covers("https://FORUM.example./a/../b?x#y") for one in forum.claims] == [True, False]
    assert [one.covers("https://chat.example/t/1") for one in forum.claims] == [False, True]
    assert not any(one.covers("https://chat.example/tt") for one in forum.claims)


def test_without_a_table_the_sandbox_is_there_in_every_realm(read: Any) -> None:
    us = read("")
    assert [(one.name, one.kind, one.shadow) for one in us.platforms] == [("sandbox", "sandbox", False)]
    assert not us.shadow
    assert read("shadow = true").shadow


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("platform = 7", r"\[\[platform\]\] tables"),
        ('shadow = "yes"', "shadow must be true or false"),
        ("[[platform]]", "platform 1: name must be"),
        ('[[platform]]\nname = "Forum"', "platform 1: name must be"),
        (GOOD.replace('name = "forum"', 'name = "gateway"'), "platform gateway: name"),
        (GOOD.replace('name = "forum"', 'name = "sandbox"'), "platform sandbox: name"),
        (GOOD.replace('name = "forum"', 'name = "demo-forum"'), "platform demo-forum: name"),
        (
            '[[platform]]\nname = "sandbox"\nkind = "sandbox"\nurl = "http://localhost"',
            "url: unknown; known of kind sandbox",
        ),
        (GOOD + 'kind = "carrier-pigeon"', "kind must be one of sandbox, http"),
        (GOOD + "token = 7", "token: unknown"),
        (GOOD + 'shadow = "no"', "forum: shadow must be true or false"),
        (GOOD.replace(URL, 'url = "http://adapter.example"'), "url must begin with https"),
        (GOOD.replace(URL, 'url = "https://u:p@adapter.example"'), "without a user name"),
        (GOOD.replace(URL, 'url = "ftp://adapter.example"'), "url must be https"),
        (GOOD.replace(URL, 'url = "https://[::1"'), "url must be https"),
        (GOOD.replace('["forum.example"]', "[]"), "addresses must be a list"),
        (GOOD.replace('["forum.example"]', '"forum.example"'), "addresses must be a list"),
        (GOOD.replace('"forum.example"', '"*.example"'), "one host"),
        (GOOD.replace('"forum.example"', '"https://forum.example/?q=1"'), "no user name, query or fragment"),
        (GOOD.replace('"r.key"', '"nowhere.key"'), "read_key: nowhere.key: no file"),
        (GOOD.replace('"r.key"', '"short.key"'), "24 bytes in base64"),
        (GOOD.replace('"a.key"', '"same.key"'), "act_key: it is the same as another"),
        (GOOD.replace('act_key = "a.key"', ""), "act_key must be the path"),
        (GOOD + GOOD, "'forum' is the name of two"),
        (
            GOOD + GOOD.replace('"forum"', '"other"').replace("forum.example", "https://forum.example/t/"),
            "one owns each",
        ),
        (
            GOOD.replace('"forum.example"', '"forum.example", "http://localhost:4711/c"'),
            "'sandbox' claims localhost:4711",
        ),
    ],
)
def test_refused_with_its_field_and_its_rule(read: Any, monkeypatch: pytest.MonkeyPatch, toml: str, says: str) -> None:
    monkeypatch.setenv("COMITY_SANDBOX_URL", "http://127.0.0.1:4711")
    with pytest.raises(operator.Misconfigured, match=says):
        read(toml)


HOMESERVER = """[[platform]]
name = "chat"
kind = "matrix"
server_name = "chat.example"
url = "http://127.0.0.1:8008"
read_key = "r.key"
viewer_key = "a.key"
"""


def test_a_homeserver_without_an_edge_withholds_nothing_by_country(read: Any) -> None:
    (alone,) = read(HOMESERVER).platforms
    able = platforms.matrix_of(alone).capabilities()
    assert (able.by_country, able.gates, set(able.measures)) == (False, (), {"preserve"})
    assert {"by-country", "restore"} <= set(able.limits)
    (behind,) = read(HOMESERVER + 'edge = "https://chat.example"\nedge_key = "i.key"').platforms
    assert platforms.matrix_of(behind).capabilities().can("withhold", "message")
    for more, says in (
        ('edge_key = "i.key"', "edge_key: without an edge"),
        ('appeals = "https://chat.example/appeals"', "appeals: without an edge"),
        ('edge = "https://chat.example"', "edge_key must be the path"),
        ('edge = ""', "edge must be https"),
    ):
        with pytest.raises(operator.Misconfigured, match=says):
            read(HOMESERVER + more)


def test_what_tells_us_things_has_a_secret_of_its_own(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COMITY", replace(read(GOOD + 'events_key = "i.key"'), sandbox_url=""))
    (told,) = sources.every()
    assert (told.name, told.realm, told.secret, told.platform.name) == ("forum", "real", key(2), "forum")
    monkeypatch.setattr(settings, "COMITY", replace(read(GOOD), sandbox_url=""))
    assert list(sources.every()) == []


def test_claims_meet_by_segments_whatever_their_spelling() -> None:
    assert claim("https://Forum.Example:443/t/").meets(claim("forum.example./t/%61/.."))
    assert not claim("forum.example/t").meets(claim("forum.example/tt"))
    assert not claim("forum.example").meets(claim("forum.example:8443"))
    assert claim("https://bücher.example").covers("http://xn--bcher-kva.example/x")
    for wrong in ("", "a b", "javascript:alert(1)", "https://u@h.example", "https://h.example\\@x.example"):
        with pytest.raises(NoClaim):
            claim(wrong)


def test_the_real_realm_reaches_what_the_tables_name_and_play_reaches_our_own(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = connected.forum("http://127.0.0.1:4712")
    us = replace(read(GOOD), sandbox_url="http://127.0.0.1:4711", forum=forum)
    monkeypatch.setattr(settings, "COMITY", us)
    names = {realm: [one.called for one in platforms.reached(realm)] for realm in ("real", "drill", "demo")}
    assert names == {"real": ["forum"], "drill": ["sandbox"], "demo": ["sandbox", "demo-forum"]}
    assert platforms.for_url("https://forum.example/1", "demo") is None
    assert platforms.for_url("http://127.0.0.1:4712/c/harbour/1", "real") is None
    found = platforms.for_url("http://LOCALHOST:4712/c/harbour/1", "demo")
    assert found is not None
    assert found.called == "demo-forum"
    # one that only says that it is played is none
    imposter = replace(us.platforms[0], played=True)
    monkeypatch.setattr(settings, "COMITY", replace(us, platforms=(imposter,)))
    assert [one.called for one in platforms.reached("demo")] == ["sandbox", "demo-forum"]
    assert platforms.reached("real") == []
