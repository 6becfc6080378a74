"""What other rooms read of disputes: which are open with a State, which everyone sees, and what is due."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from . import rules
from .models import Dispute, Due, Summary

if TYPE_CHECKING:
    from comity.countries.models import Relation

SHOWN = 50


@dataclass(frozen=True)
class Told:
    """What the page of a country says of a dispute. `published`: whether everyone sees it."""

    id: str
    title: str
    state: str
    published: bool


def told() -> ArraySubquery:
    """The latest disputes of each relation in a query of relations, so that its page asks no query more for them."""
    published = Exists(Summary.objects.filter(dispute=OuterRef("pk"), state="published"))
    mine = Dispute.objects.filter(relation=OuterRef("pk")).order_by("-opened_at")
    one = JSONObject(id="id", title="title", state="state", published=published)
    return ArraySubquery(mine.values(one=one)[:SHOWN])


def of(relation: "Relation") -> list[Told]:
    """The disputes with a State, the latest first, as they came with it (`told`)."""
    return [Told(**one) for one in getattr(relation, "told_disputes", ())]


def first_open(relation: "Relation") -> str:
    """The number of an open dispute with a State; empty where none is."""
    return opened(relation).values_list("id", flat=True).first() or ""


def opened(relation: "Relation") -> QuerySet[Dispute]:
    """The disputes with a State that are filed and not over."""
    return Dispute.objects.filter(relation_id=relation.pk, state__in=rules.OPEN).order_by("opened_at")


def published(relation: "Relation") -> list[Told]:
    """The disputes with a State that have a summary for everyone, the latest first."""
    return [one for one in of(relation) if one.published]


def running() -> QuerySet[Due]:
    """The deadlines that run, with their dispute, the first due first."""
    found = Due.objects.filter(met_at=None, stopped_at=None).select_related("dispute__relation")
    return found.order_by("due_target", "id")
