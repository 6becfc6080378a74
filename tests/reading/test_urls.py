"""Addresses as they come out of mail programs, filters and word processors: what is read stood there, or nothing is."""

import base64
import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.reading import alike, docx, markup, odt, rtf, urls, wrapped

from . import containers as made

ONE = "https://lantern.example/c/4f/2"
OTHER = "https://lantern.example/c/4f/3"


def encoded(url):
    return quote(url, safe="")


def dashes(url):
    """URL Defense 2."""
    said = encoded(url).replace("-", "%2D").replace("_", "%5F").replace("%2F", "_").replace(".", "%2E")
    return f"https://urldefense.proofpoint.com/v2/url?u={said.replace('%', '-')}&d=DwMFaQ&c=Vx&r=Mu&m=QJ&s=ew&e="


def stars(url):
    """URL Defense 3: what isn't a letter, a digit or of the path follows in base64, runs of it by their length."""
    runs, odd = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", re.compile(r"[^A-Za-z0-9:/._-]+")
    held = base64.urlsafe_b64encode("".join(odd.findall(url)).encode()).decode().rstrip("=")
    said = odd.sub(lambda m: "*" if len(m[0]) == 1 else f"**{runs[len(m[0]) - 2]}", url)
    return f"https://urldefense.com/v3/__{said}__;{held}!!Abc9Kd!fQxLm0pZ$"


def sophos(url):
    return (
        f"https://eu-central-1.protection.sophos.com?d=lantern.example&u={base64.b64encode(url.encode()).decode()}&i=x"
    )


WRAPS = {
    "URL Defense 1": lambda u: f"https://urldefense.proofpoint.com/v1/url?u={encoded(u)}&k=oIvRg1%2BdGAgOoM1BIlLLqw",
    "URL Defense 2": dashes,
    "URL Defense 3": stars,
    "Safe Links": lambda u: (
        f"https://eur01.safelinks.protection.outlook.com/?url={encoded(u)}&data=05%7C02%7Ca%40b&sdata=x%3D&reserved=0"
    ),
    "Safe Links GCC": lambda u: f"https://gcc02.safelinks.protection.office365.us/?url={encoded(u)}&data=05&reserved=0",
    "Barracuda": lambda u: f"https://linkprotect.cudasvc.com/url?a={encoded(u).lower()}&c=E,1,x&typo=1",
    "Cisco": lambda u: f"https://secure-web.cisco.com/1AbC-d_e/{encoded(u)}",
    "Sophos": sophos,
    "Trend Micro": lambda u: (
        f"https://ca-1.ctp.trendmicro.com:443/wis/clicktime/v1/query?url={encoded(u)}&umid=1&auth=2"
    ),
    "FireEye": lambda u: f"https://protect2.fireeye.com/v1/url?k=1&q=1&e=2&u={encoded(u)}",
    "Symantec": lambda u: f"https://clicktime.symantec.com/3AbC?u={encoded(u)}",
    "Google": lambda u: f"https://www.google.com/url?q={encoded(u)}&sa=D&source=editors&usg=x",
    "Facebook": lambda u: f"https://l.facebook.com/l.php?u={encoded(u)}&h=AT1",
    "Outlook on the web": lambda u: f"https://mail.office.example/owa/redir.aspx?C=1&URL={encoded(u)}",
    "Fortinet": lambda u: f"https://mail.office.example/fmlurlsvc/?fewReq=:B:x&url={encoded(u)}",
    "Check Point": lambda u: f"https://url.avanan.click/v2/___{u}___.YXAzOm9mZmljZQ",
}


@pytest.mark.parametrize("name", WRAPS)
@pytest.mark.parametrize("url", [ONE, "https://lantern.example/c/a-b_c/2?x=1&y=%20z#p-7"])
def test_what_a_filter_wrapped_is_read_and_flagged(name, url):
    if name == "Barracuda":
        url = url.lower()
    found = urls.find([WRAPS[name](url)])
    assert (found.urls, found.unread, found.flags) == ([url], [], {"rewritten-links"})


def test_wrappings_in_one_another_are_undone_five_times_and_no_more():
    said = ONE
    for number in range(1, wrapped.MOST + 2):
        said = WRAPS["Safe Links"](said)
        found = urls.find([said])
        assert found.urls == ([ONE] if number <= wrapped.MOST else [])
        assert "rewritten-links" in found.flags


@pytest.mark.parametrize(
    "said",
    [
        "https://protect-eu.mimecast.com/s/XXXX?domain=lantern.example",
        "https://url.us.m.mimecastprotect.com/s/abc",
        "https://t.co/abc",
        "https://bit.ly/3xYz",
        "https://urldefense.com/v4/__abc",
        "https://eur01.safelinks.protection.outlook.com/?data=05",
        "https://eur01.safelinks.protection.outlook.com/?url=lantern.example%2Fc&data=1",
        f"https://eur01.safelinks.protection.outlook.com/?url={encoded(ONE)}&url={encoded(OTHER)}",
        # who wraps isn't known: the outer may be meant, or the inner
        f"https://filter.example/click?to={encoded(ONE)}",
        f"https://web.archive.example/web/2027/{ONE}",
        # a parameter that may be the inner address's or the wrapper's
        f"https://www.google.com/url?q={ONE}?a=1&b=2",
        f"https://www.google.com/url?q={encoded('https://lantern.example/a')}+b",
        "https://urldefense.com/v3/__https://lantern.example/c/*__;!!Abc9Kd!x$",
        "https://urldefense.com/v3/__https://lantern.example/c/%2F__;!!Abc9Kd!x$",
        "https://urldefense.proofpoint.com/v2/url?u=https-zz__lantern.example&d=1",
    ],
)
def test_what_only_the_wrapper_knows_is_left_and_flagged(said):
    found = urls.find([said])
    assert (found.urls, len(found.unread), found.flags) == ([], 1, {"rewritten-links"})


@pytest.mark.parametrize(
    "said",
    [
        "https://lаntern.example/c/4f/2",  # а of the Cyrillic script
        "https://lantern.example/с/4f/2",  # с too, alone in its word
        "https://ѕсоре.example/4f/2",  # a whole word of letters that Latin has
        "https://xn--lntern-4nf.example/c/4f/2",
        "https://lantern.example/c/４f/2",
        "https://lantern.example／c/4f/2",
        "https://lantern.example/c/4f–2",
        "https://lantern.example/c⁄4f/2",
        "https://lantern.example/c/\u202ef4/2",
        "https://lantern.example/c/4f\u200f/2",
        "https://lantern.example@evil.example/c/4f/2",
        "https://lαntern.example/c",
        "https://lantern․example/c/4f/2",
        "https://fa.example/می\u200cخواهم",
    ],
)
def test_what_looks_like_another_address_is_left_and_flagged(said):
    found = urls.find([said])
    assert (found.urls, len(found.unread), found.flags) == ([], 1, {"rewritten-links"})


@pytest.mark.parametrize(
    "said",
    [
        "https://пример.example/wiki/Россия",
        "https://müller.example/é",
        "https://例え.example/テスト漢字",
        "https://a.example/ελλάδα",
    ],
)
def test_any_one_script_is_fine(said):
    assert urls.find([said]).urls == [said]


@pytest.mark.parametrize(
    "said",
    [
        [f"{ONE[:-2]}\u200b{ONE[-2:]}"],
        [f"\u202a{ONE}\u202c"],
        [f"\ufeff{ONE}\u200b"],
        ["https://lantern.example/c/4f\u00ad", "/2"],
        ["https://lan\u00adtern.example/c/4f/2"],
        ["https://lantern.", "example/c/4f/2"],
        [f"<{ONE[:20]}", f"{ONE[20:]}>"],
        [f"**{ONE}**"], [f"`{ONE}`"], [f"({ONE})."], [f"see {ONE}?"], [f"“{ONE}”,"], [f"{ONE}&gt;"],
        [f"{ONE}<{ONE}>"], [f"{ONE} <{WRAPS['Safe Links'](ONE)}>"], [f"[{ONE}]({ONE})"], [f"[the post]({ONE})"],
        [f"lantern.example/c/4f… <{ONE}>"],
        [f"{ONE} (posted 24 November 2026)"], [f"{ONE}, 24 November 2026"], [ONE, "second picture only"],
        ["hxxps[:]//lantern[.]example/c/4f/2[.]"],
    ],
)  # fmt: skip
def test_what_stood_there_is_read(said):
    found = urls.find(said)
    assert (found.urls, found.unread) == ([ONE], [])


def test_a_hyphen_that_keeps_its_line_is_a_hyphen():
    assert urls.find(["https://lantern.example/c/harbour\u2011talk/2"]).urls == [
        "https://lantern.example/c/harbour-talk/2"
    ]


@pytest.mark.parametrize("between", [";", ",", "|", ", ", " ", " and ", ";;"])
def test_addresses_that_are_joined_are_several(between):
    assert urls.find([f"{ONE}{between}{OTHER}"]).urls == [ONE, OTHER]


@pytest.mark.parametrize(
    "said",
    [
        [f"{ONE}{OTHER}"],
        [f"{ONE}, 3 and 4"], [f"{ONE} - 5"], [f"{ONE} to 9"],
        [f"{ONE},lantern.example/c/4f/3"],
        [f"{ONE} <{OTHER}>"], [f"[{ONE}]({OTHER})"], [f"lantern.example/c/4f/9 <{ONE}>"],
        [ONE, "7"], [ONE, "more"], [ONE, "/3"], [f"{ONE} /3"], [f"{ONE}.", "html"],
        ["https://lantern.example/c/har-", "bour"], ["https://lantern.example/c/4f=", "/2"],
        ["https://lantern.example/c/page", "4.html"], ["https://lantern.example/c/4f/", "2"],
        [f"{ONE}…"], [f"{ONE}..."], ["https://lantern.example/c/4f=3D2"], ["https://lantern.example/?a=1&amp;b=2"],
        ["https://lantern.example\\c\\4f"], ["ttps://lantern.example/c/4f/2"], ["https//lantern.example/c/4f/2"],
        ["https:/lantern.example/c/4f/2"], ["https://lantern/c/4f/2"],
        ["https://lantern.example:99999/c"],
        ["http://https://lantern.example/c"],
    ],
)  # fmt: skip
def test_what_may_be_another_is_left(said):
    found = urls.find(said)
    assert (found.urls, len(found.unread)) == ([], 1)
    assert found.flags & {"broken-urls", "rewritten-links"}


def test_one_that_is_left_leaves_the_others_of_its_field():
    found = urls.find([ONE, "https://t.co/abc", OTHER])
    assert (found.urls, found.unread) == ([ONE, OTHER], ["https://t.co/abc"])


# -- where links lead ------------------------------------------------------------


def of_link(words, target):
    """The text of a link in each kind of document."""
    rels = f'<Relationship Id="r1" Type="http://x/hyperlink" Target="{target}"/>'
    link = f"<w:p><w:hyperlink r:id='r1'><w:r><w:t>{words}</w:t></w:r></w:hyperlink></w:p>"
    codes = [f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "separate", "end")]
    told = f"{codes[0]}<w:instrText> HYPERLINK &quot;{target}&quot; </w:instrText>{codes[1]}"
    field = f"<w:p><w:r>{told}<w:t>{words}</w:t>{codes[2]}</w:r></w:p>"
    return [
        markup.text_of_html(f'<p><a href="{target}">{words}</a></p>'),
        docx.text(made.zipped({"word/document.xml": link, "word/_rels/document.xml.rels": rels})),
        docx.text(made.zipped({"word/document.xml": field})),
        odt.read(f'<text:p><text:a xlink:href="{target}">{words}</text:a></text:p>'),
        rtf.text(
            rf'{{\rtf1 {{\field{{\*\fldinst {{HYPERLINK "{target}"}}}}{{\fldrslt {{{words}}}}}}}\par}}'.encode()
        ).strip(),
    ]


def test_a_link_behind_words_is_read_with_its_words_beside_it():
    for text in of_link("Message of 28 November", ONE):
        assert text == f"Message of 28 November <{ONE}>"
        assert urls.find([text]).urls == [ONE]


def test_a_link_that_says_where_it_leads_is_said_once():
    for words in (ONE, "lantern.example/c/4f/2"):
        assert set(of_link(words, ONE)) == {words}
    assert markup.text_of_html(f'<a href="{WRAPS["Safe Links"](ONE)}">{ONE}</a>') == ONE


def test_a_link_that_leads_elsewhere_than_its_words_is_left_and_flagged():
    for text in of_link(ONE, OTHER):
        found = urls.find([text])
        assert (found.urls, found.flags) == ([], {"rewritten-links"})


# -- whatever is done to it ------------------------------------------------------------

addresses = st.builds(
    lambda host, path, query: f"https://{host}.example/{path}{query}",
    st.sampled_from(["lantern", "a-b", "xn--mller-kva", "t.me"]),
    st.lists(st.text("abcz019-_.~", min_size=1, max_size=12), min_size=1, max_size=4).map(
        lambda parts: "/".join(part.strip(".-") or "x" for part in parts)
    ),
    st.sampled_from(["", "?a=1&b=2", "#post-7", "?q=%C3%A9", "/", "?u=x*y"]),
)


AFTER = [".", ",", ")", "…", "&gt;", " 2", ", 3", " remark", "?", "!", "\u201d"]
LATER = ["hidden", "break", "soft", "after", "pair", "list"]


def at_random(draw, url, kinds):
    """What happens to an address on its way, once."""
    at, kind = draw(st.integers(9, len(url))), draw(st.sampled_from(kinds))
    if kind == "wrap":
        return [WRAPS[draw(st.sampled_from(sorted(set(WRAPS) - {"Barracuda"})))](url)]
    if kind == "hidden":
        return [url[:at] + draw(st.sampled_from("\u200b\u2060\u00ad\u200e\u202a\u202e\u200d")) + url[at:]]
    if kind in {"break", "soft"}:
        return [url[:at] + ("\u00ad" if kind == "soft" else ""), url[at:]]
    if kind == "defang":
        return [url.replace("https", "hxxps").replace(".", draw(st.sampled_from(["[.]", "[dot]", "(.)"])))]
    if kind == "after":
        return [url + draw(st.sampled_from(AFTER))]
    if kind == "mixed":
        return [url[:at] + draw(st.sampled_from("сеа１–⁄=+/-")) + url[at:]]
    if kind == "pair":
        return [f"{url}<{url}>"]
    return [draw(st.sampled_from(["1. ", "- ", "(a) ", "URL 2: ", "URL : "])) + url]


@given(st.data())
def test_whatever_is_done_to_it_what_is_read_stood_there(data):
    stood = data.draw(st.lists(addresses, min_size=1, max_size=3, unique=True))
    lines = []
    for url in stood:
        done = at_random(data.draw, url, [*LATER, "wrap", "defang", "mixed"])
        if len(done) == 1 and data.draw(st.booleans()):
            done = at_random(data.draw, done[0], LATER) if re.fullmatch(r"https://[^<\s]+\w", done[0]) else done
        lines += done
    found = urls.find(lines)
    text = alike.UNSEEN.sub("", "".join(lines))
    for url in found.urls:
        # one of those that stood there, or (with a character put in it) exactly what stands there now
        assert url in stood or url in text, (lines, found)


@given(
    st.lists(
        st.text("htps:/.aб2-\u200b\u00ad\u202e <>(),;=?&%…\n", max_size=60).map(lambda t: f"https://a.example/{t}"),
        max_size=3,
    )
)
def test_in_any_text_what_is_read_stands_there_letter_by_letter(texts):
    lines = [line for text in texts for line in text.split("\n")]
    plain = "".join(c for line in lines for c in line if not c.isspace() and c not in "\u200b\u00ad")
    for url in urls.find(lines).urls:
        assert url.partition("://")[2] in plain
