"""Form fields read back to the facts they were filled from: by name, number, tooltip, or the label beside them."""

import base64

import amount
import pytest
from hypothesis import HealthCheck, given, settings

from comity.reading.read import read

from . import orders, pdfs


def with_pdf(data, name="order.pdf"):
    head = b"From: Desk <desk@office.example>\r\nTo: orders@lantern.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
    head += b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    head += b"Please see the attachment.\r\n"
    part = b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
    part += b'Content-Disposition: attachment; filename="%s"\r\n\r\n' % name.encode()
    return head + part + base64.encodebytes(data).replace(b"\n", b"\r\n") + b"--b--\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("names", ["ours", "numbers", "tips", "nothing"])
@pytest.mark.parametrize("label", ["above", "left"])
@settings(max_examples=100 if amount.SOAK else 8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=orders.contents())
@pytest.mark.few(2)
def test_it_works(names, label, content):
    written, facts = content
    reading = read(with_pdf(pdfs.make(written, names=names, label=label)), {})
    assert "acroform" in reading["flags"]
    form = reading["orders"][0]["facts"]["form"]
    wrong = {k: (form.get(k, "absent"), v) for k, v in facts.items() if form.get(k, "absent") != v}
    assert not wrong
