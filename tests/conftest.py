"""What every test stands on.

One PostgreSQL for the whole session, made and ended by the process that pytest was called in (xdist's workers share
it); no network but the loopback; `gateway`, the real thing as processes of its own. What needs real processes or a
browser runs on two workers at most. With `--most-cpu` a test that isn't marked slow must be quick.
"""

import atexit
import gc
import ipaddress
import os
import random
import resource
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import amount
import clusters
import django
import hypothesis
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.cache import cache
from journeys import office
from playwright.sync_api import Browser, expect, sync_playwright
from running import CHROMIUM, Gateway, Relay, gateway_at
from whitenoise.middleware import WhiteNoiseMiddleware

from comity import operator
from comity.serve.postgres import Cluster

gc.disable()  # until all is collected: nothing of it goes
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
    SHARED = Path(os.environ["COMITY_DATA"])  # by all workers of the session
else:  # a database for each worker, so keys for each: one that forgets a month would end the other's
    SHARED = Path(os.environ["COMITY_DATA"])
    os.environ["COMITY_DATA"] = str(SHARED / os.environ["PYTEST_XDIST_WORKER"])
    Path(os.environ["COMITY_DATA"]).mkdir(mode=0o700, exist_ok=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
os.environ["COMITY_LISTEN"] = "127.0.0.1:8000"  # the demo is on
expect.set_options(timeout=20_000)  # a busy machine is no fault of a page's
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # a browser test before leaves its event loop running in the worker
django.setup()
settings.COMITY = replace(settings.COMITY, data=operator.data_directory())  # a worker read them before it came here
os.environ["COMITY_SEED"] = os.environ.get("COMITY_SEED") or str(random.SystemRandom().randrange(2**32))


for name, examples in {"test": 30, "soak": 200}.items():
    hypothesis.settings.register_profile(name, max_examples=examples, deadline=None)
hypothesis.settings.load_profile("soak" if amount.SOAK else "test")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--most-cpu", type=float, help="fail a test not marked slow that takes more seconds of processor time than this"
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Load what the first test of the road would else be charged for."""
    if session.config.option.most_cpu and "PYTEST_XDIST_WORKER" in os.environ:
        from comity import road
        from comity.reading import child
        from comity.regulations import packs

        assert road.COMMANDS
        assert packs.load().ids()
        child.warm()


REAL = {  # what starts processes or a browser, by what it shares: each of the two runs one after the other
    "gateway": (
        "journeys",
        "test_removal_order.py",
        "test_preservation.py",
        "test_country.py",
        "test_run_it.py",
        "test_serve.py",
        "test_pager.py",
    ),
    "own": (
        "serve",
        "matrix",
        "test_kills.py",
        "test_running.py",
        "test_platform.py",
        "test_mail_door.py",
        "test_warm.py",
        "test_pages_in_a_browser.py",
        "test_key_in_a_browser.py",
    ),
}


# these leave rules changed in the demo that all journeys share; every page is looked at once they filled it
AFTER_ALL = ("journeys/test_balance.py", "journeys/test_cards.py", "journeys/test_pages.py")


def _after(item: pytest.Item) -> int:
    """Where a test stands among the journeys of `make soak`: 0, before what changes the demo for all others."""
    name = "/".join(item.path.parts[-2:])
    return AFTER_ALL.index(name) + 1 if amount.SOAK and name in AFTER_ALL else 0


def _real(nodeid: str) -> str:
    """Which of the two a test is of; empty for what runs in the tests' own process."""
    parts = nodeid.partition("::")[0].split("/")
    return next((name for name, paths in REAL.items() if not set(paths).isdisjoint(parts)), "")


def _above(items: list[pytest.Item]) -> Iterator[bool]:
    """Of each test, whether it stands in `make soak` alone."""
    seen = Counter[str]()
    for item in items:
        function, few = item.nodeid.partition("[")[0], item.get_closest_marker("few")
        seen[function] += 1
        yield bool(item.get_closest_marker("soak") or (few and seen[function] > few.args[0]))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not amount.SOAK:
        left = [item for item, above in zip(items, _above(items), strict=True) if above]
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]
    files = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (files[item.path], "scene" in getattr(item, "fixturenames", ())))
    order = [*REAL, ""]
    items.sort(key=lambda item: (order.index(_real(item.nodeid)), _after(item)))  # what takes long begins first
    for item in items:
        if _real(item.nodeid):
            item.add_marker("slow")  # a process that ends is charged to the test that waits for it
    gc.enable()
    gc.set_threshold(20_000, 20, 20)
    gc.freeze()  # thousands of tests and all modules, there until the end: the collector needn't look at them again


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays on one worker; so does all that starts processes and shares them."""
    from xdist.scheduler import LoadScopeScheduling

    class Files(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _real(nodeid) or nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return Files(config, log)


_shared: list[Gateway] = []  # the session's gateway, while it runs


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the session's gateway after the last test that may ask for it: one that only waits takes its part too."""
    if _shared and _real(item.nodeid) != "gateway":
        _shared.pop().stop()


def _cpu() -> float:
    """Seconds of processor time of this process and of the children that it has seen end."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    before = _cpu()
    try:
        return (yield)
    finally:
        item.user_properties.append(("cpu", _cpu() - before))


NOISE = 1.3  # what the same test takes more on a machine that others use too
FIXED_WORK_SECONDS = 0.0065  # of `_fixed_work`, on the machine on which a second was found to be enough


def _fixed_work() -> float:
    began = time.process_time()
    sum(divmod(n * n, 7)[1] for n in range(60_000))
    return time.process_time() - began


def _pace() -> float:
    """How much slower than that this machine is now, by the same work done a few times; 1 where it is quicker."""
    return max(1.0, min(_fixed_work() for _ in range(5)) / FIXED_WORK_SECONDS)


def _fail_if_slow(report: pytest.TestReport, item: pytest.Item) -> None:
    most, took = item.config.option.most_cpu, float(str(dict(item.user_properties).get("cpu", 0)))
    slow = most and report.when == "call" and report.passed and took > most
    slow = slow and took / _pace() > most * NOISE
    if slow and not item.get_closest_marker("slow") and not item.get_closest_marker("soak"):
        report.outcome = "failed"
        report.longrepr = f"took {took:.2f} s of processor time, more than {most}: make it quicker, or mark it slow"


SHOWN = 10


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.option.most_cpu:
        return
    reports = [one for key in ("passed", "failed") for one in terminalreporter.stats.get(key, ()) if one.when == "call"]
    took = sorted(((dict(one.user_properties).get("cpu", 0.0), one) for one in reports), key=lambda row: -row[0])
    terminalreporter.section(f"the {SHOWN} slowest, in seconds of processor time, and of the clock")
    for cpu, one in took[:SHOWN]:
        terminalreporter.write_line(f"{cpu:6.2f} {one.duration:6.2f}  {one.nodeid}")
    terminalreporter.section(f"the {SHOWN} slowest files, in seconds of the clock, with what sets their scene")
    for file, seconds in _by_file(terminalreporter).most_common(SHOWN):
        terminalreporter.write_line(f"{seconds:6.1f}  {file}")


def _by_file(terminalreporter: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in (one for key in ("", "passed", "failed", "error") for one in terminalreporter.stats.get(key, ())):
        found[one.nodeid.partition("::")[0]] += one.duration
    return found


def _fail_if_skipped(report: Any) -> None:
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which in CI is a failure: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    _fail_if_skipped(report)
    _fail_if_slow(report, item)
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


@pytest.fixture(autouse=True)
def _nobody_was_counted() -> None:
    """How often one client asked is counted in this process, and all tests ask from one address."""
    cache.clear()


@pytest.fixture(autouse=True)
def _no_raid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A raid begun by a page of this process would be another process, on its keys and beside its transaction: it
    would destroy those under which the test's own rows are sealed. Gateways of their own have real ones."""
    monkeypatch.setattr("comity.demo.custody.running.begin", lambda: None)


@pytest.fixture(scope="session")
def seed() -> int:
    """Where randomness starts: COMITY_SEED repeats a run; the report's header prints it."""
    return int(os.environ["COMITY_SEED"])


@pytest.fixture(scope="session")
def soak() -> bool:
    """Whether larger numbers are wanted (`make soak`)."""
    return amount.SOAK


def pytest_report_header() -> str:
    return f"seed: COMITY_SEED={os.environ['COMITY_SEED']}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A worker's database is a copy of one that was brought to this version once, for all of them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from django.db import connection

        connection.settings_dict["TEST"]["TEMPLATE"] = clusters.template(SHARED, os.environ["DATABASE_URL"])


@pytest.fixture(autouse=True, scope="session")
def _emptied_quickly() -> Iterator[None]:
    """What a test committed is deleted after it; what Django makes of the models stays, and isn't made anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.backends.postgresql.operations.DatabaseOperations.sql_flush", _flush)
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *given, **named: None)
        yield


def _flush(operations: object, style: object, tables: list[str], **how: bool) -> list[str]:
    return clusters.emptying(tables)


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_once() -> Iterator[None]:
    """Each client of a test has middleware of its own, which would look all static files up again."""
    find, found = WhiteNoiseMiddleware.add_files_from_finders, dict[str, Any]()

    def once(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(middleware.files)
        middleware.files = dict(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


@pytest.fixture(scope="session")
def cluster_in() -> Callable[[Path], None]:
    """Puts a database at this version into a data directory of a gateway that has none, before its first start."""
    return partial(clusters.put, SHARED)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around a module: what its fixtures of module scope wrote is there for each of its tests.

    Only where the tests ask nothing of the sandbox that a test before them would have changed: it is not rolled back.
    A file's tests that want none come first, for they would find in the tables what the scene wrote.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


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
def office_key() -> bytes:
    """The DKIM key of the real authority on the gateway's register (PEM)."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@pytest.fixture(scope="session")
def gateway(
    tmp_path_factory: pytest.TempPathFactory, relay: Relay, office_key: bytes, cluster_in: Callable[[Path], None]
) -> Iterator[Gateway]:
    """A real `comity serve` on free ports, its mail going to `relay`, shared by all tests that need no other.

    Its register holds a real authority, whose DKIM record lies in the resolver file.
    """
    data = tmp_path_factory.mktemp("gateway") / "data"
    data.mkdir(mode=0o700)
    office.known(data, office_key)
    cluster_in(data)
    with gateway_at(data, relay) as running:
        _shared.append(running)
        yield running
