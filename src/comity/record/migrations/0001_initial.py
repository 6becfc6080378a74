from django.db import migrations, models

TURNS = """
create function record_turn(kind text, "case" text, request text) returns smallint immutable language sql as $$
  select case when kind in ('gateway.founded', 'demo.founded') then 0
              when kind in ('role.revoked', 'person.deactivated', 'key.ended') then 3
              when "case" is not null or request is not null then 2
              else 1 end::smallint $$;
create function record_wait() returns trigger language plpgsql as $$ begin
  insert into record_waiting (event, realm, turn, at)
  select id, realm, record_turn(kind, "case", request), at from added;
  return null;
end $$;
create trigger record_wait after insert on ledger_event referencing new table as added
  for each statement execute function record_wait();
insert into record_waiting (event, realm, turn, at)
  select id, realm, record_turn(kind, "case", request), at from ledger_event;
create function record_leaf_kept() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' or old.realm <> new.realm or old.num <> new.num or old.event <> new.event
     or (old.body is not null and old.body is distinct from new.body) then
    raise exception 'an entry of the record is never changed';
  end if;
  return new;
end $$;
create trigger record_leaf_kept before update or delete on record_leaf
  for each row execute function record_leaf_kept();
"""
BACK = """
drop trigger record_wait on ledger_event; drop function record_wait; drop function record_turn;
drop trigger record_leaf_kept on record_leaf; drop function record_leaf_kept;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [('ledger', '0002_given_up')]

    operations = [
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('event', models.BigIntegerField(primary_key=True, serialize=False)),
                ('realm', models.CharField(max_length=8)),
                ('turn', models.SmallIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={'indexes': [models.Index(fields=['realm', 'turn', 'at'], name='record_waiting_turn')]},
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('realm', models.CharField(max_length=8)),
                ('num', models.BigIntegerField()),
                ('event', models.BigIntegerField(unique=True)),
                ('body', models.BinaryField(null=True)),
                ('salts', models.BinaryField(null=True)),
                ('scope', models.CharField(default='', max_length=24)),
                ('whole', models.BooleanField(default=False)),
                ('until', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('realm', 'num'), name='record_leaf_num')],
                'indexes': [models.Index(condition=models.Q(('body__isnull', True)), fields=['realm', 'num'], name='record_leaf_bare')],
            },
        ),
        migrations.CreateModel(
            name='Scope',
            fields=[
                ('name', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('ref', models.CharField(max_length=32)),
                ('until', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('realm', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(TURNS, BACK),
    ]
