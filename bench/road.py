"""`make bench ONLY=road`: the queue at 10^2, 10^4 and 10^6 cases, mail to finding, decision to effect, mails stored
per second, keys pressed, a second start. Real processes on this machine; about eight minutes."""

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]


def main() -> int:
    """Every figure; 1 when a floor is missed."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-bench-")))
        data.chmod(0o755)  # PostgreSQL's account must pass
        os.environ |= {"COMITY_DATA": str(data / "own"), "DJANGO_SETTINGS_MODULE": "comity.settings"}
        import django

        django.setup()
        from _report import tell

        return tell("road", [*story(data), *queue_and_mail(data)])


def story(data: Path) -> list[object]:
    """What needs the whole gateway."""
    import _road_story
    from running import Relay, gateway_at

    relay = Relay().start()
    try:
        with gateway_at(data / "gateway", relay) as gateway:
            return list(_road_story.rows(gateway))
    finally:
        relay.stop()


def queue_and_mail(data: Path) -> list[object]:
    """What needs the database and one process on it."""
    import _road_mail
    import _road_queue

    from comity.serve.postgres import Cluster

    with ExitStack() as stack:
        (data / "cluster").mkdir(mode=0o700)
        cluster = Cluster(data / "cluster")
        cluster.start()
        stack.callback(cluster.stop)
        with ExitStack() as boards:
            queue = _road_queue.rows(boards, cluster)
        return [*queue, *_road_mail.rows(stack, _road_queue.migrated(cluster, "door"), cluster.data)]


if __name__ == "__main__":
    sys.exit(main())
