"""Brings the database to this version and prints what the first page needs; run before the other processes."""

import json
import os


def main() -> None:
    """Migrate, then print `{"invite": URL|null}`: the first person's one-time link, while there is nobody yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    from comity.people.commands import first_invite

    print(json.dumps({"invite": first_invite()}))


if __name__ == "__main__":
    main()
