"""`comity people invite`: the operator's one-time link; and that the command line has no approve."""

import json
from typing import Any

import pytest

from comity import cli
from comity.ledger.models import Event
from comity.people import commands
from comity.terminal import Misuse

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Any:
    args = cli.parser(["people"]).parse_args(["people", *arguments])
    return args.run(args)


def test_it_works(capsys: Any) -> None:
    assert not run("invite", "--role", "handler", "--role", "decider", "--jurisdiction", "be", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["roles"], told["jurisdiction"]) == (["decider", "handler"], "BE")
    assert commands.open_invite(told["link"].rsplit("/", 1)[1]).jurisdiction == "BE"
    assert Event.objects.get(kind="person.invited").by == "operator"


def test_for_people_the_link_stands_alone_on_its_line(capsys: Any) -> None:
    run("invite", "--role", "handler,decider", "--jurisdiction", "BE")
    assert capsys.readouterr().out.splitlines()[0].startswith("http://localhost:8000/people/invite/")


@pytest.mark.parametrize(
    "wrong", [("--role", "king", "--jurisdiction", "BE"), ("--role", "head", "--jurisdiction", "B")]
)
def test_refused_what_is_no_role_or_jurisdiction(wrong: tuple[str, ...]) -> None:
    with pytest.raises(Misuse, match="people invite"):
        run("invite", *wrong)


def test_refused_without_a_role(capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        run("invite", "--jurisdiction", "BE")
    assert ended.value.code == 2


@pytest.mark.parametrize("act", ["approve", "become", "sign-in"])
def test_there_is_no_such_command(act: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        run(act)
    assert ended.value.code == 2
