"""What the worker does around each job."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from comity.lane import PAGE, PROVEN, SLOW, UNPROVEN
from comity.serve import worker


@pytest.mark.django_db(transaction=True)
def test_a_job_ends_with_its_connection_even_one_that_raises() -> None:
    connection.ensure_connection()
    assert worker.with_a_connection(lambda: "done", None, None) == "done"
    assert connection.connection is None
    connection.ensure_connection()
    with pytest.raises(ZeroDivisionError):
        worker.with_a_connection(lambda: 1 // 0, None, None)
    assert connection.connection is None


def test_it_is_around_every_job_of_a_lane() -> None:
    assert worker._worker(app, PROVEN, 1).task_middleware[0] is worker.with_a_connection


def test_rings_have_a_process_of_their_own_and_places_in_the_worker_too() -> None:
    assert set(worker.PAGER.places) == {PAGE, SLOW}
    assert set(worker.WORKER.places) == {PROVEN, UNPROVEN, PAGE, SLOW}
