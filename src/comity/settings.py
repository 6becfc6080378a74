"""Django's settings, derived from the operator's (`operator.py`). Nothing here is edited by hand on a server."""

import os
import sys
from pathlib import Path
from typing import TextIO, cast

import structlog

from comity import operator
from comity.serve import logs

COMITY = operator.read(operator.data_directory())
BASE_DIR = Path(__file__).parent

SECRET_KEY = operator.secret(COMITY.data, "session.key")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", COMITY.host]
CSRF_TRUSTED_ORIGINS = [COMITY.base_url]
ROOT_URLCONF = "comity.urls"
WSGI_APPLICATION = "comity.wsgi.application"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "procrastinate.contrib.django",
    "comity.web",
    "comity.vault",
    "comity.ledger",
    "comity.outbox",
    "comity.people",
    "comity.console",
    "comity.alerts",
    "comity.platforms",
    "comity.platforms.matrix.apps.Matrix",
    "comity.platforms.telegram",
    "comity.authorities",
    "comity.officers",
    "comity.regulations",
    "comity.cases",
    "comity.measures",
    "comity.record",
    "comity.admissions",
    "comity.notifications",
    "comity.answers",
    "comity.custody",
    "comity.following",
    "comity.claims",
    "comity.figures",
    "comity.inquiries",
    "comity.shadow",
    "comity.doors.email",
    "comity.doors.filing",
    "comity.front",
    "comity.desk",
    "comity.adoption",
    "comity.accreditation",
    "comity.countries",
    "comity.disputes",
    "comity.hotline",
    "comity.leaving",
    "comity.notices",
    "comity.balance",
    "comity.risk",
    "comity.demo",
]

MIDDLEWARE = [
    "comity.web.middleware.Headers",
    "comity.alerts.polled.Quiet",  # a hundred open pages ask twice a second: none of what follows is done for them
    "whitenoise.middleware.WhiteNoiseMiddleware",  # before Language: files have none, so caches keep one copy of each
    "comity.web.middleware.Language",
    "comity.web.middleware.Bounded",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "comity.web.middleware.NothingTurned",
    "comity.web.middleware.NoNul",
    "comity.web.middleware.Zone",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comity.web.context.site",
                "comity.demo.guide.context",
            ],
        },
    }
]


def database(url: str) -> dict[str, object]:
    """Django's database settings from a postgresql:// URL (as libpq reads it: `host=` may be a socket directory)."""
    from psycopg.conninfo import conninfo_to_dict

    at = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": at.get("dbname", "postgres"),
        "USER": at.get("user", "postgres"),
        "PASSWORD": at.get("password", ""),
        "HOST": at.get("host", ""),
        "PORT": at.get("port", ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 10}},
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL", "postgresql://postgres@localhost/postgres"))}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = list(operator.LANGUAGES.items())

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SECURE = COMITY.base_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_ENGINE = "comity.people.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "comity.web.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS: list[str] = []  # no page takes files, except those that say so (web.middleware.takes_file)
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE  # so no upload is ever written to disk

# the signs on every page of the console, each a function `sign(realm)` of the room that knows it
CONSOLE_SIGNS = {
    "banner": "comity.alerts.pages.banner",
    "brake": "comity.measures.brakes.braked",
    "shadow": "comity.cases.shadowed.sign",
}

# the public holidays of a State: a function `holidays(country)` of the room that has the calendars
HOLIDAYS = "comity.regulations.legal_time.holidays"

# what stands in the queue beside cases and requests: each a function `rows(realm)` of the room that knows it, the first
# due first
QUEUE_BESIDE = ("comity.disputes.queue.rows", "comity.notices.pages.beside")

# which mail is kept and not sent: a function `holds_back(kind, case)` of the room that knows what is in shadow
MAIL_HELD_BACK = "comity.cases.shadowed.holds_back"

# what the front page says before all else, each a function `notices()` of a room above it
FRONT_NOTICES = ("comity.leaving.read.notices",)

# whose subjects are rung for, by the letter of their numbers: an `alerts.paging.Above` of the room above
PAGED: dict[str, str] = {"H": "comity.hotline.paged.CALLS"}

# whether people are rung in the realm of drills, for what a drill brings: only those who were invited
DRILL_RINGS = "comity.risk.drills.people.invited"

LOGIN_URL = "/people/sign-in"
LOGIN_REDIRECT_URL = "/console/"
AUTHENTICATION_BACKENDS = ["comity.people.sessions.Passkeys"]  # finds people, authenticates nobody

PROCRASTINATE_ON_APP_READY = "comity.jobs.ready"

structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(
        cast(TextIO, logs.Unfailing(sys.stderr))
    ),  # stdout is for a command's results
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "comity.serve.logs.WithoutValues"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "mail.log": {"level": "ERROR"},  # below it, aiosmtpd logs senders, recipients and unknown commands
        "django.request": {"level": "ERROR"},
    },
}
