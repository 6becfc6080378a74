"""A French order travels the road: what its authority gets back is French, and signed as such."""

import json
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from importlib.resources import files

import pytest
from django.db import connection
from language.test_in_french import left
from road import open_road

from comity.cases import deciding
from comity.cases.models import Case
from comity.demo import annex, samples
from comity.outbox.models import Mail
from comity.reading import form
from comity.vault import commands as vault

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def written(content):
    """Annex I as labelled text, as a French office writes it."""
    said = json.loads(files("comity.reading").joinpath("forms/tco-annex-1.labels.json").read_text("utf-8"))["fr"]
    asked = form.load()
    fields = {
        name: replace(
            one,
            label=said["fields"][name][0],
            options=tuple((value, said["options"][name][value][0]) for value, _ in one.options),
        )
        for name, one in asked.fields.items()
    }
    preamble = ["En vertu de l’article 3 du règlement (UE) 2021/784, le destinataire retire les contenus désignés."]
    return annex.text(replace(asked, title="INJONCTION DE RETRAIT", fields=fields), content, preamble)


def test_it_works(monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(samples, "written", written)
    with open_road() as road:
        road.receive(road.sample("good-text", road.post()))
        road.drive()
        case = Case.objects.get()
        assert deciding.finding_of(case)["facts"]["language"] == "fr"
        answer = deciding.letters_of(case)["answer"]
        assert answer["language"] == "fr"
        assert answer["subject"].startswith("Réponse à votre injonction de retrait")
        road.sign(case)
        road.drive()
        sent = {mail.kind: message_from_bytes(vault.get(mail.doc), policy=default) for mail in Mail.objects.all()}
        for kind in ("acknowledgement", "answer"):
            said, *beside = sent[kind].get_body(("plain",)).get_content().split("=" * 60)
            assert any("[English]" in one for one in beside) is (kind == "answer")
            assert not left(f"{sent[kind]['Subject']} {said}"), kind
        assert "Nous avons reçu votre message le " in sent["acknowledgement"].get_body(("plain",)).get_content()
