"""What the clock asks for every few seconds is found however many jobs wait: the few that nobody tries any more."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.RunSQL(
            "create index job_given_up on procrastinate_jobs (id) where status = 'failed'",
            "drop index job_given_up",
        ),
    ]
