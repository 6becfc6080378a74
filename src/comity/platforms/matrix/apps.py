"""The room's place in Django."""

from django.apps import AppConfig


class Matrix(AppConfig):
    """Its tables are called `matrix_…`."""

    name = "comity.platforms.matrix"
    label = "matrix"
    default_auto_field = "django.db.models.BigAutoField"
