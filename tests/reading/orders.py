"""Orders made for tests: contents drawn at random, written in many layouts."""

import textwrap
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from comity.reading import form as forms

FORM = forms.load()
TITLE = ("REMOVAL ORDER", "(Article 3 of Regulation (EU) 2021/784)")
NAMES = {"FR": "France", "NL": "the Netherlands", "DE": "Germany", "BE": "Belgium", "IE": "Ireland", "EE": "Estonia"}
words = st.text("abcdefghijkmnoprstuvwz", min_size=3, max_size=9).filter(
    lambda w: (
        w
        not in {
            "none",
            "nil",
            "blank",
            "empty",
            "date",
            "tel",
            "ref",
            "court",
            "judge",
            "police",
            "other",
            "until",
            "see",
            "voir",
            "siehe",
            "vedi",
            "cfr",
            "idem",
            "ditto",
            "dito",
            "nan",
            "undefined",
            "tbc",
            "tbd",
        }
    )
)
sentence = st.lists(words, min_size=3, max_size=14).map(lambda ws: " ".join(ws).capitalize() + ".")
short = st.lists(words, min_size=1, max_size=4).map(lambda ws: " ".join(ws).title())
urls = st.lists(
    st.builds(
        lambda host, path, query: f"https://{host}.example/{path}{query}",
        words,
        st.text("abcdefgh0123456789-_", min_size=1, max_size=40).map(lambda t: t.strip("-_") or "x"),
        st.sampled_from(["", "?a=1&b=2", "#post-7", "/99/", "?q=%C3%A9"]),
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
instants = st.integers(28_400_000, 31_000_000).map(lambda minute: datetime.fromtimestamp(minute * 60, UTC))


@st.composite
def contents(draw):
    """(what is written in each field, the facts it must read back to)."""
    at = draw(instants)
    shift = draw(st.sampled_from([0, 1, 2, 3]))
    local = at.astimezone(timezone(timedelta(hours=shift)))
    hour = draw(st.sampled_from(["%H:%M (UTC{})", "%H:%M UTC{}"])).format(f"+{shift}" if shift else "")
    day = draw(st.sampled_from(["%d %B %Y", "%Y-%m-%d", "%d.%m.%Y", "%B %d, %Y"]))
    when = local.strftime(draw(st.sampled_from([f"{day}, {hour}", f"{day} at {hour}", f"{hour} on {day}"])))
    if draw(st.booleans()):
        when = local.isoformat()
    state, home = draw(st.sampled_from(sorted(NAMES))), draw(st.sampled_from(sorted(NAMES)))
    links = draw(urls)
    options = [v for v, _ in FORM.fields["categories"].options]
    facts = {
        "issuing_state": state,
        "addressee": draw(short),
        "contact_point": "orders@lantern.example",
        "establishment_state": home,
        "issued_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reference": draw(st.from_regex(r"[A-Z]{2,4}-20\d\d/[0-9]{3,5}", fullmatch=True)),
        "urls": links,
        "categories": sorted(draw(st.sets(st.sampled_from(options)))),
        "reasons": draw(sentence),
        "non_disclosure": draw(st.booleans()),
        "cross_border": draw(st.booleans()),
        "copy_sent": draw(st.booleans()),
        "issuer_kind": draw(st.sampled_from(["judicial", "law-enforcement", "other"])),
        "issuing_authority": draw(short),
        "issuer_representative": draw(short),
        "issuing_file_number": draw(st.from_regex(r"[A-Z]-[0-9]{4}/[0-9]{2}", fullmatch=True)),
        "issuer_address": draw(short),
        "issuer_phone": "+49 30 0000 " + draw(st.from_regex(r"[0-9]{4}", fullmatch=True)),
        "issuer_email": "desk@office.example",
        "signed_on": local.strftime("%Y-%m-%d"),
        "feedback_contact": "duty@office.example, +49 30 0000 1111",
        "redress_body": draw(short),
        "redress_deadline": "6 weeks starting from receipt",
    }
    blank = draw(st.sets(st.sampled_from(["issuing_file_number", "redress_body", "redress_deadline", "reasons"])))
    facts |= dict.fromkeys(blank, "")
    written = facts | {
        "issuing_state": draw(st.sampled_from([NAMES[state], state])),
        "establishment_state": NAMES[home],
        "issued_at": when,
        "signed_on": local.strftime(day),
        "urls": "\n".join(links),
    }
    return written, facts


def text(
    written,
    *,
    numbered=False,
    upper=False,
    below=False,
    wrap=0,
    quote="",
    colon=True,
    order=None,
    marks="[ ] [x]",
    form=FORM,
    title=TITLE,
):
    """The order as labelled text, in one of many layouts."""
    off, on = marks.split() if marks.count(" ") == 1 else ("[ ]", "[x]")
    out = [*title, ""]
    for section in order or "ABCDEFG":
        out += ["", f"SECTION {section}", ""]
        for field in form.fields.values():
            if field.section != section or field.name not in written or field.type == "notice":
                continue
            label = field.label.upper() if upper else field.label
            head = f"{field.number} {label}" if numbered else label
            value = written[field.name]
            if field.type == "tick":
                out += lines(f"{on if value else off} {label}", wrap, "    ")
            elif field.options:
                out += lines(f"{head}:", wrap, "")
                ticked = value if isinstance(value, list) else [value]
                for option, words_ in field.options:
                    out += lines(f"{on if option in ticked else off} {words_}", wrap, "    ")
            elif below or (field.name == "urls" and "\n" in value):
                out += lines(f"{head}:" if colon else head, wrap, "")
                out += [f"    {line}" for line in value.split("\n")] if value else []
                out += [""] if not value else []
            else:
                out += lines(f"{head}: {value}".rstrip(), 0 if field.name == "urls" else wrap, "")
    return "\n".join(quote + line for line in [*out, "", "Yours faithfully,", "The duty desk"])


def lines(line, wrap, indent):
    if not wrap:
        return [line]
    return textwrap.wrap(line, wrap, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def mail(body, sender="desk@office.example"):
    head = f"From: Desk <{sender}>\r\nTo: orders@lantern.example\r\nSubject: Removal order\r\n"
    head += "Message-ID: <1@office.example>\r\n"
    head += "Date: Tue, 24 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return (head + "Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + body.replace("\n", "\r\n").encode()
