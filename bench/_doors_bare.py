"""A bare Django view behind the same server: it reads the same form with its file, and answers. What `doors.py` stands
beside."""

from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bench",
    MIDDLEWARE=[],
    DATA_UPLOAD_MAX_MEMORY_SIZE=5 << 20,
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: E402
from django.urls import path  # noqa: E402

from comity.serve import lifeline  # noqa: E402
from comity.serve.bodies import Pages  # noqa: E402

lifeline.tie_to_spawner()


def take(request: HttpRequest) -> HttpResponse:
    """Read the form and the file, and say where it goes on."""
    size = sum(len(one.read()) for one in request.FILES.getlist("files"))
    return HttpResponseRedirect(f"/{len(request.POST)}/{size}")


urlpatterns = [path("file", take)]
pages = Pages(get_wsgi_application(), 4, 30 << 20)  # type: ignore[arg-type]
