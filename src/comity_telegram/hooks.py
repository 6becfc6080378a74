"""The webhook: each update is posted with its secret, again with doubling waits until it is taken or a day old."""

import json
import time
import urllib.error
import urllib.request

from .store import Store

FIRST, LONGEST = 1.0, 60.0
KEPT = 24 * 3600
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def deliver(store: Store, pace: float = 1.0) -> None:
    """Hand out what waits, for ever; `pace` shortens the waits, for tests."""
    wait = FIRST
    while True:
        with store.changed:
            if not (store.all["webhook"]["url"] and store.all["updates"]):
                store.changed.wait(5)
                continue
            hook, first = dict(store.all["webhook"]), store.all["updates"][0]
        error, after = _post(hook, first["update"])
        with store.change() as all_:
            old = time.time() + all_["later"] - first["at"] > KEPT
            if (not error or old) and first in all_["updates"]:
                all_["updates"].remove(first)
            if error:
                all_["webhook"] |= {"last_error_date": int(time.time()), "last_error_message": error}
        wait = FIRST if not error else min(max(after, wait) * 2, LONGEST)
        if error:
            time.sleep((after or wait / 2) * pace)


def _post(hook: dict[str, object], update: dict[str, object]) -> tuple[str, float]:
    """What went wrong (empty: nothing), and in how many seconds it asks to be tried again."""
    request = urllib.request.Request(str(hook["url"]), json.dumps(update).encode(), method="POST")  # noqa: S310
    request.add_header("Content-Type", "application/json")
    if hook.get("secret"):
        request.add_header(HEADER, str(hook["secret"]))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=15):
            return "", 0.0
    except urllib.error.HTTPError as no:
        with no:
            given = no.headers.get("Retry-After", "")
            return f"Wrong response from the webhook: {no.code}", min(float(given), 3600.0) if given.isdigit() else 0.0
    except OSError as error:
        return f"Connection failed: {type(error).__name__}", 0.0
