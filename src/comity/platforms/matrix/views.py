"""The list of measures, for edges: whoever has a platform's token for it. It names what is withheld, so nobody else."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from comity import connected

from . import commands, listing

SIGNATURE = "Comity-Signature"
LONGEST_NAME = 40


@require_GET
def withheld(request: HttpRequest, name: str) -> HttpResponse:
    """The changes after a number (`after`), waiting for one (`wait`, seconds). `edge`: which one asks, and how many
    targets it withholds (`holds`)."""
    table = next((one for one in connected.every(settings.COMITY) if one.name == name and one.kind == "matrix"), None)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    ours = table.secret("edge_key") if table else ""
    if not ours or not hmac.compare_digest(given.encode(), ours.encode()):
        return HttpResponse(
            "There is no such list, or the token is another's.\n", status=404, content_type="text/plain"
        )
    since, wait, edge = _number(request, "after"), _number(request, "wait"), request.GET.get("edge", "")
    if since is None or wait is None or not 0 < len(edge) <= LONGEST_NAME or not edge.isalnum():
        return HttpResponse("after, wait: whole numbers; edge: its name\n", status=400, content_type="text/plain")
    commands.asks(name, edge, since, _number(request, "holds") if "holds" in request.GET else None)
    listing.await_change(name, since, wait)
    raw, signature = listing.page(settings.COMITY.data, name, since)
    answer = HttpResponse(raw, content_type="application/json")
    answer[SIGNATURE] = signature
    return answer


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "0")
    return int(given) if given.isdecimal() and len(given) < 19 else None
