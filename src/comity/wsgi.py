"""What Granian serves. It spawns this in a worker that would outlive a killed master on the same port, so we tie it."""

import os

from django.core.wsgi import get_wsgi_application

from comity.serve import lifeline

lifeline.tie_to_spawner()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
application = get_wsgi_application()
