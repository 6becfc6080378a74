"""Rows that let somebody in get a tag (see tags.py). What stands before is tagged once, and an event says so.

It happens once: the start that follows it leaves a file (tags.close), and from then on nothing is tagged after the
fact, whoever takes this migration back in the database.
"""

from django.db import migrations, models

from comity import clock
from comity.people import tags

def text():
    return models.CharField(default="", max_length=64)


STANDING = {
    "Person": ("id", "name", "realm", "jurisdiction", "roles", "is_active", "enrolled_at", "ended_at"),
    "Key": ("id", "person_id", "public", "enrolled_at", "ended_at"),
    "Grant": ("person_id", "role", "since", "until", "act"),
    "Act": ("hash", "realm", "kind", "case", "version", "proposed_at"),
    "Approval": ("act_id", "person_id", "key_id", "at", "response"),
}


def tag_what_stands(apps, schema_editor):
    if tags.closed():
        return
    tagged = {name.lower(): _tag_all(apps.get_model("people", name), fields) for name, fields in STANDING.items()}
    if any(tagged.values()):
        # who was invited and hasn't come yet is invited anew: an open link could be anybody's by now
        apps.get_model("people", "Invite").objects.filter(used_at=None).delete()
        apps.get_model("ledger", "Event").objects.get_or_create(
            once="people.authenticated",
            defaults={"kind": "people.authenticated", "at": clock.now(), "realm": "real", "by": "gateway", "public": tagged},
        )


def _tag_all(model, fields):
    count = 0
    for row in model.objects.order_by("pk").iterator():
        row.tag = tags.tag(model._meta.label_lower, {name: getattr(row, name) for name in fields}, tags.BEFORE)
        row.save(update_fields=["tag"])
        count += 1
    return count


class Migration(migrations.Migration):

    dependencies = [("people", "0001_initial"), ("ledger", "0001_initial")]

    operations = [
        *(migrations.AddField(model, "tag", text()) for model in ("person", "key", "grant", "invite", "act", "approval")),
        *(migrations.AddField(model, "act", text()) for model in ("grant", "invite")),
        migrations.RunPython(tag_what_stands, migrations.RunPython.noop),
    ]
