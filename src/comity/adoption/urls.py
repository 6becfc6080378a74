"""The pages on which regulations are changed, below `/console/regulations/`."""

urlpatterns: list[object] = []
