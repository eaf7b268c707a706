"""Settings. Everything that differs between two installations comes from the environment.

The supervisor of `make run` sets these; a server's administrator sets the same ones
(docs/operations.md). Nothing here names a province: that is the pack's business.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

from jimin.core.access import limits
from jimin.platform.places import ROOT, pack_folder, secrets_from_files, var_folder

secrets_from_files()
VAR = var_folder()
# Folders beside VAR/anchors that the audit's anchors are copied to: on another machine, or write-once (docs/operations.md).
JIMIN_ANCHORS = [folder for folder in os.environ.get("JIMIN_ANCHORS", "").split(os.pathsep) if folder]
PACK = pack_folder()

# Seconds the server may work on one statement before it gives up; 0: no limit. The pages set it (jimin/sites/wsgi.py).
JIMIN_STATEMENT_SECONDS = int(os.environ.get("JIMIN_STATEMENT_SECONDS") or 0)
# A row that another request holds is not waited for longer than half of that; an open transaction that does nothing
# is ended, for it would hold back the audit's sealer and the events.
_LIMITS = {
    "timezone": "Asia/Shanghai",
    "idle_in_transaction_session_timeout": "60s",
    **(
        {"statement_timeout": f"{JIMIN_STATEMENT_SECONDS}s", "lock_timeout": f"{JIMIN_STATEMENT_SECONDS * 500}ms"}
        if JIMIN_STATEMENT_SECONDS
        else {}
    ),
}
# A server that is gone without a word is noticed: at connecting, and by TCP on a connection that stands.
_REACH = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # ms
}


def database(url: str) -> dict[str, object]:
    """A Django database from postgresql://user:password@host:port/name (host may be ?host=/socket/dir)."""
    u = urlparse(url)
    if u.scheme not in ("postgresql", "postgres"):
        raise SystemExit(f"DATABASE_URL 以“{u.scheme or '空'}”开头；只支持 postgresql://用户:密码@主机:端口/库名。")
    query = {name: values[0] for name, values in parse_qs(u.query).items()}
    more = {name: value for name, value in query.items() if name not in ("host", "port", "options")}  # sslmode, …
    return {
        "ENGINE": "jimin.platform.postgres",
        "NAME": unquote(u.path.lstrip("/")),
        "USER": unquote(u.username or ""),
        "PASSWORD": unquote(u.password or ""),
        "HOST": query.get("host", u.hostname or ""),
        "PORT": str(u.port or query.get("port", "")),
        "CONN_MAX_AGE": int(os.environ.get("JIMIN_CONN_MAX_AGE", "60")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_REACH, **more, "options": " ".join(f"-c {k}={v}" for k, v in _LIMITS.items())},
    }


DATABASES = {"default": database(os.environ.get("JIMIN_DATABASE_URL", "postgresql://jimin_app@127.0.0.1:5432/jimin"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

JIMIN_DEMO = os.environ.get("JIMIN_DEMO", "") == "1"
JIMIN_BUSINESS_DAY = (
    date.fromisoformat(os.environ["JIMIN_BUSINESS_DAY"]) if os.environ.get("JIMIN_BUSINESS_DAY") else None
)
JIMIN_PUBLIC_URL = os.environ.get("JIMIN_PUBLIC_URL", "http://127.0.0.1:8000")  # printed on documents, with /verify
JIMIN_LIVE_ORIGIN = os.environ.get("JIMIN_LIVE_ORIGIN", "")  # where /live answers, when not on this host
JIMIN_KEYS = os.environ.get("JIMIN_KEYS", str(VAR / "keys.json"))  # field-encryption keys (core.secrets)
JIMIN_LAKE = os.environ.get("JIMIN_LAKE", str(VAR / "lake"))  # snapshots for batch work (engines.lake)
JIMIN_LAKE_KEY = os.environ.get("JIMIN_LAKE_KEY", str(VAR / "lake-key"))  # their pseudonyms' key, never inside it

DEBUG = False
SECRET_KEY = os.environ.get("JIMIN_SECRET_KEY", "")
JIMIN_TRUSTED_PROXIES = [p for p in os.environ.get("JIMIN_TRUSTED_PROXIES", "").split(",") if p]  # addresses, nets
ALLOWED_HOSTS = [h for h in os.environ.get("JIMIN_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "procrastinate.contrib.django",
    "jimin.core.divisions",
    "jimin.core.access",
    "jimin.core.audit",
    "jimin.core.actions",
    "jimin.core.secrets",
    "jimin.core.parties",
    "jimin.core.calendar",
    "jimin.core.events",
    "jimin.core.files",
    "jimin.core.registers",
    "jimin.core.sheets",
    "jimin.engines.cases",
    "jimin.engines.indicators",
    "jimin.engines.documents",
    "jimin.engines.alerts",
    "jimin.engines.lake",
    "jimin.engines.policy",
    "jimin.domains.planning",
    "jimin.domains.assistance",
    "jimin.sites.console",
    "jimin.sites.portal",
    "jimin.sites.live",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "jimin.sites.gate.GateMiddleware",
    "jimin.sites.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "jimin.sites.errors.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jimin.core.access.sign_ins.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "jimin.core.access.middleware.ScopeMiddleware",
    "jimin.sites.console.accounts.duties.DutiesMiddleware",
    "jimin.sites.errors.ActionErrorMiddleware",
]

ROOT_URLCONF = "jimin.sites.urls"
WSGI_APPLICATION = "jimin.sites.wsgi.application"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "jimin" / "sites" / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", _LOADERS)],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "jimin.sites.templatetags.jimin_ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jimin.sites.context.shell",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_HANDLER = "jimin.core.access.lockout.Handler"
AXES_FAILURE_LIMIT = "jimin.core.access.lockout.limit"
AXES_COOLOFF_TIME = "jimin.core.access.lockout.cool_off"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "jimin.core.access.lockout.counted_as"
AXES_CLIENT_IP_CALLABLE = "jimin.core.access.address.of"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins have a table and the audit trail of our own
AXES_LOCKOUT_CALLABLE = "jimin.sites.console.signin.locked_out"
LOGIN_URL = "/console/signin/"

SESSION_COOKIE_AGE = limits.seconds("longest")  # idle time and the longest sign-in: core.access.sessions
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "jimin.sites.errors.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
if os.environ.get("JIMIN_HTTPS") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *([JIMIN_LIVE_ORIGIN] if JIMIN_LIVE_ORIGIN else [])],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "jimin" / "sites" / "static"]
WHITENOISE_USE_FINDERS = True
FILES_ROOT = Path(os.environ.get("JIMIN_FILES", VAR / "files"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["jimin.core.files.uploads.InMemory"]  # never in clear on a disk

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"outage": {"()": "jimin.sites.outage.Brief"}},
    "formatters": {
        "line": {"()": "jimin.core.secrets.logs.Formatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outage"]}},
    "root": {"handlers": ["err"], "level": os.environ.get("JIMIN_LOG", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["axes.W003"]
