"""Every setting of Trellis, read from the environment once, with defaults that run on a laptop.

A wrong value stops the start and names the variable; all wrong values are named together.
docs/configuration.md explains each variable (a test compares the two lists).
"""

from pathlib import Path
from urllib.parse import urlsplit

from environs import Env, validate

from editor.lib.keys import new_encryption_key, new_secret, read_or_make

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env(eager=False)

# --- Where we are ------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
WEB_PROCESSES = env.int("WEB_PROCESSES", 1, validate=validate.Range(min=1))
WEB_THREADS = env.int("WEB_THREADS", 8, validate=validate.Range(min=2))
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "data")
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
SANDBOX_URL = env.str("SANDBOX_URL", f"http://127.0.0.1:{PORT}/sandbox").rstrip("/")
LINKEDAPI_URL = env.str("LINKEDAPI_URL", "https://api.linkedapi.io").rstrip("/")
CATALOG_OVERRIDES = env.path("CATALOG_OVERRIDES", None)

_public = urlsplit(PUBLIC_URL)
_https = _public.scheme == "https"
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", [_public.hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if _https else []
# How many proxies of ours stand before the server: whose word on the caller's address and scheme counts.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0))

# --- Keys --------------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", "") or read_or_make(DATA_DIR / "secret.key", new_secret)
# The first encrypts, all decrypt.
ENCRYPTION_KEYS = (
    env.list("ENCRYPTION_KEYS", [])
    or read_or_make(DATA_DIR / "encryption.key", new_encryption_key).split()
)

# --- Data --------------------------------------------------------------------------------------

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue for the one write lock at their start instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Rooms -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "editor",
    "accounts",
    "editor.sandbox",
    "editor.workflows",
    "editor.runs",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ReadersTimeZone",
]

ROOT_URLCONF = "editor.urls"
WSGI_APPLICATION = "editor.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.team",
            ],
            "builtins": ["django.templatetags.static", "editor.lib.ui_tags"],
        },
    },
]

# --- People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

SIGNUP_OPEN = env.bool("SIGNUP_OPEN", True)
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "accounts.signing_in.Login",
    "signup": "accounts.signing_in.Signup",
    "add_email": "accounts.signing_in.AddEmail",
    "change_password": "accounts.signing_in.ChangePassword",
    "set_password": "accounts.signing_in.SetPassword",
    "reset_password": "accounts.signing_in.ResetPassword",
    "reset_password_from_key": "accounts.signing_in.ResetPasswordKey",
    "reauthenticate": "accounts.signing_in.Reauthenticate",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_CHANGE_EMAIL = (
    True  # one address per person; the old one stays until the new one is confirmed
)
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# --- Mail --------------------------------------------------------------------------------------

# Without a mail server, mails become files: reset links are secrets and do not belong in a log.
EMAIL_FROM = env.str("EMAIL_FROM", f"Trellis <trellis@{_public.hostname}>")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _email = env.dj_email_url("EMAIL_URL", EMAIL_URL)
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "EMAIL_VERIFICATION",
    "mandatory" if EMAIL_URL else "none",
    validate=validate.OneOf(["none", "optional", "mandatory"]),
)

# --- Safety ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = (
    12 * 1024 * 1024
)  # a workflow's JSON may have 5 MB, percent-encoded more

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "editor.lib.storage.HashedStaticFiles"
    },
}

# --- Words, times, logs ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "editor.lib.logs.JsonLines"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env.str("LOG_FORMAT", "plain", validate=validate.OneOf(["plain", "json"])),
        }
    },
    "root": {"handlers": ["stderr"], "level": env.log_level("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # One line per request to the service would drown the rest, and its URLs carry ids.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

env.seal()
