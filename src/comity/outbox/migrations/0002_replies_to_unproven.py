from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='unproven',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('unproven', True)), fields=['queued_at'], name='mail_to_unproven'),
        ),
    ]
