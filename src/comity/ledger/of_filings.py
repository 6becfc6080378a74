"""The events of demands that are typed, of their status pages, and of the register of authorities."""

from . import sentences as says
from .kinds import Kind
from .sentences import blanks, either

OF_FILINGS: tuple[Kind, ...] = (
    # a demand typed on our page, and its status page: who has the link may be anybody, so none is published
    Kind("filing.signed", "Filing signed with its officer's passkey", published=False),
    Kind("mailbox.confirmed", "Filing confirmed from the authority's registered mailbox", published=False),
    Kind("mailbox.denied", "Filing denied from the authority's registered mailbox", published=False),
    Kind("link.written", "Words written on the status page of a demand", (), ("request",), published=False),
    Kind("link.revoked", "Link to a status page revoked", published=False),
    Kind(
        "paper.taken",
        "Taken in by a person, from paper or by telephone",
        ("way",),
        ("reason",),
        more=blanks(": {way}"),
    ),
    # the register of authorities (the event's `case` is the number of the application)
    Kind(
        "register.applied",
        "Applied to the register of authorities",
        ("sort",),
        inside=("alike",),
        more=either("alike", "; its domain looks like another’s", ""),
    ),
    Kind("register.proven", "Mail domain of an application proven", ("how",), more=blanks(": by {how}")),
    Kind("register.mailed", "Link mailed to a published address of an application's domain", (), ("reason",)),
    Kind("register.called", "Applicant called back, and confirmed it", (), ("reason",)),
    Kind("register.weighed", "Said why a domain that looks like another's is its own", (), ("reason",)),
    Kind("register.put", "Application put to those who accept"),
    Kind("register.returned", "Application sent back", (), ("reason",)),
    Kind("register.unproven", "What proved an application's domain is gone: sent back"),
    Kind(
        "register.accepted",
        "Authority on the register, by several signatures",
        inside=("authority",),
        more=says.nothing,
    ),
    Kind("register.refused", "Application refused", (), ("reason",)),
    Kind("register.application-lapsed", "Application lapsed: nobody decided it in its time"),
    Kind("register.suspended", "Authority suspended", sealed=("reason",), inside=("authority",), more=says.nothing),
    Kind(
        "register.reinstatement-put",
        "Reinstatement of an authority put to people",
        sealed=("act",),
        inside=("authority",),
    ),
    Kind("register.reinstated", "Authority reinstated, by several signatures", sealed=("act",), inside=("authority",)),
    Kind("register.ends-soon", "Term of an authority ends soon; it is told", inside=("authority",), more=says.nothing),
    Kind("register.lapsed", "Term of an authority over", inside=("authority",), more=says.nothing),
    Kind("register.changed", "Entry of a request's authority changed", inside=("authority",), more=says.nothing),
)
