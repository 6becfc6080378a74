"""What Granian serves. It spawns this in a worker that would outlive a killed master on the same port, so we tie it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from comity.serve import lifeline
from comity.serve.bodies import Pages
from comity.web.middleware import largest

THREADS = 4  # pages under way at once; more than this only queue on two cores

lifeline.tie_to_spawner()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
application = get_wsgi_application()
# Django says less of its answers than PEP 3333 asks for, and gives that all the same
pages = Pages(application, THREADS, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, largest)  # type: ignore[arg-type]
