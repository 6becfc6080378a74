from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_questions")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("kind__in", ["unread", "waits"])), fields=["received_at"], name="request_unread"
            ),
        ),
    ]
