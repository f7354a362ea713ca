"""Django settings, read from the environment; the default is SQLite and a folder.

``DISTRICTSERVER_FOLDER`` holds everything (database, files, keys); ``DISTRICTSERVER_DATABASE_URL`` names a
PostgreSQL instead of the SQLite file in it; ``DISTRICTSERVER_NAME`` is what laptops show;
``DISTRICTSERVER_HOSTS`` the host names answered to, separated by commas. Importing this writes no file.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

#: Everything the embedded server keeps.
DISTRICT_FOLDER = Path(os.environ.get("DISTRICTSERVER_FOLDER", "district-server"))
DISTRICT_NAME = os.environ.get("DISTRICTSERVER_NAME", "鲤城区")
MINIMUM_CLIENT = os.environ.get("DISTRICTSERVER_MINIMUM_CLIENT", "0.1.0")
#: How long an enrolment code can be used, hours.
ENROLMENT_HOURS = int(os.environ.get("DISTRICTSERVER_ENROLMENT_HOURS", "72"))


def web_secret(folder: Path) -> str:
    """What sessions are signed with; kept in the folder, so that a restart signs nobody out.

    A folder that is still to be made has none yet: then one that lasts as long as this process.
    """
    kept = folder / "keys" / "web.key"
    return kept.read_bytes().hex() if kept.exists() else secrets.token_hex(32)


SECRET_KEY = web_secret(DISTRICT_FOLDER)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("DISTRICTSERVER_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "districtserver",
    "districtserver.ledgers",
    "districtserver.staff",
]
MIDDLEWARE = [
    "districtserver.middleware.BodyGuard",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "districtserver.staff.middleware.Pages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "districtserver.urls"
WSGI_APPLICATION = "districtserver.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Staff: Django's own users, sessions and permissions; only over TLS.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "staff:sign_in", "staff:submissions", "staff:sign_in"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
# After ten wrong passwords a name waits at this address; the right one clears the count.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "staff/locked_out.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # its tables speak English and hold nothing that a person decides

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the package: nothing to collect before a start
WHITENOISE_AUTOREFRESH = False

#: ``postgresql://user@host/name`` or any other URL of libpq; empty: SQLite in the folder.
DATABASE_URL = os.environ.get("DISTRICTSERVER_DATABASE_URL", "")
#: How long a write waits for another before the laptop is told to come again, seconds.
BUSY_SECONDS = 20


def _sqlite() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DISTRICT_FOLDER / "district.sqlite3"),
        # IMMEDIATE: a transaction that reads and then writes takes the lock first, not half way.
        # FULL: a receipt promises that the row survives a power cut, which NORMAL does not keep under WAL.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": BUSY_SECONDS,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        "CONN_MAX_AGE": None,
    }


def _postgresql(url: str) -> dict[str, Any]:
    from psycopg.conninfo import conninfo_to_dict

    options: dict[str, Any] = dict(conninfo_to_dict(url))
    # on: the same promise as FULL, whatever the server's own default is
    ours = f"-c lock_timeout={BUSY_SECONDS}s -c synchronous_commit=on"
    given = {key: str(options.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given["dbname"],
        "USER": given["user"],
        "PASSWORD": given["password"],
        "HOST": given["host"],
        "PORT": given["port"],
        "OPTIONS": {**options, "options": f"{options.get('options') or ''} {ours}".strip()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database at ``url``; of the SQLite file if it is empty."""
    return _postgresql(url) if url else _sqlite()


DATABASES: dict[str, dict[str, Any]] = {"default": database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Threads for what takes longer than a page of staff may (``staff.work``); 0: within the request.
STAFF_WORK_THREADS = 2

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A refused request is an answer, not an incident; only failures of our own are logged.
    "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
