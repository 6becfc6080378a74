"""The table was made by the room of cases, and is taken over as it stands."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("cases", "0005_alerts_leave"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Alert",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("case", models.CharField(db_column="case_id", max_length=12, null=True)),
                        ("realm", models.CharField(max_length=8)),
                        ("kind", models.CharField(max_length=40)),
                        ("thing", models.CharField(blank=True, db_default="", default="", max_length=24)),
                        ("proven", models.BooleanField(db_default=True, default=True)),
                        ("count", models.IntegerField(db_default=1, default=1)),
                        ("event", models.BigIntegerField()),
                        ("at", models.DateTimeField()),
                        ("seen_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "cases_alert",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("seen_at__isnull", True)),
                                fields=["realm", "-proven", "-at"],
                                name="alert_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("seen_at__isnull", True)),
                                fields=("realm", "kind", "thing"),
                                name="alert_once",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
