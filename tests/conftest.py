"""One PostgreSQL for the whole session, made and ended by the process that pytest was called in (xdist's share it)."""

import atexit
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.serve.postgres import Cluster

TEST_CLUSTER = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}


def _start_cluster() -> None:
    data = Path(tempfile.mkdtemp(prefix="comity-tests-"))
    cluster = Cluster(data, TEST_CLUSTER)
    cluster.start()
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    atexit.register(cluster.stop)
    os.environ["COMITY_DATA"] = str(data)
    os.environ["DATABASE_URL"] = cluster.admin_url


if "PYTEST_XDIST_WORKER" not in os.environ and "DATABASE_URL" not in os.environ:
    _start_cluster()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")


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
