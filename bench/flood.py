"""`make bench ONLY=flood`: how long a true, signed order waits for its finding, alone and while a flood of unproven
mail comes in at the same door. A real gateway on this machine; about four minutes."""

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
        import _flood_waits
        from _report import tell
        from running import Relay, gateway_at

        relay = Relay().start()
        stack.callback(relay.stop)
        gateway = stack.enter_context(gateway_at(data / "gateway", relay))
        return tell("flood", _flood_waits.rows(gateway))


if __name__ == "__main__":
    sys.exit(main())
