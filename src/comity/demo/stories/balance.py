"""The balance: a bound is crossed, and a rule is changed in the open by many hands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from comity.adoption.models import Draft
from comity.balance.models import Bound, Proposal
from comity.demo import rules
from comity.demo.rules import Step
from comity.demo.veltria import balancing

from .port import Playing, Scene, Story


@dataclass(frozen=True)
class Balance(Story):
    """Too many acts are reversed on complaint; a State proposes another rule, and a council votes on it."""

    id: str = "balance"
    title: str = "The balance: a rule is changed in the open"
    says: str = (
        "Too many acts had to be taken back. A State proposes another rule; anyone comments and is answered; a "
        "council of three countries votes; what was published is what is adopted, and it ends by itself."
    )
    minutes: int = 2
    steps: tuple[str, ...] = (
        "The council sets a bound on acts reversed on complaint. The past year crosses it.",
        "The crossing names its likely causes: a country, an instrument, a version.",
        "Counsel tries another rule. Both families of figures move side by side, on the whole past year.",
        "Veltria proposes it by its own link, confirms the draft, and it is published with its hash.",
        "Somebody comments, and is answered; before that there is no vote.",
        "Three members of the council vote, from Belgium, Estonia and Japan, each with a reason.",
        "Two of the desk sign the very text; it ends by itself in a year.",
        "The mark stands on the chart, for everyone.",
    )

    def scene(self, playing: Playing | None) -> Scene:
        """How it stands, from the rows: `number` is the bound's, `request` the proposal's, `since` the draft's."""
        bound = Bound.objects.filter(id=playing.number, realm="demo").first() if playing and playing.number else None
        crossing = balancing.crossing(bound.id) if bound else None
        if playing is None or bound is None or crossing is None:
            return Scene(MEASURE)
        where = f"/console/balance/crossings/{crossing.pk}"
        draft = Draft.objects.filter(pk=playing.since, realm="demo").first() if playing.since else None
        if draft is None:
            step = rules.be("counsel-be", CAUSES, where, "Read the likely causes, then try another rule.")
            return Scene(replace(step, play="attempt", does="Try another rule on the past year"), 1)
        found = Proposal.objects.filter(id=playing.request, realm="demo").first() if playing.request else None
        if found is None:
            what_if = f"/console/balance/what-if/{draft.pk}"
            step = rules.be("counsel-be", WHAT_IF, what_if, "Look at both sides. Nothing was done by trying it.")
            return Scene(replace(step, play="propose", does="Let Veltria propose it", also=(where,)), 2)
        return _proposed(found, draft, playing.looked)

    def play(self, name: str, playing: Playing) -> Playing:
        """Do one step with the demo's own words."""
        if name == "measure":
            balancing.clear()
            return Playing(number=balancing.measure().id)
        if name == "attempt":
            return replace(playing, since=balancing.attempt().pk)
        if name == "propose":
            found, token = balancing.propose(playing.number)
            balancing.shape(found.id, playing.since, token)
            return replace(playing, request=found.id)
        if name in balancing.COUNCIL:
            balancing.vote(playing.request, name)
        elif name in rules.SIGNERS:
            balancing.sign(balancing.draft_of(playing.request), name)
        else:
            PLAYS[name](playing.request)
        return playing


PLAYS: Mapping[str, Callable[[str], object]] = {"comment": balancing.comment, "over": balancing.over}


def _proposed(found: Proposal, draft: Draft, looked: tuple[str, ...]) -> Scene:
    page = f"/console/proposals/{found.id}"
    if found.state in ("consulting", "answering"):
        step = rules.be("counsel-be", COMMENT, f"{page}#comments", "Let somebody comment, and answer them.")
        return Scene(replace(step, play="comment", does="Let somebody comment, answer, and let four weeks pass"), 4)
    if found.state == "voting":
        voted = balancing.voted(found.id)
        who = next((key for key in balancing.COUNCIL if key not in voted), "")
        where = f"/council/{found.id}"
        if not who:
            step = rules.be("council-jp", VOTED, f"{where}#votes", "Let the two weeks of the vote pass.")
            return Scene(replace(step, play="over", does="Let the two weeks pass"), 5)
        step = rules.be(who, VOTE, f"{where}#do", "Read what differs, then vote, with a reason.")
        return Scene(replace(step, play=who, does="Vote in the demo’s words"), 5)
    if found.state == "carried":
        if draft.state != "proposed":
            return Scene(PUT, 6)
        signed = balancing.signed(draft)
        who = next((key for key in rules.SIGNERS if key not in signed), "")
        where = f"/console/regulations/{draft.regulation}/drafts/{draft.pk}"
        step = rules.be(who, SIGN, f"{where}#adopt", "Read what differs, then press Approve.")
        return Scene(replace(step, play=who, does="Sign it"), 6)
    if found.state == "adopted" and rules.PUBLIC not in looked:
        where = "/balance/demo/?show=reversed"
        return Scene(Step(MARKED, "look", "See the mark on the chart", where=where, mark=rules.PUBLIC), 7)
    if found.state == "adopted":
        return Scene(_done(found), 8)
    return Scene(Step(f"It ended otherwise: {found.state}.", "done", "Back to all stories", where=rules.HOME), 6)


def _done(found: Proposal) -> Step:
    text = (
        "That is the whole story: crossed, discussed, voted on, adopted, marked. It ends by itself on "
        f"{found.ends_on:%d %B %Y}, unless it is proposed anew."
    )
    return Step(text, "done", "Back to all stories", where=rules.HOME)


MEASURE = Step(
    "The council sets a bound: of two hundred acts at most three may be reversed on complaint. The year before it is "
    "made up from a seed.",
    "play",
    "Set the bound as the council",
    play="measure",
    does="Set the bound, as three members of the council",
)
CAUSES = "The bound is crossed. The page names the largest excesses as likely causes."
WHAT_IF = "The draft was tried. The past year under it, both families side by side, with what can’t be known."
COMMENT = "It is published: the words, what differs, the trial, the what-if, one hash. Anyone may comment."
VOTE = "The council votes, each with a reason signed by their own key. None of them is of the desk."
VOTED = "All three have voted. It never closes early: each may still change their mind, until the date."
MARKED = "Adopted. The new version and the crossing it answers stand on the chart, for everyone."
PUT = Step("Carried. The very text goes to those who adopt; a few seconds.", "wait")
SIGN = "Two of the desk, from two States, sign what the council carried, byte for byte."
