"""PostgreSQL under our own supervisor: a private cluster in the data directory, reached over a Unix socket only.

The cluster belongs to the account PostgreSQL runs under; the directories above it may be 0700 and somebody else's. So
on Linux PostgreSQL gets the cluster as an open directory (`/proc/self/fd/N`) and never walks the path to it
(docs/decisions/cluster-below-closed-directories.md).
"""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from comity import operator
from comity.serve import lifeline
from comity.serve.binaries import Account, NoDatabase, account, find_binaries, identity, known

DATABASE = ROLE = "comity"
SOCKET_BYTES = 103  # the shortest limit on a socket's path among supported systems (macOS)
LONGEST_LOG = 10_000_000  # bytes; checked at each start
NOBODY = found.pw_uid if (found := known("nobody")) else 65534
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_error_verbosity": "terse",  # this and the next: a row's values never reach the log
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Cluster:
    """One PostgreSQL cluster and the postmaster that runs it. Only the holder of the data directory's lock may use
    it."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.home = data / "postgres"
        self.log = data / "logs" / "postgres.log"
        self.sockets = socket_directory(data)
        self.settings = {**SETTINGS, **(settings or {})}
        self.postmaster: subprocess.Popen[bytes] | None = None

    @cached_property
    def who(self) -> Account | None:
        """The account PostgreSQL runs under; None: our own. Raises NoDatabase."""
        return _owner(self.home)

    @cached_property
    def programs(self) -> Path:
        """The directory of PostgreSQL's programs. Raises NoDatabase."""
        return find_binaries(self.who)

    @property
    def url(self) -> str:
        """The gateway's connection URL: a role that owns the database and nothing else."""
        return self._url(ROLE, DATABASE)

    @property
    def admin_url(self) -> str:
        """The superuser's connection URL, for creating databases and backups."""
        return self._url("postgres", "postgres")

    def _url(self, role: str, database: str) -> str:
        password = operator.secret(self.data, f"postgres-{role}.key")
        return f"postgresql://{role}:{quote(password)}@/{database}?host={quote(str(self.sockets), safe='')}"

    def make(self) -> None:
        """Create the cluster atomically if there is none: initdb works beside it, and a rename puts it in place.

        Raises NoDatabase.
        """
        if (self.home / "PG_VERSION").exists():
            return
        making = self.data / "postgres.new"
        subprocess.run(["rm", "-rf", str(making)], check=True)
        self._own(making)
        with tempfile.NamedTemporaryFile(dir=self._own(self.sockets), mode="w") as pwfile, _at(making) as (place, fds):
            pwfile.write(operator.secret(self.data, "postgres-postgres.key"))
            pwfile.flush()
            self._give(Path(pwfile.name))
            command = [str(self.programs / "initdb"), "-D", place, "-U", "postgres", "--auth=scram-sha-256"]
            command += [f"--pwfile={pwfile.name}", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C"]
            command += ["--builtin-locale=C.UTF-8", "--data-checksums"]
            made = subprocess.run(
                command, capture_output=True, text=True, check=False, cwd="/", pass_fds=fds, **identity(self.who)
            )
        if made.returncode:
            raise NoDatabase(f"PostgreSQL's initdb failed: {made.stderr.strip().splitlines()[-1:] or made.returncode}")
        making.rename(self.home)

    def start(self, timeout: float = 300) -> None:
        """Start the postmaster; returns once it accepts connections, after crash recovery if need be. `timeout` in
        seconds.

        Raises: NoDatabase: with the last line of its log.
        """
        self.make()
        self._clear()
        self._take_over()
        self._own(self.sockets)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        with _at(self.home) as (place, fds), self.log.open("ab") as log:
            self.postmaster = subprocess.Popen(
                [self.programs / "postgres", "-D", place, f"-cunix_socket_directories={self.sockets}", *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                pass_fds=fds,
                preexec_fn=partial(lifeline.tie, os.getpid(), signal.SIGINT) if lifeline.LINUX else None,
                **identity(self.who),
            )
        self._await_ready(time.monotonic() + timeout)
        self._make_database()

    def stop(self, timeout: float = 6) -> None:
        """Fast shutdown: sessions are ended, what is committed stays. Immediate shutdown after `timeout` seconds."""
        if self.postmaster is None or self.postmaster.poll() is not None:
            return
        self.postmaster.send_signal(signal.SIGINT)
        try:
            self.postmaster.wait(timeout)
        except subprocess.TimeoutExpired:
            self.postmaster.send_signal(signal.SIGQUIT)
            self.postmaster.wait(4)

    def alive(self) -> bool:
        """Whether the postmaster runs; polling it also reaps a dead one."""
        return self.postmaster is not None and self.postmaster.poll() is None

    def _give(self, path: Path) -> None:
        if self.who is not None:
            os.chown(path, self.who.uid, self.who.gid)

    def _own(self, directory: Path) -> Path:
        """The directory, created 0700 for PostgreSQL's account. Raises NoDatabase if somebody else put one there."""
        if os.geteuid() == 0 and directory.exists() and directory.stat().st_uid == NOBODY:
            shutil.rmtree(directory)  # left by an earlier version; nothing in it outlives a start
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = {os.geteuid(), self.who.uid if self.who else os.geteuid()}
        if directory.is_symlink() or directory.stat().st_uid not in ours:
            raise NoDatabase(f"{directory} belongs to somebody else: remove it")
        directory.chmod(0o700)
        self._give(directory)
        return directory

    def _take_over(self) -> None:
        """Give the stopped cluster to PostgreSQL's account.

        A cluster that root copied here (a restored backup) belongs to root, one of an earlier version perhaps to
        `nobody`. Through open directories, since a process of `nobody` might still be swapping paths for links
        meanwhile.
        """
        if self.who is None or self.home.stat().st_uid == self.who.uid:
            return
        os.chown(self.home, os.geteuid(), os.getegid())  # closed to both accounts until everything is handed over
        for _, directories, files, here in os.fwalk(self.home):
            for name in (*directories, *files):
                os.chown(name, self.who.uid, self.who.gid, dir_fd=here, follow_symlinks=False)
        self._give(self.home)

    def _await_ready(self, end: float) -> None:
        assert self.postmaster is not None
        while time.monotonic() < end:
            if self.postmaster.poll() is not None:
                break
            if _status(self.home) == (self.postmaster.pid, "ready"):
                return
            time.sleep(0.01)
        last = self.log.read_text("utf-8", "replace").strip().splitlines()[-1:]
        raise NoDatabase(f"PostgreSQL didn't start: {last[0] if last else 'its log is empty'} ({self.log})")

    def _make_database(self) -> None:
        password = operator.secret(self.data, f"postgres-{ROLE}.key")
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            if not admin.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone():
                admin.execute(
                    sql.SQL("create role {} login password {}").format(sql.Identifier(ROLE), sql.Literal(password))
                )
            if not admin.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                admin.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE))
                )

    def _clear(self) -> None:
        """Remove what a killed postmaster leaves: its last processes, then its two lock files.

        We hold the data directory's lock, so nobody else runs this cluster; the pid in a lock file may be a zombie that
        nobody has reaped yet, or by now another process. But the lock files also guard shared memory: they are removed
        only when no process of the old cluster is left.
        """
        pid, _ = _status(self.home)
        if pid is None:
            return
        if not lifeline.LINUX:
            return  # without /proc we can't tell; PostgreSQL's own check of the lock file has to suffice
        if pid in set(_inhabitants(self.home)):
            _signal([pid], signal.SIGINT)
        if not _empty_within(10, self.home):
            _signal(_inhabitants(self.home), signal.SIGKILL)
            _empty_within(5, self.home)
        (self.home / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def _owner(home: Path) -> Account | None:
    """The account to run the cluster under.

    As root, whoever made the cluster keeps running it, so that root can work on another account's gateway; except
    `nobody`, whose every process would then control the database.
    """
    if os.geteuid() == 0 and home.exists():
        made = home.stat()
        if made.st_uid not in (0, NOBODY):
            return Account(f"uid {made.st_uid}", made.st_uid, made.st_gid)
    return account()


def socket_directory(data: Path) -> Path:
    """The socket's directory: in the data directory if that is short enough and open to PostgreSQL, else a short path.

    Always the same for the same data directory, so that every process finds it.
    """
    inside = data / "run"
    if os.geteuid() != 0 and len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= SOCKET_BYTES:
        return inside
    name = f"comity-{os.geteuid()}-{hashlib.sha256(os.fsencode(os.path.realpath(data))).hexdigest()[:12]}"
    return Path("/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp") / name  # noqa: S108 owner is checked


@contextmanager
def _at(directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """A name for a directory that works for a child which may not walk the path to it, and the descriptors to pass
    on."""
    if not lifeline.LINUX:
        yield str(directory), ()
        return
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{opened}", (opened,)
    finally:
        os.close(opened)


def _status(home: Path) -> tuple[int | None, str]:
    """Pid and state (line 8: starting, ready, stopping) from `postmaster.pid`."""
    try:
        lines = (home / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (FileNotFoundError, ValueError, IndexError):
        return None, ""


def _inhabitants(home: Path) -> Iterator[int]:
    """The processes of the cluster: every PostgreSQL process has it as its working directory (Linux)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.path.samefile(entry / "cwd", home):
                    yield int(entry.name)
            except OSError:
                continue  # ended meanwhile, a zombie, or not readable by us


def _signal(pids: Iterator[int] | list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _empty_within(seconds: float, home: Path) -> bool:
    end = time.monotonic() + seconds
    while any(_inhabitants(home)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
