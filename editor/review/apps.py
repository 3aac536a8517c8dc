from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "editor.review"
    label = "review"
