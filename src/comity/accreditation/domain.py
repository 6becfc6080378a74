"""What the DNS says of a domain: the resolver files first, as for keys of signatures, then a name server."""

from django.conf import settings

from comity.authorities import dkim
from comity.reading import child

from . import rules


def proves(domains: list[str], challenge: str) -> bool:
    """Whether each of these domains publishes the record that was asked for. Raises dkim.Unreachable."""
    filed = dkim.from_records(child.prepared({"data": str(settings.COMITY.data)})["records"])
    lookup = dkim.chained(filed, dkim.by_dns)
    return bool(domains) and all(rules.holds(lookup(rules.record_name(one)), challenge) for one in domains)
