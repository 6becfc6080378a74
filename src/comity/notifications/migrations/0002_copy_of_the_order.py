from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="copy",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
    ]
