"""Addresses of what looks back over many runs."""

from django.urls import URLPattern

app_name = "review"

TEAM = "t/<slug:slug>"
WORKFLOW = f"{TEAM}/workflows/<str:workflow>"

urlpatterns: list[URLPattern] = []
