from django.db import migrations

RINGS = """
create or replace function record_wait() returns trigger language plpgsql as $$ begin
  insert into record_waiting (event, realm, turn, at)
  select id, realm,
         case when kind in ('gateway.founded', 'demo.founded')
                   and exists (select from ledger_event before
                               where before.kind = added.kind and before.realm = added.realm and before.id < added.id)
              then 3 else record_turn(kind, "case", request) end, at
  from added;
  perform pg_notify('comity_record', '');
  return null;
end $$;
"""
SILENT = RINGS.replace("  perform pg_notify('comity_record', '');\n", "")


class Migration(migrations.Migration):
    """What waits for its number rings for the sequencer, which needn't look many times a second whether anything does."""

    dependencies = [("record", "0002_barriers")]
    operations = [migrations.RunSQL(RINGS, SILENT)]
