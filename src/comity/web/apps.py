"""The app that gives every process its words."""

from django.apps import AppConfig

from comity import language


class Web(AppConfig):
    """The look, and the languages in which it speaks."""

    name = "comity.web"

    def ready(self) -> None:
        """Load the catalogues once, before anything speaks."""
        language.load()
