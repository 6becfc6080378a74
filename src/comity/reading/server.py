"""The process that reads: forks one child with limits for each mail, with all parsers loaded already, and the next
mail's before it comes.

Started by `child`. One control socket comes in; each message on it carries one end of a socket pair, on which the
child of that read talks: length and JSON of the context, length and bytes of the mail in; a frame with the envelope's
basics and a frame with the Reading out. Each frame: four bytes of length, then JSON. Never imports Django.
"""

from __future__ import annotations

import array
import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

LENGTH = struct.Struct(">Q")
MOST_RESULT = 32 * 1024 * 1024
CPU_SECONDS = 8
CPU_SECONDS_UNPROVEN = 4
NICE = 10
WALL_SECONDS = 12
BASE_MEMORY = 768 * 1024 * 1024
TRIES = 3
IDLE_SECONDS = 0.05  # in a flood nobody rehearses
PDEATHSIG = 1


def main() -> None:
    """Serve until the parent goes. The control socket is standard input."""
    ctypes.CDLL(None).prctl(PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from comity.reading import pictures, rehearsed  # noqa: F401 what a child would otherwise import

    rehearsed.rehearse()
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=0)
    control.setblocking(True)
    children: dict[int, float] = {}
    waits = fork(control)
    with selectors.DefaultSelector() as ready:
        ready.register(control, selectors.EVENT_READ)
        while True:
            if ready.select(1.0 if children else None):
                data, fds = receive_fd(control)
                if not data or not fds:
                    return  # the parent is gone
                for _ in range(TRIES):
                    if hand_over(waits, fds[0], children):
                        break
                    waits = fork(control)  # somebody killed the one that waited: that is no fault of the mail's
                os.close(fds[0])
                waits = fork(control)
            reap(children)


def fork(control: socket.socket) -> tuple[int, socket.socket]:
    """The process that will read the next mail, there before it comes, and our line to it."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            ours.close()
            wait_and_read(theirs)
        except MemoryError:
            os._exit(3)
        except BaseException:  # nothing of a mail may reach a traceback
            os._exit(1)
        os._exit(0)
    theirs.close()
    return pid, ours


def hand_over(to: tuple[int, socket.socket], fd: int, children: dict[int, float]) -> bool:
    """Give the process that waits the line on which a mail comes, and count it among those that read; whether it was
    there still."""
    pid, line = to
    children[pid] = time.monotonic() + WALL_SECONDS + 2
    with line:
        try:
            socket.send_fds(line, [b"\0"], [fd])
        except OSError:
            return False
    return True


def wait_and_read(line: socket.socket) -> None:
    """In the child: wait for a mail, and read it. Where none comes at once, rehearse meanwhile, once: the pages of
    memory that reading writes to are then its own, which takes as long as to read an order."""
    from comity.reading import rehearsed

    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    line.settimeout(IDLE_SECONDS)
    try:
        data, fds = receive_fd(line)
    except TimeoutError:
        rehearsed.rehearse()
        line.settimeout(None)
        data, fds = receive_fd(line)
    if data and fds:  # else the server is gone
        line.close()
        one_read(socket.socket(fileno=fds[0]))


def receive_fd(control: socket.socket) -> tuple[bytes, list[int]]:
    fds = array.array("i")
    data, ancillary, _, _ = control.recvmsg(1, socket.CMSG_LEN(fds.itemsize))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    return data, list(fds)


def reap(children: dict[int, float]) -> None:
    for pid, deadline in list(children.items()):
        gone, _ = os.waitpid(pid, os.WNOHANG)
        if gone:
            del children[pid]
        elif time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)


def one_read(pair: socket.socket) -> None:
    """In the child: take the mail, go under the limits, read, answer."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    context = json.loads(take(pair))
    raw = take(pair)
    limit(len(raw), CPU_SECONDS_UNPROVEN if context.get("unproven") else CPU_SECONDS)
    from comity.reading import mail, pictures, read, steps

    unproven = bool(context.get("unproven"))
    if unproven:
        os.nice(NICE)  # whoever is proven goes first
    send(pair, {"envelope": mail.basics(raw)})
    try:
        one, page = context.get("part"), context.get("page")
        answer: dict[str, Any]
        with steps.of_a_mail(unproven=unproven) as counted:
            if page is not None:
                answer = {"reading": pictures.of_part(raw, one, page)}
            else:
                answer = {"reading": mail.part(raw, one) if one else read.read(raw, context)}
        if counted.spent and not one:
            answer["reading"]["flags"] = sorted({*answer["reading"]["flags"], "unread-attachment"})
    except steps.TooMuch:
        answer = {"failed": "the mail takes more work to read than an unproven one may have"}
    except MemoryError:
        answer = {"failed": "the mail needs more memory to read than one mail may have"}
    except RecursionError:
        answer = {"failed": "the mail is nested too deeply to read"}
    except Exception as error:  # a parser met input that nobody foresaw: a person looks
        answer = {"failed": f"the mail could not be read ({type(error).__name__})"}
    send(pair, answer)
    pair.close()


def limit(size: int, seconds: int) -> None:
    """Memory, time, files and processes of this child, from here on."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    memory = used + BASE_MEMORY + 10 * size
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    sys.setrecursionlimit(1_000)


def take(pair: socket.socket, most: int = 1 << 30) -> bytes:
    """One frame. Raises EOFError where the other end is gone or the frame is too long."""
    (size,) = LENGTH.unpack(exactly(pair, LENGTH.size))
    if size > most:
        raise EOFError("frame too long")
    return exactly(pair, size)


def exactly(pair: socket.socket, size: int) -> bytes:
    out = bytearray(size)
    view = memoryview(out)
    while view:
        got = pair.recv_into(view)
        if not got:
            raise EOFError("closed")
        view = view[got:]
    return bytes(out)


def send(pair: socket.socket, answer: dict[str, Any]) -> None:
    data = json.dumps(answer, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    if len(data) > MOST_RESULT:
        data = json.dumps({"failed": "the mail gives more than one reading may hold"}).encode()
    pair.sendall(LENGTH.pack(len(data)) + data)
