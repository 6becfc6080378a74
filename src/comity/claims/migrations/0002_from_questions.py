"""What was put to people about a claim before there were claims has its claim, sorted as they answered."""

import secrets

from django.db import migrations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COURT = {"yes": "with-counsel", "no": "none"}
PRESSURE = {"yes": "registered", "no": "none"}
SENT = ("support", "press", "civil", "not-ours", "answered")


def open_each(apps, schema):
    Claim = apps.get_model("claims", "Claim")
    Question = apps.get_model("cases", "Question")
    Deadline = apps.get_model("cases", "RequestDeadline")
    asked = Question.objects.filter(name="court").select_related("request").order_by("id")
    for one in asked.iterator():
        request = one.request
        said = Question.objects.filter(request=request, name="pressure").first()
        pressure = PRESSURE.get(said.answer, "unsorted") if said else "unsorted"
        day = Deadline.objects.filter(request=request, theirs=True).order_by("due_target").first()
        Claim.objects.get_or_create(
            request=request,
            defaults={
                "id": "P-" + "".join(secrets.choice(ALPHABET) for _ in range(8)),
                "realm": request.realm,
                "door": request.door,
                "received_at": request.received_at,
                "court": COURT.get(one.answer, "unsorted"),
                "pressure": "answered" if pressure == "registered" and request.lane in SENT else pressure,
                "appear_at": day.due_target if day else None,
                "sorted_by": one.by,
                "sorted_at": one.at,
                "told_soon": True,  # the desk was alerted when it came
            },
        )


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial"), ("cases", "0009_questions")]

    operations = [migrations.RunPython(open_each, migrations.RunPython.noop)]
