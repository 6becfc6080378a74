"""The reviews of lifts that wait are found however many clocks there are; and a clock that a person stopped for good says
so. Of a case that was closed as nobody's order nothing had been met, as it was written before."""

from django.db import migrations, models

CLOSED = """
update cases_deadline clock set stopped_at = coalesce(clock.stopped_at, clock.met_at), stopped_as = 'closed', met_at = null
from ledger_event told
where told.kind = 'case.closed' and told."case" = clock.case_id and clock.met_at is not null
  and clock.name in ('remove', 'answer', 'produce', 'decide')
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_counted"), ("ledger", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("met_at__isnull", True), ("name", "lift-review")),
                fields=["id"],
                name="deadline_lift",
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="stopped_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=8),
        ),
        migrations.RunSQL(CLOSED, migrations.RunSQL.noop),
    ]
