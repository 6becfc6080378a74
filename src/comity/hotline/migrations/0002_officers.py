import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Officers are of any authority now, in a room of their own; their table and its rows stay."""

    dependencies = [("hotline", "0001_initial"), ("officers", "0001_initial")]

    operations = [
        migrations.AlterField("officer", "service", models.SlugField(db_column="service_id", max_length=60)),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "call",
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="officers.officer",
                    ),
                ),
                migrations.DeleteModel("Officer"),
            ]
        ),
    ]
