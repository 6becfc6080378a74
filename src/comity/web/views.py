"""The error pages. Each says what happened and what to do next, and reveals nothing of the fault itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def _error(request: HttpRequest, status: int, template: str) -> HttpResponse:
    return render(request, template, {"status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request could not be understood."""
    return _error(request, 400, "400.html")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: signed in, but not allowed."""
    return _error(request, 403, "403.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing for this viewer; the page doesn't say which."""
    return _error(request, 404, "404.html")


def too_large(request: HttpRequest) -> HttpResponse:
    """413: a form larger than any of ours. None of it was read."""
    return _error(request, 413, "413.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    return _error(request, 500, "500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that didn't come from our own page, or from one left open too long. Nothing was done."""
    return _error(request, 403, "csrf.html")
