"""What other rooms read of disputes: which are open with a State, which everyone sees, and what is due."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from . import rules
from .models import Dispute, Due

if TYPE_CHECKING:
    from comity.countries.models import Relation


def of(relation: "Relation") -> list[Dispute]:
    """The disputes with a State, the latest first."""
    return list(relation.disputes.order_by("-opened_at")[:50]) if relation.pk else []


def first_open(relation: "Relation") -> str:
    """The number of an open dispute with a State; empty where none is."""
    return opened(relation).values_list("id", flat=True).first() or ""


def opened(relation: "Relation") -> QuerySet[Dispute]:
    """The disputes with a State that are filed and not over."""
    return Dispute.objects.filter(relation_id=relation.pk, state__in=rules.OPEN).order_by("opened_at")


def published(relation: "Relation") -> list[Dispute]:
    """The disputes with a State that have a summary for everyone, the latest first."""
    if not relation.pk:
        return []
    return list(relation.disputes.filter(summaries__state="published").order_by("-opened_at")[:50])


def running() -> QuerySet[Due]:
    """The deadlines that run, with their dispute, the first due first."""
    found = Due.objects.filter(met_at=None, stopped_at=None).select_related("dispute__relation")
    return found.order_by("due_target", "id")
