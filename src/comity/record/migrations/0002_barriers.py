from django.db import migrations

BARRIERS = """
create or replace function record_wait() returns trigger language plpgsql as $$ begin
  insert into record_waiting (event, realm, turn, at)
  select id, realm,
         case when kind in ('gateway.founded', 'demo.founded')
                   and exists (select from ledger_event before
                               where before.kind = added.kind and before.realm = added.realm and before.id < added.id)
              then 3 else record_turn(kind, "case", request) end, at
  from added;
  return null;
end $$;
"""
BACK = """
create or replace function record_wait() returns trigger language plpgsql as $$ begin
  insert into record_waiting (event, realm, turn, at)
  select id, realm, record_turn(kind, "case", request), at from added;
  return null;
end $$;
"""


class Migration(migrations.Migration):
    """A later charter comes after what took from people before it, and before what those whom it names sign."""

    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunSQL(BARRIERS, BACK)]
