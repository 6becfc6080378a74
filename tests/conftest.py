"""What every test stands on.

One PostgreSQL for the whole session, made and ended by the process that pytest was called in (xdist's workers share
it); no network but the loopback; `gateway`, the real thing as processes of its own, one for each worker.
"""

import atexit
import ipaddress
import os
import random
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from running import CHROMIUM, Gateway, Relay, gateway_at

from comity.serve.postgres import Cluster

TEST_CLUSTER = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}


def _start() -> None:
    data = Path(tempfile.mkdtemp(prefix="comity-tests-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ["COMITY_DATA"] = str(data)
    if "DATABASE_URL" not in os.environ:
        cluster = Cluster(data, TEST_CLUSTER)
        cluster.start()
        atexit.register(cluster.stop)
        os.environ["DATABASE_URL"] = cluster.admin_url


if "PYTEST_XDIST_WORKER" not in os.environ:
    _start()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
os.environ["COMITY_LISTEN"] = "127.0.0.1:8000"  # the demo is on
expect.set_options(timeout=20_000)  # a busy machine is no fault of a page's
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # a browser test before leaves its event loop running in the worker
django.setup()
os.environ["COMITY_SEED"] = os.environ.get("COMITY_SEED") or str(random.SystemRandom().randrange(2**32))


LONG = ("hostile", "journeys", "kills", "serve")  # begun first, so that no worker is left alone with one at the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(name in item.path.parts for name in LONG))


def _fail_if_skipped(report: Any) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which in CI is a failure: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _fail_if_skipped(report)
    return report


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def _sockets_stay_here() -> Iterator[None]:
    """No test reaches the network: connections go to this machine's loopback or to a file."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise RuntimeError(f"a test tried to reach {address[0]}: tests stay on the loopback")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(scope="session")
def seed() -> int:
    """Where randomness starts: COMITY_SEED repeats a run; the report's header prints it."""
    return int(os.environ["COMITY_SEED"])


@pytest.fixture(scope="session")
def soak() -> bool:
    """Whether larger numbers are wanted (`make soak`)."""
    return bool(os.environ.get("COMITY_SOAK"))


def pytest_report_header() -> str:
    return f"seed: COMITY_SEED={os.environ['COMITY_SEED']}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, one at a time and gone with the module: while it is there its event loop runs, and no other can."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    """The mailbox that gets whatever the session's gateway sends."""
    listening = Relay().start()
    yield listening
    listening.stop()


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, relay: Relay) -> Iterator[Gateway]:
    """A real `comity serve` on free ports, its mail going to `relay`, shared by this worker's tests."""
    with gateway_at(tmp_path_factory.mktemp("gateway") / "data", relay) as running:
        yield running
