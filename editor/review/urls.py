"""Addresses of what looks back over many runs."""

from django.urls import URLPattern, path

from editor.review import matrix_pages

app_name = "review"

TEAM = "t/<slug:slug>"
WORKFLOW = f"{TEAM}/workflows/<str:workflow>"

urlpatterns: list[URLPattern] = [
    path(f"{WORKFLOW}/matrix", matrix_pages.show, name="matrix"),
]
