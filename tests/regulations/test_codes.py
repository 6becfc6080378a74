"""The codes of a finding: every check of the request, and of each target its own, beyond those that a finding names."""

import copy

from comity.regulations import checks, packs
from comity.regulations.codes import codes
from comity.regulations.judge import judge

from .test_judge import good

TCO = "eu-tco-removal-order"


def test_it_works() -> None:
    facts, pack = good(), packs.load().versions(TCO)[-1]
    whole, *targets = codes(facts, pack, judge(facts, pack))
    assert (whole.of, whole.outcome) == ("request", "valid")
    assert [(one.of, one.n, one.outcome) for one in targets] == [
        ("target", n, "valid") for n in range(len(facts["targets"]))
    ]


def test_each_target_has_its_own_values_beyond_those_that_the_finding_names() -> None:
    facts, pack = good(), packs.load().versions(TCO)[-1]
    one = facts["targets"][0]
    many = checks.SHOWN_PARTS + 10
    facts["targets"] = [copy.deepcopy(one) | {"ref": f"{one['ref']}/{n}", "found": n % 2 == 0} for n in range(many)]
    finding = judge(facts, pack)
    _, *targets = codes(facts, pack, finding)
    assert [row.outcome for row in targets] == [target["outcome"] for target in finding["targets"]]
    failed = [[id for id, holds in row.checks.items() if holds is False] for row in targets]
    assert all(bool(ids) is (n % 2 == 1) for n, ids in enumerate(failed))


def test_a_category_that_the_pack_does_not_know_is_no_code() -> None:
    pack = packs.load().versions("eu-eevidence-production")[-1]
    facts = good() | {"instrument": pack.id, "data": [{"category": "traffic"}, {"category": "jean dupont"}]}
    found = [one for one in codes(facts, pack, judge(facts, pack)) if one.of == "data"]
    assert [one.name for one in found] == ["traffic", ""]
