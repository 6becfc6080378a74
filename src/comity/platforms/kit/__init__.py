"""The conformance kit: each guarantee of the port is a case with a sentence, tried on an adapter that runs.

It acts on the things that the adapter offers for it (`trial`), under keys of its own, and lifts all that it did.
"""

from comity.platforms.kit import calls, looking, measures  # in this order cases run
from comity.platforms.kit.trial import CASES, Report, Trial, run

__all__ = ["CASES", "Report", "Trial", "calls", "looking", "measures", "run"]
