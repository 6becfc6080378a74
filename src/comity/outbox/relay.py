"""Handing one mail to the relay over SMTP, and what the relay said, sorted into taken, later and never."""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass

from . import rules

TIMEOUT_SECONDS = 30
NOT_REACHED = 0


@dataclass(frozen=True)
class Said:
    """The result of a hand-over: `how` taken, later or never; the SMTP reply `code`, 0 if none came."""

    how: str
    code: int


def hand_over(relay: str, sender: str, to: rules.Address, raw: bytes, seconds: float = TIMEOUT_SECONDS) -> Said:
    """Hand the bytes to the relay, with STARTTLS if it offers it. `sender` is the return path, empty for a null one;
    `seconds`: how long each of its answers is waited for.

    A certificate is verified unless the relay is this machine. Nothing that happens after the relay's 250 matters.
    """
    host, port = rules.split(relay)
    try:
        smtp = smtplib.SMTP(host, port, timeout=seconds)
    except (OSError, smtplib.SMTPException) as error:
        return Said("later", getattr(error, "smtp_code", NOT_REACHED))
    try:
        _secure(smtp, host, relay)
        if to.smtputf8 and not smtp.has_extn("smtputf8"):
            return Said("never", 553)
        smtp.sendmail(sender, [str(to)], raw, mail_options=["SMTPUTF8"] if to.smtputf8 else [])
        return Said("taken", 250)
    except (OSError, smtplib.SMTPException) as error:
        return _sort(error)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()


def _secure(smtp: smtplib.SMTP, host: str, relay: str) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not smtp.has_extn("starttls"):
        return
    context = ssl.create_default_context()
    if rules.loopback(relay):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    smtp.starttls(context=context)
    smtp.ehlo()


def _sort(error: Exception) -> Said:
    """A 5xx is final (RFC 5321 §4.2.1); a 4xx, a lost connection, a bad certificate and a timeout are temporary."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    else:
        code = getattr(error, "smtp_code", NOT_REACHED)
    return Said("never" if 500 <= code < 600 else "later", code)
