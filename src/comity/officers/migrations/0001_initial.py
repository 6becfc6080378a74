import uuid

from django.db import migrations, models

import comity.officers.models


class Migration(migrations.Migration):
    """The table stays where it is: it began in the room of the hotline."""

    initial = True

    dependencies = [("hotline", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Officer",
                    fields=[
                        (
                            "id",
                            models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                        ),
                        ("authority", models.SlugField(db_column="service_id", max_length=60)),
                        ("realm", models.CharField(max_length=8)),
                        ("link", models.BinaryField(max_length=32, unique=True)),
                        ("link_ends_at", models.DateTimeField()),
                        ("invited_at", models.DateTimeField()),
                        ("invited_by", models.CharField(max_length=60)),
                        ("key", models.CharField(max_length=1400, null=True, unique=True)),
                        ("public", models.BinaryField(null=True)),
                        ("enrolled_at", models.DateTimeField(null=True)),
                        ("contained_at", models.DateTimeField(null=True)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("session_salt", models.CharField(default=comity.officers.models._salt, max_length=32)),
                    ],
                    options={"db_table": "hotline_officer"},
                )
            ]
        )
    ]
