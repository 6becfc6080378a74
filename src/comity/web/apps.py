"""The app that loads every process's translations."""

from django.apps import AppConfig

from comity import language


class Web(AppConfig):
    """The look, and the languages it speaks."""

    name = "comity.web"

    def ready(self) -> None:
        """Load the translation catalogues once, before anything is translated."""
        language.load()
