"""What can't be undone takes one person more, whoever asks for it: people who choose it instead, or a regulation."""

from typing import Any

import pytest

from comity.cases import deciding, rules
from comity.platforms.port import IRREVERSIBLE

TWO = {"count": 2, "roles": ["decider"], "jurisdictions": 2}
MORE = {"count": 3, "roles": ["counsel", "decider", "head"], "jurisdictions": 2}


@pytest.mark.parametrize("kind", sorted(IRREVERSIBLE))
def test_one_more(kind: str) -> None:
    finding: dict[str, Any] = {"measures": [{"kind": "withhold", "territory": ["FR"]}], "approvals": TWO}
    chosen = rules.applied(finding, kind)
    ordered = finding | {"measures": [{"kind": kind, "territory": ["WORLD"]}]}
    assert [deciding._asked(one, [kind]) for one in (chosen, ordered)] == [MORE] * 2
    assert deciding._asked(ordered, ["preserve", kind]) == MORE


def test_nothing_more_for_what_is_lifted_again() -> None:
    finding: dict[str, Any] = {"measures": [{"kind": "withhold", "territory": ["FR"]}], "approvals": TWO}
    assert deciding._asked(finding, ["withhold", "preserve"]) == TWO
    assert deciding._asked(rules.applied(finding, "suspend"), ["suspend"]) == TWO
    assert deciding._asked(finding | {"instead": {"kind": "suspend"}}, ["redact"]) == MORE
