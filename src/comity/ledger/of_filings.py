"""The events of demands that are typed, of their status pages, and of the register of authorities."""

from .kinds import Kind

OF_FILINGS: tuple[Kind, ...] = (
    # a demand typed on our page, and its status page: who has the link may be anybody, so none is published
    Kind("filing.signed", "Filing signed with its officer's passkey", published=False),
    Kind("mailbox.confirmed", "Filing confirmed from the authority's registered mailbox", published=False),
    Kind("mailbox.denied", "Filing denied from the authority's registered mailbox", published=False),
    Kind("link.written", "Words written on the status page of a demand", (), ("request",), published=False),
    Kind("link.revoked", "Link to a status page revoked", published=False),
)
