"""Addresses of webhooks that go out. `views` says what each answers."""

from django.urls import path

from editor.outgoing import views

app_name = "outgoing"

ALL = "t/<slug:slug>/team/webhooks"
ONE = f"{ALL}/<str:endpoint>"
SENT = f"{ONE}/sent/<str:delivery>"

urlpatterns = [
    path(ALL, views.index, name="index"),
    path(f"{ALL}/new", views.new, name="new"),
    path(ONE, views.endpoint, name="endpoint"),
    path(f"{ONE}/log", views.log, name="log"),
    path(f"{ONE}/change", views.change, name="change"),
    path(f"{ONE}/rotate", views.rotate, name="rotate"),
    path(f"{ONE}/switch", views.switch, name="switch"),
    path(f"{ONE}/test", views.test, name="test"),
    path(f"{ONE}/replay", views.replay_lost, name="replay_lost"),
    path(f"{ONE}/delete", views.delete, name="delete"),
    path(SENT, views.delivery, name="delivery"),
    path(f"{SENT}/replay", views.replay, name="replay"),
    path(f"{SENT}/try", views.try_now, name="try_now"),
]
