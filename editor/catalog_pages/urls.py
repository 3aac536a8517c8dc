from django.urls import path

from . import views

app_name = "catalog"
urlpatterns = [
    path("actions", views.index, name="index"),
    path("actions/hints.json", views.hints, name="hints"),
    path("actions/<str:action_type>", views.action, name="action"),
]
