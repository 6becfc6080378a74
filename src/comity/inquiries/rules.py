"""What may be asked of whom, and what may come of it: pure."""

from collections.abc import Mapping
from datetime import timedelta

AUTHORITY, SCRUTINY, TOLD, DECIDED, ENFORCING = "authority", "scrutiny", "told", "decided", "enforcing"
ANSWERED, INFRINGES = "answered", "infringes"
WAS_TOLD = "was-told"  # nothing is asked by it, so that nothing is waited for
NOT_TO_TELL = "not-to-tell"  # it answered, and said that the person affected must not be told what

# kind × what came of it; in the rows and events that outlast the words
OUTCOMES: Mapping[str, tuple[str, ...]] = {
    AUTHORITY: (ANSWERED, NOT_TO_TELL, "no-answer"),
    SCRUTINY: (INFRINGES, "no-infringement", "no-decision"),
    TOLD: (ANSWERED,),
    DECIDED: (INFRINGES, "no-infringement"),
    ENFORCING: (WAS_TOLD,),
}
OF_SCRUTINY = frozenset({SCRUTINY, DECIDED})
WITHOUT_WORDS = frozenset({"no-answer", "no-decision"})
# the clock that runs until it is known what came of it; see `cases.rules.LATER`
CLOCKS: Mapping[str, str] = {AUTHORITY: "follow-up", SCRUTINY: "scrutiny-decision"}
REINSTATE = "reinstate"
ASK_BY = "scrutiny-request"  # the clock of an order within which scrutiny is asked for
TEXT_AT_MOST = 10_000
PAST_AT_MOST, AHEAD_AT_MOST = timedelta(days=366), timedelta(days=3660)  # of the last day to go to court
