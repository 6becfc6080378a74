from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matrix', '0002_gates'),
    ]

    operations = [
        migrations.AddField(
            model_name='edge',
            name='holds',
            field=models.PositiveBigIntegerField(null=True),
        ),
    ]
