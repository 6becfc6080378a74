"""The pages' server: Granian, with our limits."""

import resource

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from comity.serve.ports import Address

HEAD_TIMEOUT = 10  # seconds a connection gets for the head of its next request, idle or not
LARGEST_HEAD = 64 * 1024  # bytes
CONNECTIONS = 4096  # open at once; further ones wait to be accepted
OWN_FILES = 256  # descriptors besides connections
KILL_AFTER = 10  # seconds a request under way may take once we are told to stop


def serve(target: str, address: Address) -> None:
    """Serve `module:name`, an RSGI application such as `bodies.Pages`, until told to stop."""
    server = Granian(
        target,
        address=address.host,
        port=address.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # what proxies speak; for HTTP/2 it limits neither heads nor idle time
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT * 1000, max_buffer_size=LARGEST_HEAD),
        websockets=False,
        backpressure=min(CONNECTIONS, _descriptors() - OWN_FILES),
        log_level=LogLevels.warning,
        workers_kill_timeout=KILL_AFTER,
    )
    server.serve()


def _descriptors() -> int:
    """How many files this process may open, raised to what its connections need where that is allowed."""
    soft, hard = (1 << 20 if limit == resource.RLIM_INFINITY else limit for limit in _limits())
    wanted = min(hard, CONNECTIONS + OWN_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, _limits()[1]))
    return max(soft, wanted)


def _limits() -> tuple[int, int]:
    return resource.getrlimit(resource.RLIMIT_NOFILE)
