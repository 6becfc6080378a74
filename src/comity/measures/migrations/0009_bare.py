"""Of how a measure's targets stood only digests are kept; the clock reduces what an earlier version kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0008_instead")]
    operations = [
        migrations.AddField(
            model_name="measure", name="bare", field=models.BooleanField(db_default=False, default=True)
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(condition=models.Q(("bare", False)), fields=["id"], name="measure_not_bare"),
        ),
    ]
