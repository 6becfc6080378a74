"""Where a platform reports its own day: one address, one token, JSON."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from comity import clock
from comity.people.access import at_most
from comity.people.refusals import BadInput

from . import reporting, reports


@csrf_exempt
@require_http_methods(["PUT"])
@at_most(120, 60)
def put(request: HttpRequest, platform: str, day: str) -> JsonResponse:
    """Store a platform's counts of a day (UTC): `PUT /api/v1/figures/<platform>/<day>`, a token as bearer."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    source = reporting.source(platform, token.strip()) if kind.lower() == "bearer" else None
    if source is None:
        answer = JsonResponse(
            {"error": "Authorization: the bearer token of this platform is asked for (comity figures token)"},
            status=401,
        )
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    try:
        of, counts = reports.day_of(day, clock.now().date()), reports.read(request.body)
        told = reporting.report(source.realm, platform, of, counts, f"platform:{platform}")
    except BadInput as wrong:
        return JsonResponse({"error": str(wrong), "field": wrong.field}, status=400)
    return JsonResponse({"platform": platform, "day": of.isoformat(), **told})
