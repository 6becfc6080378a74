from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def as_the_request(apps, schema_editor):
    """What stands already is kept as long as its request was to be; the clock puts it off from there."""
    Case, Measure = apps.get_model("cases", "Case"), apps.get_model("measures", "Measure")
    end = Case.objects.filter(id=OuterRef("case_id")).values("request__until")[:1]
    Measure.objects.update(until=Subquery(end))


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0001_initial"),
        ("measures", "0001_initial"),
    ]

    operations = [
        migrations.AddField("measure", "until", models.DateTimeField(null=True)),
        migrations.RunPython(as_the_request, migrations.RunPython.noop),
        migrations.AlterField("measure", "until", models.DateTimeField()),
        migrations.AddIndex(
            "measure",
            models.Index(
                fields=["until"], name="measure_standing", condition=models.Q(lifted_at__isnull=True)
            ),
        ),
    ]
