"""What the clock asks for every few seconds is found however many measures stand: the few that end by themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0003_measure_ends")]

    operations = [
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                condition=models.Q(("ends_at__isnull", False), ("lifted_at__isnull", True)),
                fields=["ends_at"],
                name="measure_ending",
            ),
        ),
    ]
