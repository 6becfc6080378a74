"""The whole story on the real processes: `comity demo removal-order`, and the commands beside it."""

import json
import subprocess
import urllib.request

import pytest
from running import COMITY

from comity import cli
from comity.demo import client, samples

KEYS = {
    "request",
    "case",
    "target",
    "finding",
    "decided_by",
    "effect",
    "answer",
    "notification",
    "ledger",
    "seconds",
}


@pytest.fixture(scope="module")
def played(gateway):
    return gateway.comity("demo", "removal-order")


def seen(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def test_it_works(gateway, relay, played):
    assert set(played) >= KEYS
    assert all(played[key] for key in KEYS)
    assert played["target"].startswith(gateway.sandbox)
    assert (played["finding"]["pack"], played["finding"]["outcome"]) == ("eu-tco-removal-order", "valid")
    assert len(set(played["decided_by"])) == 2
    assert played["ledger"] == sorted(set(played["ledger"]))
    inside, outside = played["effect"]["inside"], played["effect"]["outside"]
    assert (inside["seen"], inside["text_shown"]) == ("withheld", False)
    assert (outside["seen"], outside["text_shown"]) == ("visible", True)
    assert {look["seen"] for look in inside["recorded"]} == {"withheld"}
    assert {look["seen"] for look in outside["recorded"]} == {"visible"}


def test_what_a_viewer_sees_is_what_was_told(gateway, played):
    assert "Demo message" in seen(f"{played['target']}?from=CH")
    assert "Demo message" not in seen(f"{played['target']}?from=FR")


def test_the_relay_has_the_answer_when_the_command_returns(relay, played):
    assert played["answer"]["state"] == "sent"
    taken = [mail for mail in relay.mails if mail.message["Message-ID"] == played["answer"]["message_id"]]
    assert len(taken) == 1
    assert taken[0].recipients == [played["answer"]["to"]] == [samples.ADDRESS]


def test_the_statement_page_opens_for_the_author(gateway, played):
    assert played["notification"]["statement"].startswith(f"{gateway.url}/statement/")
    assert "</html>" in seen(played["notification"]["statement"])


def test_the_case_and_its_mail_are_listed_and_shown_as_told(gateway, played):
    case = next(row for row in gateway.comity("cases", "list")["cases"] if row["id"] == played["case"])
    assert (case["request"], case["realm"], case["state"]) == (played["request"], "demo", "answered")
    request = next(row for row in gateway.comity("requests", "list")["requests"] if row["id"] == played["request"])
    assert request["message_id"].startswith("<good-pdf.")
    shown = gateway.comity("cases", "show", played["case"])
    assert set(played["ledger"]) <= {line["id"] for line in shown["timeline"]}


@pytest.mark.soak
def test_a_file_goes_in_as_it_is_and_comes_out_as_it_was_sent(gateway, tmp_path):
    raw = b"From: Ann <ann@b.example>\r\nMessage-ID: <file-1@b.example>\r\nSubject: \xff\r\n\r\n.dot\r\nbare\nlf\r\n"
    path = tmp_path / "a.eml"
    path.write_bytes(raw)
    assert gateway.comity("send", str(path))["message_id"] == "<file-1@b.example>"
    rows = gateway.comity("requests", "list")["requests"]
    row = next(row for row in rows if row["message_id"] == "<file-1@b.example>")
    assert row["realm"] == "real"
    assert raw_of(gateway, row["id"]) == raw


def raw_of(gateway, number):
    command = [COMITY, "requests", "raw", number, "--data", str(gateway.data)]
    return subprocess.run(
        command, capture_output=True, check=True, env=gateway.environment(), cwd=gateway.data.parent
    ).stdout


@pytest.mark.soak
def test_a_sample_sent_by_the_command_arrives_in_the_demo(gateway):
    sent = gateway.comity("send", "--sample", "support")
    rows = gateway.comity("requests", "list")["requests"]
    row = next(row for row in rows if row["message_id"] == sent["message_id"])
    assert row["realm"] == "demo"


def test_what_there_is_to_send_is_listed_without_a_gateway(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COMITY_DATA", "")  # the command line sets it; the other tests keep theirs

    def listed(*arguments):
        assert cli.run(cli.parser(arguments).parse_args([*arguments, "--json", "--data", str(tmp_path)])) == 0
        return json.loads(capsys.readouterr().out)

    assert listed("send", "--list") == {"samples": [{"name": s.name, "says": s.says} for s in samples.SAMPLES.values()]}
    demos = [row["name"] for row in listed("demo", "--list")["demos"]]
    assert demos == [
        "removal-order",
        "preserve",
        "representative",
        "hotline",
        "connect",
        "record",
        "second-person",
        "country",
        "growth",
        "disclosure",
        "raid",
        "balance",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("send",), "FILE --sample --list"),
        (("send", "--sample", "nothing"), "one of good-pdf"),
        (("send", "/nowhere.eml"), "No such file"),
        (("send", "--sample", "support", "--to", "a@localhost"), "--to is for a file"),
        (("demo", "nothing"), "one of removal-order"),
        (("demo", "country", "--platform", "matrix"), "goes with removal-order alone"),
    ],
)
@pytest.mark.few(2)
def test_misuse_is_one_clear_line(gateway, arguments, says):
    done = gateway.run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_does_not_happen_in_time_is_one_clear_line():
    with pytest.raises(client.NotPlayed, match=r"the sky falls: not within 0\.1 s"):
        client.eventually("the sky falls", lambda: None, 0.1)
