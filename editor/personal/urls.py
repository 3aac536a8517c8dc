"""Addresses of personal data."""

from django.urls import path

from editor.personal import views

app_name = "personal"

urlpatterns = [
    path("t/<slug:slug>/team/erase", views.erase_person, name="erase_person"),
    path("profile/data", views.own_data, name="own_data"),
    path("profile/erase", views.erase_account, name="erase_account"),
]
