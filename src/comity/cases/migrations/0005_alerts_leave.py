"""Alerts have a room of their own, which knows no case: the column stays, what tied it to the cases' table goes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0004_review"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="case",
            field=models.CharField(db_column="case_id", max_length=12, null=True),
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Alert")]),
    ]
