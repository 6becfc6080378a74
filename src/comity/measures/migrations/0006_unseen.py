from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0005_tried")]

    operations = [
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["tried_at"], name="measure_unseen", condition=models.Q(state="unseen")),
        ),
    ]
