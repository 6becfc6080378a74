"""The app of staff, keys and approvals."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Staff, keys and approvals."""

    name = "comity.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
