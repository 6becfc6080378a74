"""The reviews of lifts that wait are found however many clocks there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_counted")]

    operations = [
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("met_at__isnull", True), ("name", "lift-review")),
                fields=["id"],
                name="deadline_lift",
            ),
        ),
    ]
