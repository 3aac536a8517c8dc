"""Which room answers where."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import home
from editor import health, metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("", include("accounts.urls")),
    path("", include("editor.outgoing.urls")),
    path("sandbox/", include("editor.sandbox.urls")),
    path("", include("editor.catalog_pages.urls")),
    path("", include("editor.workflows.urls")),
    path("", include("editor.runs.urls")),
    path("", include("editor.review.urls")),
    path("", include("editor.library.urls")),
    path("", include("editor.personal.urls")),
]

handler400 = "editor.errors.bad_request"
handler500 = "editor.errors.broken"
