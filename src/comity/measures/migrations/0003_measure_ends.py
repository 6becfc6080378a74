from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0002_measure_until")]

    operations = [
        migrations.AddField(model_name="measure", name="ends_at", field=models.DateTimeField(null=True)),
    ]
