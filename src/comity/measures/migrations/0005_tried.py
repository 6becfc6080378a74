from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0004_measure_ending")]

    operations = [
        migrations.AddField(model_name="measure", name="tried_at", field=models.DateTimeField(null=True)),
    ]
