"""Starting Synapse on this machine with an edge in front of it, for the demo, for tests and benches.

Synapse is AGPL: it is run, unmodified, and never imported. Its environment is made on first use from its own hashed
list (`scripts/environment synapse`).
"""

import base64
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[4]
STARTS = 60.0  # seconds within which it answers
ENDS = 10.0
ANSWERS = 30.0
FAST = {"per_second": 10_000, "burst_count": 100_000}
LIMITED = (
    "rc_message",
    "rc_registration",
    "rc_admin_redaction",
    "rc_room_creation",
    "rc_3pid_validation",
    "rc_media_create",
    "rc_reports",
    "rc_delayed_event_mgmt",
    "rc_presence",
)
# what an operator sets too, so that withholding is whole (docs/connect-matrix.md)
NEEDED = {"sync_response_cache_duration": "0s"}


class NotStarted(Exception):
    """A homeserver or an edge that can't be started; the text says why, in one line."""


def python(root: Path = ROOT) -> Path:
    """The Python of `.venv-synapse`, which is made on first use. Raises NotStarted."""
    found = root / ".venv-synapse" / "bin" / "python"
    script = root / "scripts" / "environment"
    if not script.exists():
        raise NotStarted("Synapse's environment is made in a checkout: scripts/environment synapse")
    with (root / ".venv-synapse.lock").open("w") as lock:  # two that start at once make it once
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([str(script), "synapse"], check=False, capture_output=True, text=True)
    if done.returncode or not found.exists():
        raise NotStarted(f"making .venv-synapse failed: {done.stderr.strip()[-300:]}")
    return found


class Process:
    """A child that ends with us, its words in a file of its directory."""

    def __init__(self, home: Path, name: str) -> None:
        self.home, self.name = home, name
        self.child: subprocess.Popen[bytes] | None = None

    def begin(self, command: list[str], cwd: Path) -> None:
        """Start it, tied to this process."""
        out = (self.home / f"{self.name}.log").open("ab")
        given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        with out:
            self.child = subprocess.Popen(
                command,
                cwd=cwd,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env=given,
            )

    def end(self, how: int = signal.SIGTERM) -> None:
        """End it, and wait until it has."""
        if self.child is None:
            return
        self.child.send_signal(how)
        try:
            self.child.wait(ENDS)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(ENDS)
        self.child = None

    def await_answer(self, url: str, headers: dict[str, str] | None = None) -> None:
        """Wait until an address is answered with 200. Raises NotStarted."""
        end = time.monotonic() + STARTS
        while time.monotonic() < end:
            if self.child is not None and self.child.poll() is not None:
                break
            with suppress(OSError, http.client.HTTPException):
                if ask("GET", url, headers=headers)[0] == 200:
                    return
            time.sleep(0.05)
        said = (self.home / f"{self.name}.log").read_text("utf-8", "replace").strip()[-400:]
        raise NotStarted(f"{self.name} does not answer: {said}")


def ask(
    method: str, url: str, body: Any = None, token: str = "", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """A call over HTTP, whatever it is answered. Raises OSError."""
    sent = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, dict(headers or {}), method=method)  # noqa: S310  # this machine
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    if sent is not None and not request.has_header("Content-type"):
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=ANSWERS) as answer:
            return int(answer.status), bytes(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return int(error.code), bytes(error.read())


class Synapse(Process):
    """One homeserver with its store in a directory. `server`: the name in its ids; `extra`: settings of its own."""

    def __init__(self, home: Path, port: int, server: str, extra: dict[str, Any] | None = None) -> None:
        super().__init__(home, "synapse")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port, self.server, self.url = port, server, f"http://127.0.0.1:{port}"
        self._secret, self._extra = self._kept("registration"), extra or {}

    def _kept(self, name: str) -> str:
        path = self.home / f"{name}.secret"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32))
        return path.read_text()

    def _config(self) -> Path:
        listener = {"names": ["client", "media"]}
        said = {
            "server_name": self.server,
            "pid_file": str(self.home / "pid"),
            "listeners": [
                {
                    "port": self.port,
                    "bind_addresses": ["127.0.0.1"],
                    "type": "http",
                    "x_forwarded": True,
                    "resources": [listener],
                }
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.home / "homeserver.db")}},
            "registration_shared_secret": self._secret,
            "macaroon_secret_key": self._kept("macaroon"),
            "form_secret": self._kept("form"),
            "signing_key_path": str(self.home / "signing.key"),
            "media_store_path": str(self.home / "media"),
            "log_config": str(self.home / "log.yaml"),
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "bcrypt_rounds": 4,
            "report_stats": False,
            "redaction_retention_period": None,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "room_list_publication_rules": [{"action": "allow"}],
            "server_notices": {
                "system_mxid_localpart": "notices",
                "system_mxid_display_name": "Notices",
                "room_name": "Notices",
            },
            "caches": NEEDED,
            "push": {"include_content": False},
            **dict.fromkeys(LIMITED, FAST),
            "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), FAST),
            "rc_joins": dict.fromkeys(("local", "remote"), FAST),
            "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), FAST),
            "rc_joins_per_room": FAST,
            **self._extra,
        }
        path = self.home / "homeserver.yaml"
        path.write_text(json.dumps(said))  # JSON is YAML
        (self.home / "log.yaml").write_text(json.dumps(LOGS))
        return path

    def start(self) -> None:
        """Start it, and wait until it answers. Raises NotStarted."""
        config, interpreter = self._config(), str(python())
        self._key()
        tie = "import ctypes,runpy,sys; ctypes.CDLL(None).prctl(1, 9); sys.argv = sys.argv[1:]; "
        run = tie + "runpy.run_module('synapse.app.homeserver', run_name='__main__')"
        self.begin([interpreter, "-c", run, "synapse", "-c", str(config)], self.home)
        self.await_answer(f"{self.url}/health")

    def _key(self) -> None:
        """The key that it signs events with, as it would make it itself: to start it for that alone takes seconds."""
        path = self.home / "signing.key"
        if not path.exists():
            path.touch(mode=0o600)
            seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
            path.write_text(f"ed25519 a_{secrets.token_hex(2)} {seed}\n")

    def account(self, name: str, *, admin: bool = False, shown: str = "") -> tuple[str, str]:
        """An account's id and a token of it; made if it isn't there. Raises NotStarted."""
        path, word = f"{self.url}/_synapse/admin/v1/register", self._password(name)
        nonce = json.loads(ask("GET", path)[1])["nonce"]
        said = "\0".join([nonce, name, word, "admin" if admin else "notadmin"])
        mac = hmac.new(self._secret.encode(), said.encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": word, "admin": admin, "mac": mac}
        body |= {"displayname": shown} if shown else {}
        status, raw = ask("POST", path, body)
        if status != 200:
            return self.login(name)
        made = json.loads(raw)
        return str(made["user_id"]), str(made["access_token"])

    def _password(self, name: str) -> str:
        return hmac.new(self._secret.encode(), name.encode(), hashlib.sha256).hexdigest()

    def login(self, name: str) -> tuple[str, str]:
        """A new token of an account. Raises NotStarted."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": name},
            "password": self._password(name),
        }
        status, raw = ask("POST", f"{self.url}/_matrix/client/v3/login", body)
        if status != 200:
            raise NotStarted(f"the homeserver lets {name} in with {status}")
        made = json.loads(raw)
        return str(made["user_id"]), str(made["access_token"])


LOGS = {
    "version": 1,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "disable_existing_loggers": False,
}


class People:
    """What somebody with an account does, as their client does it."""

    def __init__(self, base: str, user: str, token: str) -> None:
        self.base, self.user, self.token, self._n = base, user, token, 0

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A call of the client API. Raises NotStarted if it isn't answered with 200."""
        status, raw = ask(method, f"{self.base}/_matrix/client{path}", body, self.token)
        if status != 200:
            raise NotStarted(f"{path.split('?')[0]} answered {status}")
        return dict(json.loads(raw))

    def create(self, alias: str, name: str, **more: Any) -> str:
        """A public room; its id."""
        said = {"preset": "public_chat", "visibility": "public", "name": name, "room_alias_name": alias}
        return str(self.call("POST", "/v3/createRoom", said | more)["room_id"])

    def join(self, room: str) -> None:
        """Join a room."""
        self.call("POST", f"/v3/join/{quote(room, safe='')}", {})

    def send(self, room: str, content: dict[str, Any], kind: str = "m.room.message") -> str:
        """Send an event; its id."""
        mark = secrets.token_hex(8)
        path = f"/v3/rooms/{quote(room, safe='')}/send/{quote(kind)}/{mark}"
        return str(self.call("PUT", path, content)["event_id"])

    def say(self, room: str, text: str, **more: Any) -> str:
        """Send a text; its event's id."""
        return self.send(room, {"msgtype": "m.text", "body": text} | more)

    def edit(self, room: str, event: str, text: str) -> str:
        """Give a message another text; the edit's id."""
        new = {"msgtype": "m.text", "body": text}
        relates = {"rel_type": "m.replace", "event_id": event}
        return self.send(room, {**new, "body": f"* {text}", "m.new_content": new, "m.relates_to": relates})

    def upload(self, raw: bytes, kind: str = "image/png", name: str = "picture.png") -> str:
        """Put up a file; its address."""
        status, said = ask(
            "POST",
            f"{self.base}/_matrix/media/v3/upload?filename={quote(name)}",
            raw,
            self.token,
            {"Content-Type": kind},
        )
        if status != 200:
            raise NotStarted(f"the upload answered {status}")
        return str(json.loads(said)["content_uri"])


class EdgeProcess(Process):
    """An edge with its settings in a directory."""

    def __init__(self, home: Path, port: int, settings: dict[str, Any]) -> None:
        super().__init__(home, "edge")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self.config = home / "edge.toml"
        self.config.write_text(_toml({"listen": f"127.0.0.1:{port}", **settings}))
        self.token = (home / str(settings["token_file"])).read_text().strip()

    def start(self, *, whole: bool = True) -> None:
        """Start it, and wait until it has the whole list. Raises NotStarted."""
        tied = [sys.executable, "-m", "comity.serve.lifeline", str(os.getpid()), "comity_edge", str(self.config)]
        self.begin(tied, self.home)
        if whole:
            self.await_fresh()

    def fresh(self) -> dict[str, Any]:
        """What it says of its list. Raises OSError."""
        status, raw = ask("GET", f"{self.url}/_comity/edge/freshness", token=self.token)
        return dict(json.loads(raw)) if status == 200 else {}

    def await_fresh(self) -> None:
        """Wait until it follows its list, whole. Raises NotStarted."""
        self.await_answer(f"{self.url}/_comity/edge/freshness", {"Authorization": f"Bearer {self.token}"})
        end = time.monotonic() + STARTS
        while not ((said := self.fresh()).get("whole") and said.get("connected")):
            if time.monotonic() > end:
                raise NotStarted(f"the edge has no list: {said.get('trouble')}")
            time.sleep(0.05)


def _toml(said: dict[str, Any]) -> str:
    """Settings as TOML: texts, lists of texts, and one table of texts."""
    plain = [f"{key} = {json.dumps(value)}" for key, value in said.items() if not isinstance(value, dict)]
    tables = [
        f"[{key}]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in value.items())
        for key, value in said.items()
        if isinstance(value, dict)
    ]
    return "\n".join([*plain, *tables]) + "\n"
