"""Migrates the database and syncs the register with the settings; run before the other processes start."""

import json
import os


def main() -> None:
    """Migrate, sync the register, then print `{"invite": URL|null}`: the founding link, while nobody decides."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
    import django

    django.setup()
    migrate()
    from comity.outbox.commands import dns_record
    from comity.people import tags
    from comity.people.founding import first_link
    from comity.platforms import shadow

    tags.close()
    dns_record()  # makes the DKIM key, so that its record can be published before the first mail leaves
    sync()
    shadow.settle()
    print(json.dumps({"invite": first_link()}))


def migrate() -> None:
    """Bring the database to this version. Where it is there already nothing is done: Django would make all models of
    all versions to find that out, for as long as the rest of a start takes."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def sync() -> None:
    """Make the register of authorities match comity.toml, adding those that drills are played with, and the demo's
    offices and people if it is on.

    Raises authorities.commands.BadEntry, naming entry, field and rule.
    """
    from django.conf import settings

    from comity.authorities import commands as register
    from comity.demo import keys
    from comity.demo.custody import founding as custody
    from comity.demo.register import AUTHORITIES
    from comity.people import demo_founding
    from comity.people.commands import ensure_demo_people
    from comity.risk.drills import offices

    us = settings.COMITY
    register.sync([*us.authorities, *offices.AUTHORITIES, *(AUTHORITIES if us.demo else ())])
    offices.key(us.data)
    if us.demo:
        keys.ensure(us.data)
        ensure_demo_people()
        demo_founding.found()
        custody.found()


if __name__ == "__main__":
    main()
