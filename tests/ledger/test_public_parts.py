"""No word of anybody's comes into a public part: every kind refuses one, and no place in the code would hand one over.

What is refused when it is written would also end the step that writes it; so the places where events are recorded are
walked, and each value that is told in public must be a code, a number or something made of these.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import comity
from comity.ledger import commands, public
from comity.ledger.events import KINDS

HOUSE = Path(comity.__file__).parent
NAMES = (
    "Marie Dupont",
    "marie@example.org",
    "Dupont",
    "https://lantern.example/c/1",
    "two words",
    "Ünal",
    "é",
    "-",
    " ",
)
KEYS = [(kind.name, key) for kind in KINDS.values() for key in kind.public]
# attributes and variables by which this house calls words and addresses of people, never codes
WORDS = {
    *(
        "name",
        "named",
        "called",
        "title",
        "text",
        "words",
        "says",
        "reason",
        "why_text",
        "subject",
        "sender",
        "address",
    ),
    *("url", "mail", "email", "comment", "label", "note", "body", "message", "line", "author", "quote", "explanation"),
}


def test_every_kind_refuses_a_persons_words_under_each_of_its_keys() -> None:
    assert len(KEYS) > 200
    for kind, key in KEYS:
        for word in NAMES:
            for told in (word, [word], {"a": word}, {word: 1}, [{"a": [word]}]):
                with pytest.raises(public.Personal) as caught:
                    commands.check(kind, {key: told})
                assert word not in str(caught.value) or word in "- "


def recorded() -> Iterator[tuple[str, str, ast.expr, str]]:
    """Each value that is told of a kind under a public key: kind, key, value, where."""
    for path in sorted(HOUSE.rglob("*.py")):
        if "migrations" in path.parts or path.parent.name == "ledger":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call):
                where = f"{path.relative_to(HOUSE)}:{call.lineno}"
                for kind in _kinds(call):
                    yield from ((kind, key, value, where) for key, value in _told(call, kind, tree))


def _kinds(call: ast.Call) -> list[str]:
    given = [one for arg in call.args for one in _leaves(arg)]
    named = (one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return [kind for kind in named if kind in KINDS]


def _told(call: ast.Call, kind: str, tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The values of a call that go under public keys, also by a variable that holds them."""
    for word in call.keywords:
        if word.arg in ("public", "sealed", "told") or word.arg is None:
            names = {one.id for one in ast.walk(word.value) if isinstance(one, ast.Name)}
            for value in (word.value, *_assigned(tree, names)):
                yield from _pairs(value, kind)
        elif word.arg in KINDS[kind].public:
            yield word.arg, word.value


def _assigned(tree: ast.AST, names: set[str]) -> Iterator[ast.expr]:
    for one in ast.walk(tree):
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AugAssign) else []
        if any(isinstance(target, ast.Name) and target.id in names for target in targets):
            assert isinstance(one, ast.Assign | ast.AugAssign)
            yield one.value


def _pairs(value: ast.expr, kind: str) -> Iterator[tuple[str, ast.expr]]:
    for inner in ast.walk(value):
        if isinstance(inner, ast.Dict):
            for key, told in zip(inner.keys, inner.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in KINDS[kind].public:
                    yield str(key.value), told


def _leaves(value: ast.expr) -> Iterator[ast.expr]:
    """What an expression may come to: both branches of a condition, all of a choice."""
    if isinstance(value, ast.IfExp):
        yield from _leaves(value.body)
        yield from _leaves(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for one in value.values:
            yield from _leaves(one)
    else:
        yield value


def _wrong(value: ast.expr) -> str:
    """Why a value has no place in a public part; empty where it has."""
    if isinstance(value, ast.Constant):
        try:
            public.verify("it", value.value)
        except public.Personal:
            return f"{value.value!r} is no code"
    if isinstance(value, ast.JoinedStr):
        fixed = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in value.values)
        try:
            public.verify("it", fixed)
        except public.Personal:
            return f"{fixed!r} is no code"
        inner = [part.value for part in value.values if isinstance(part, ast.FormattedValue)]
        return next(filter(None, map(_wrong, inner)), "")
    last = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
    return f"{ast.unparse(value)} is called as words are" if last in WORDS else ""


# read by a person, and found to be codes
ALLOWED: Mapping[tuple[str, str], str] = {
    ("decision.returned", "as"): "which way it was sent back, of a closed list in the room's code",
    ("figures.source", "platform"): "the name of a platform, checked by `reports.platform_of`",
    ("alarm.raised", "name"): "a figure of the closed list of names",
    ("drill.ended", "name"): "which of the drills that come with the product",
    ("alarm.judged", "name"): "a figure of the closed list of names",
}


@pytest.mark.slow
def test_no_place_in_the_code_tells_words_in_public() -> None:
    found = list(recorded())
    assert len(found) > 150, "the walk sees what is recorded"
    wrong = [
        f"{where}: {kind}.{key}: {why}"
        for kind, key, value, where in found
        for one in _leaves(value)
        if (why := _wrong(one)) and (kind, key) not in ALLOWED
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("code", "fails"),
    [
        ("record('case.answered', public={'met': True})", False),
        ("record('case.answered', public={'met': 'Marie Dupont'})", True),
        ("record('case.answered', public={'met': f'by {who}'})", True),
        ("record('case.answered', public={'met': f'v{n}.{m}'})", False),
        ("record('case.answered', public={'met': person.name})", True),
        ("record('case.answered', public={'met': len(person.name)})", False),
        ("record('case.answered', public={'met': 'yes' if a else reason})", True),
        ("_tell(found, 'case.answered', by, met=found.title)", True),
        ("record('case.answered', public={**more, 'met': x or mail.subject})", True),
    ],
)
def test_the_walk_itself(code: str, fails: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    told = [one for kind in _kinds(call) for _, value in _told(call, kind, call) for one in _leaves(value)]
    assert told
    assert bool([why for one in told if (why := _wrong(one))]) is fails
