"""What a bot has seen, and what it did. Codes, numbers and instants; what people wrote lies in the vault."""

from django.db import models


class Chat(models.Model):
    """A chat of one platform (`platform`: its name in comity.toml). `chat`: its number, 64 bits; `name`: its public
    one, in small letters; `linked`: the group in which a channel is talked about, or the other way round; `moved_to`:
    its number since it was upgraded; `ours`: an address of our table names it; `bot`: how the bot stands in it; `wait`
    (UTC): before then it is asked nothing about it; `language`: of a private one, its user's."""

    platform = models.CharField(max_length=30)
    chat = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=32, default="", blank=True)
    linked = models.BigIntegerField(null=True)
    moved_to = models.BigIntegerField(null=True)
    ours = models.BooleanField(default=False)
    bot = models.CharField(max_length=16, default="", blank=True)
    language = models.CharField(max_length=16, default="", blank=True)
    wait = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "chat"], name="telegram_chat_once")]
        indexes = [models.Index(fields=["platform", "name"], name="telegram_by_name")]


class Message(models.Model):
    """A message as the bot was told of it. `doc`: all that it was told of it, oldest first, in the vault until `until`
    (UTC); `edits`: how often it was edited; `files`: how many it has; `album`: by what those of one album know each
    other."""

    platform = models.CharField(max_length=30)
    chat = models.BigIntegerField()
    number = models.BigIntegerField()
    posted_at = models.DateTimeField()
    edits = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    album = models.CharField(max_length=64, default="", blank=True)
    doc = models.CharField(max_length=32)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "chat", "number"], name="telegram_message_once")]
        indexes = [
            models.Index(fields=["until"], name="telegram_until"),
            models.Index(fields=["platform", "chat", "album"], name="telegram_album", condition=~models.Q(album="")),
        ]


class Update(models.Model):
    """An update that was taken: a second time it is not. Kept for two days; Telegram keeps them for one."""

    platform = models.CharField(max_length=30)
    number = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "number"], name="telegram_update_once")]
        indexes = [models.Index(fields=["at"], name="telegram_update_at")]


class Deed(models.Model):
    """What was done under one key, once in its life. `about`: a hash of what; `subject`: what it holds, and other deeds
    may hold too; `prior`: how that stood before, in the vault; `state`: "trying" (asked, and not known to be done),
    "refused", "done", "lifted". `parts`: of a notice, how many of its messages have left."""

    platform = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=64)
    ref = models.CharField(max_length=200, default="", blank=True)
    subject = models.BinaryField(max_length=16, default=b"")
    prior = models.CharField(max_length=32, default="", blank=True)
    state = models.CharField(max_length=8, default="trying")
    parts = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "key"], name="telegram_deed_once")]
        indexes = [models.Index(fields=["platform", "subject"], name="telegram_subject")]
