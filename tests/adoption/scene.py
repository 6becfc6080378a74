"""A change of a regulation in a few words: begun, made to block, tried, put to people, signed."""

from people.members import Member

from comity.adoption import commands
from comity.adoption.models import Draft
from comity.regulations import packs

TCO = "eu-tco-removal-order"
SHIPPED = "2021-784.1"
REASON = "Orders came without a word on redress; the author could not fight them."


def begun(member: Member, version: str = SHIPPED) -> Draft:
    return commands.draft(member.person, TCO, version)


def tried(member: Member, version: str = SHIPPED, check: str = "redress", outcome: str = "defective") -> Draft:
    """A draft in which a check blocks now, tried on the past."""
    draft = commands.block(member.person, begun(member, version).pk, check, outcome)
    return commands.try_on_past(member.person, draft.pk)


def proposed(member: Member, *, urgent: bool = False, version: str = SHIPPED, **what: str) -> Draft:
    draft = tried(member, version, **what)
    commands.propose(member.person, draft.pk, REASON, urgent=urgent)
    return Draft.objects.get(pk=draft.pk)


def sign(member: Member, draft: Draft) -> bool:
    """One more approval of what is put to people now."""
    act = Draft.objects.get(pk=draft.pk).act
    return commands.sign(member.person, draft.pk, act, member.sign(act))


def adopted(one: Member, other: Member, **what: str) -> Draft:
    draft = proposed(one, **what)
    sign(one, draft)
    assert sign(other, draft)
    return Draft.objects.get(pk=draft.pk)


def blocks(pack: packs.Pack, check: str = "redress") -> bool:
    return next(one.blocking for one in pack.checks if one.id == check)
