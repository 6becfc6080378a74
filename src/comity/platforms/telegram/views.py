"""HTTP to commands and back: where Telegram sends its updates."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comity import connected

from . import evidence, updates


@csrf_exempt  # it has a secret of its own, and no session
@require_POST
def hear(request: HttpRequest, name: str) -> HttpResponse:
    """An update. Once it is stored it is answered by 200, and not sent again; what failed here is sent again."""
    them = [one for one in connected.every(settings.COMITY) if one.kind == "telegram" and one.name == name]
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not them:
        return HttpResponse(status=404)
    if not declared.isdigit() or int(declared[:12]) > updates.LARGEST:
        return HttpResponse(status=413)
    try:
        updates.heard(them[0], request.headers.get(updates.HEADER, ""), request.body)
    except updates.NotTheirs:
        return HttpResponse(status=401)
    except evidence.NoUpdate as why:
        return HttpResponse(str(why), status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=200)
