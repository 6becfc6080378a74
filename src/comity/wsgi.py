"""What Granian serves. It spawns this in a worker that would outlive a killed master on the same port, so we tie it."""

import os

from comity.serve import lifeline

lifeline.tie_to_spawner()
lifeline.collect_rarely()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")

from django.conf import settings  # noqa: E402 all that follows is loaded under the two lines above
from django.core.wsgi import get_wsgi_application  # noqa: E402

from comity.serve.bodies import Pages  # noqa: E402
from comity.web.middleware import largest  # noqa: E402

THREADS = 4  # pages under way at once; more than this only queue on two cores

application = get_wsgi_application()
# Django says less of its answers than PEP 3333 asks for, and gives that all the same
pages = Pages(application, THREADS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, largest)  # type: ignore[arg-type]
