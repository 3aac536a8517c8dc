"""Every setting of Trellis, read from the environment once, with defaults that run on a laptop.

A wrong value stops the start and names the variable; all wrong values are named together.
docs/configuration.md explains each variable (a test compares the two lists).
"""

import logging
from pathlib import Path
from urllib.parse import urlsplit

import dj_email_url
from environs import Env, EnvValidationError, validate

from editor.lib import keys
from editor.lib.headers import static_headers

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The environment ---------------------------------------------------------------------------

env = Env(eager=False)
positive = validate.Range(min=1)
web_address = validate.URL(schemes={"http", "https"}, require_tld=False)

DEBUG = env.bool("DEBUG", False)
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "data").resolve()
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
here = f"http://127.0.0.1:{PORT}"
PUBLIC_URL = env.str("PUBLIC_URL", here, validate=web_address)
SANDBOX_URL = env.str("SANDBOX_URL", f"{here}/sandbox", validate=web_address)
# Seconds that a workflow takes in the sandbox.
SANDBOX_DELAY = env.float("SANDBOX_DELAY", 1.0, validate=validate.Range(min=0))
LINKEDAPI_URL = env.str("LINKEDAPI_URL", "https://api.linkedapi.io", validate=web_address)
# Where the Linked API reaches us; without a value the public address, when it is one for others.
webhook_url = env.str(
    "WEBHOOK_URL",
    None,
    validate=validate.Regexp(
        r"^$|^https?://[^/\s]",
        error="Use an address such as https://trellis.example.com, or nothing to do without webhooks.",
    ),
)
# Whether outgoing webhooks may go into our own network, and over plain http.
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", False)
CATALOG_OVERRIDES = env.path("CATALOG_OVERRIDES", None)

WEB_PROCESSES = env.int("WEB_PROCESSES", 1, validate=positive)
WEB_THREADS = env.int("WEB_THREADS", 8, validate=validate.Range(min=2))
# How workers learn that a run is due: they ask for due rows, or are told by jobs (PostgreSQL).
RUN_DRIVER = env.str(
    "RUN_DRIVER", "embedded", validate=validate.OneOf(["embedded", "procrastinate"])
)
WORKER_SEATS = env.int("WORKER_SEATS", 200, validate=positive)
# Seconds that a worker may be silent before others take its runs for abandoned.
WORKER_LEASE = env.float("WORKER_LEASE", 15.0, validate=positive)

database = env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=60)
cache = env.dj_cache_url("CACHE_URL", "locmem://")
SECRET_KEY = env.str("SECRET_KEY", "")
# The first encrypts, all decrypt.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", [], validate=keys.must_be_fernet)

allowed_hosts = env.list("ALLOWED_HOSTS", [])
# How many proxies of ours stand before the server: whose word on the caller's address counts.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(min=0))
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", True)

email_url = env.str(
    "EMAIL_URL",
    "",
    validate=validate.Regexp(
        "^$|^(smtp|submission)://[^/]|^console:",
        error="Use submission://user:password@host:587, smtp://host:25 or console:",
    ),
)
email_from = env.str("EMAIL_FROM", "")
email_verification = env.str(
    "EMAIL_VERIFICATION", "", validate=validate.OneOf(["", "none", "optional", "mandatory"])
)

# Whoever knows it may read /metrics; without one there is no such page.
METRICS_TOKEN = env.str(
    "METRICS_TOKEN",
    "",
    validate=validate.Regexp(
        r"^$|^[!-~]{16,}$", error="Use at least 16 letters, digits and signs."
    ),
)
log_format = env.str("LOG_FORMAT", "plain", validate=validate.OneOf(["plain", "json"]))
# A number; what is in the environment becomes one, a default stays as it is.
log_level = env.log_level("LOG_LEVEL", logging.INFO)

try:
    env.seal()
except EnvValidationError as wrong:
    faults = "\n".join(f"  {name}: {' '.join(why)}" for name, why in wrong.error_messages.items())
    raise SystemExit(
        f"These settings are wrong (docs/configuration.md explains them):\n{faults}"
    ) from None

if RUN_DRIVER == "procrastinate" and database["ENGINE"] != "django.db.backends.postgresql":
    raise SystemExit(
        "These settings do not go together (docs/scaling.md explains them):\n"
        "  RUN_DRIVER=procrastinate needs PostgreSQL: set DATABASE_URL=postgres://…, or leave RUN_DRIVER out."
    )

# --- Where we are ------------------------------------------------------------------------------

PUBLIC_URL, SANDBOX_URL, LINKEDAPI_URL = (
    url.rstrip("/") for url in (PUBLIC_URL, SANDBOX_URL, LINKEDAPI_URL)
)
public = urlsplit(PUBLIC_URL)
https = public.scheme == "https"
WEBHOOK_URL = (webhook_url if webhook_url is not None else PUBLIC_URL if https else "").rstrip("/")
known_as = [public.hostname, urlsplit(WEBHOOK_URL).hostname]
ALLOWED_HOSTS = allowed_hosts or [*filter(None, known_as), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if https else []

# --- Keys: made at the first start when the environment names none -----------------------------

SECRET_KEY = SECRET_KEY or keys.read_or_make(DATA_DIR / "secret.key", keys.new_secret)
ENCRYPTION_KEYS = (
    ENCRYPTION_KEYS
    or keys.read_or_make(DATA_DIR / "encryption.key", keys.new_encryption_key).split()
)

# --- Data --------------------------------------------------------------------------------------

DATABASES = {"default": database}
if database["ENGINE"] == "django.db.backends.sqlite3":
    database["OPTIONS"] = {
        # Writers queue for the one write lock at their start instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 5,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    } | database.get("OPTIONS", {})
elif database["ENGINE"] == "django.db.backends.postgresql":
    database["OPTIONS"] = {
        # Seconds and milliseconds after which a server that does not answer counts as away.
        "connect_timeout": 3,
        "tcp_user_timeout": 5_000,
        # What comes more often is planned once (`lib.prepared.planned_cursor`).
        "prepare_threshold": 2,
    } | database.get("OPTIONS", {})
CACHES = {"default": cache}
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
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "editor",
    "accounts",
    "editor.outgoing",
    "editor.sandbox",
    "editor.workflows",
    "editor.runs",
    "editor.review",
    "editor.library",
    "editor.personal",
]

if RUN_DRIVER == "procrastinate":
    # Its tables; they exist for PostgreSQL only.
    INSTALLED_APPS += ["procrastinate.contrib.django"]

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",  # first: a cold page asks for dozens of files
    "django.middleware.security.SecurityMiddleware",
    "editor.sandbox.middleware.Calls",
    "editor.lib.compress.CompressPages",
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
    "accounts.middleware.LastSeen",
    "accounts.middleware.ReadersTimeZone",
    "editor.errors.OnlyForForms",
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
                "editor.runs.notices.pages.bell",
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
# One address per person; the old one stays until the new one is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = public.scheme
# Whoever owns an account hears when its password, address or second step is changed.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

MFA_ADAPTER = "accounts.adapter.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.signing_in.Code",
    "reauthenticate": "accounts.signing_in.CodeAgain",
    "activate_totp": "accounts.signing_in.FirstCode",
    "add_webauthn": "accounts.signing_in.AddPasskey",
    "login_webauthn": "accounts.signing_in.PasskeySignIn",
    "authenticate_webauthn": "accounts.signing_in.PasskeyStep",
    "reauthenticate_webauthn": "accounts.signing_in.PasskeyAgain",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = f"Trellis {public.hostname}"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not https  # browsers themselves allow http://localhost only

# --- Mail --------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = email_from or f"Trellis <trellis@{public.hostname}>"
if email_url:
    server = dj_email_url.parse(email_url)
    EMAIL_BACKEND = server["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = server["EMAIL_HOST"], server["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = server["EMAIL_HOST_USER"], server["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = server["EMAIL_USE_TLS"], server["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = 10
else:
    # Mails become files: the links in them are secrets and do not belong in a log.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
SENDS_MAIL = bool(email_url)
ACCOUNT_EMAIL_VERIFICATION = email_verification or ("mandatory" if email_url else "none")
MFA_ALLOW_UNVERIFIED_EMAIL = ACCOUNT_EMAIL_VERIFICATION != "mandatory"

# --- Safety ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = https
# Asked for from this machine, not through the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$", r"^sandbox/", r"^hooks/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = https
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = https
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
# A workflow's JSON may have 5 MB, and more when it is percent-encoded.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

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
# The same words on each of dozens of files weigh more than some of the files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers
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

# For libraries that talk a lot: never more than warnings, less when LOG_LEVEL says so.
warnings_at_most = max(log_level, logging.WARNING)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "editor.lib.logs.JsonLines"},
    },
    "filters": {"discreet": {"()": "editor.lib.logs.Discreet"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": log_format,
            "filters": ["discreet"],
        }
    },
    "root": {"handlers": ["stderr"], "level": log_level},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A line for each job, some of them every second.
        "procrastinate": {"level": warnings_at_most},
        # One line per request to the service would drown the rest, and its URLs carry ids.
        "httpx": {"level": warnings_at_most},
        "httpcore": {"level": warnings_at_most},
    },
}
