"""The components of the look as template tags. Each takes a value of `web.parts`; none decides anything."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from comity import language
from comity.web import clocks, rules, words
from comity.web.parts import Check, Clock, Field, Grade, Next, Seen, State
from comity.web.when import offset as when_offset
from comity.web.when import zone_name as words_of_zone

register = template.Library()
Context = dict[str, Any]

_BLANK = re.compile(r"\{([^\W\d_][\w ,’-]{0,60})\}")
_NUMBER = re.compile(r"\b([CR]-[0-9A-Z]{8})\b")
_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)\b", re.ASCII)
_TURNS = {"act"}


def inner(context: Context, **more: Any) -> Context:
    """What a component's own template needs from the page around it."""
    return {name: context[name] for name in ("now", "zone", "look")} | more


@register.simple_tag(takes_context=True)
def glyph(context: Context, name: str) -> SafeString:
    """A glyph of the sprite; it always accompanies its word."""
    context["look"].glyphs.add(name)
    turns = " turns" if name in _TURNS else ""
    return format_html('<svg class="g{}" aria-hidden="true"><use href="#{}"/></svg>', turns, name)


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | None, style: str = "time") -> SafeString:
    """An instant in the viewer's zone, which it names (styles: see `web.when.said`)."""
    return mark_safe("") if at is None else clocks.instant(at, context["zone"], style, context["now"])


@register.simple_tag(takes_context=True)
def told(context: Context, text: str) -> SafeString:
    """A fact's words with their line breaks, and each instant in it (RFC 3339, UTC) in the viewer's zone."""
    pieces = _INSTANT.split(text)
    shown = (_instant(context, piece) if n % 2 else piece for n, piece in enumerate(pieces))
    made = format_html_join("", "{}", ((piece,) for piece in shown))
    return mark_safe(made.replace("\n", "<br>"))  # noqa: S308  # every piece was escaped just before


def _instant(context: Context, text: str) -> SafeString | str:
    try:
        return clocks.instant(datetime.fromisoformat(text), context["zone"], "full")
    except (ValueError, OverflowError):
        return text


@register.simple_tag(takes_context=True)
def width(context: Context, name: str, percent: float) -> str:
    """A class that sets `--name` to a percentage; its rule goes into the page's one style block."""
    return str(context["look"].width(name, percent))


def _marked(context: Context, css: str, mark: words.Mark, text: str = "") -> SafeString:
    tone = f" {mark.tone}" if mark.tone else ""
    return format_html('<span class="{}{}">{}{}</span>', css, tone, glyph(context, mark.glyph), text or mark.word)


@register.simple_tag(takes_context=True)
def state(context: Context, state: State) -> SafeString:
    """How far a case is."""
    return _marked(context, "state", words.STATES[state.slug], state.text)


@register.simple_tag(takes_context=True)
def grade(context: Context, grade: Grade | None) -> SafeString:
    """How strongly the sender was authenticated."""
    return mark_safe("") if grade is None else _marked(context, "grade", words.GRADES[grade.slug])


@register.simple_tag(takes_context=True)
def seen(context: Context, seen: Seen) -> SafeString:
    """What an ordinary viewer saw; red with an alarm if it isn't what was wanted."""
    mark = words.SEEN[seen.slug]
    return _marked(context, "seen", mark._replace(glyph="alarm", tone="late") if seen.wrong else mark)


@register.simple_tag(takes_context=True)
def check_word(context: Context, check: Check) -> SafeString:
    """The result of a check."""
    if check.result == "holds":
        return _marked(context, "check-word", words.Mark("holds", _("Holds"), "holds"))
    note = _("only noted") if check.noted else _("blocking") if check.blocking else _("not blocking")
    if check.result == "unknown":
        name, word, tone = "unknown", _("Unknown"), "still"
    else:
        name, word, tone = ("fails", _("Fails"), "late") if check.blocking else ("flaw", _("Fails"), "soon")
    body = format_html("<span><b>{}</b> <i>{}</i></span>", word, note)
    return format_html('<span class="check-word {}">{}{}</span>', tone, glyph(context, name), body)


@register.simple_tag(takes_context=True)
def next_step(context: Context, step: Next) -> SafeString:
    """Act, wait or ask, and why."""
    mark = words.NEXT[step.kind]
    cite = format_html(' <span class="cite">{}</span>', step.cite) if step.cite else ""
    before, key, after = step.text.partition("{key}")
    pressed = format_html("<kbd>{}</kbd>", step.key) if key else ""
    body = format_html("<span><b>{}</b> {}{}{}{}</span>", mark.word, before, pressed, after, cite)
    return format_html('<p class="next">{}{}</p>', glyph(context, mark.glyph), body)


@register.simple_tag(takes_context=True)
def clock_of(context: Context, clock: Clock, seconds: bool = False) -> clocks.Shown:
    """A clock's words and classes, for a template that sets it itself."""
    return clocks.show(clock, context["now"], context["zone"], context["look"], seconds=seconds)


@register.inclusion_tag("web/parts/clock.html", takes_context=True)
def clock(context: Context, clock: Clock, size: str = "") -> Context:
    """The clock: for lists, `big` on a page of its own (with seconds), `out` for people outside."""
    shown = clock_of(context, clock, seconds=size == "big")
    return inner(context, shown=shown, clock=clock, size=size)


@register.inclusion_tag("web/parts/scale.html", takes_context=True)
def scale(context: Context, clock: Clock) -> Context:
    """The line from receipt over half and target to the legal end."""
    if clock.started is None or clock.due_target is None:
        return inner(context, marks=None)
    at = clock.met_at or context["now"]
    marks = rules.scale(clock.started, clock.due_target, clock.due_legal, at)
    at_half = rules.half(clock.started, clock.due_target)
    style = "bare" if clock.due_target - clock.started < timedelta(days=1) else "mark"
    return inner(context, marks=marks, clock=clock, at_half=at_half, at=at, style=style)


@register.inclusion_tag("web/parts/derive.html", takes_context=True)
def derive(context: Context, steps: Any, others: Any = ()) -> Context:
    """How a deadline is counted, step by step, with its sources; and the other clocks."""
    return inner(context, steps=steps, others=others)


@register.inclusion_tag("web/parts/pairs.html", takes_context=True)
def pairs(context: Context, pairs: Any, css: str = "pairs") -> Context:
    """Labels and values; with css `deed`, the rows of what will be done."""
    return inner(context, pairs=pairs, css=css)


@register.inclusion_tag("web/parts/facts.html", takes_context=True)
def facts(context: Context, facts: Any) -> Context:
    """The facts as read, each linked to its place on the sheet; both values of a corrected one."""
    return inner(context, facts=facts, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("web/parts/checks.html", takes_context=True)
def checks(context: Context, checks: Any, shown: int = 7) -> Context:
    """The checks of a finding: those that fail or are unknown first, then the first few that hold, the rest folded."""
    failing = [check for check in checks if check.result != "holds"]
    holding = [check for check in checks if check.result == "holds"]
    fold = holding[shown:] if len(holding) > shown + 1 else []
    return inner(context, rows=failing + holding[: len(holding) - len(fold)], fold=fold)


@register.inclusion_tag("web/parts/sheet.html", takes_context=True)
def sheet(context: Context, sheet: Any) -> Context:
    """The original document with the places of the facts marked, linked both ways."""
    return inner(context, sheet=sheet)


@register.inclusion_tag("web/parts/veil.html", takes_context=True)
def veil(context: Context, veil: Any) -> Context:
    """Content hidden until asked for: bars represent it, and the content itself is not in the page."""
    return inner(context, veil=veil, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("web/parts/letter.html", takes_context=True)
def letter(context: Context, letter: Any, number: int = 1, level: int = 4) -> Context:
    """A letter exactly as it is sent."""
    return inner(context, letter=letter, number=number, level=level, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("web/parts/slots.html", takes_context=True)
def slots(context: Context, slots: Any) -> Context:
    """Approvals, given and open."""
    return inner(context, slots=slots)


@register.inclusion_tag("web/parts/measure.html", takes_context=True)
def measure(context: Context, measure: Any) -> Context:
    """An act on the platform, how it stands, and what was seen from where."""
    return inner(context, measure=measure, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("web/parts/timeline.html", takes_context=True)
def timeline(context: Context, lines: Any) -> Context:
    """What happened, in order."""
    return inner(context, lines=lines)


@register.inclusion_tag("web/parts/form.html", takes_context=True)
def form(context: Context, form: Any, css: str = "") -> Context:
    """A form with its CSRF token, its fields and its one button."""
    return inner(context, form=form, css=css, csrf_token=context.get("csrf_token"))


@register.inclusion_tag("web/parts/field.html", takes_context=True)
def field(context: Context, field: Field, form_id: str = "") -> Context:
    """One field with its label, hint and error."""
    fid = f"{form_id}-{field.name}".strip("-").replace(".", "-").replace("[", "-").replace("]", "")
    about = " ".join(f"{fid}-{kind}" for kind, text in (("hint", field.hint), ("error", field.error)) if text)
    return inner(context, field=field, fid=fid, about=about)


@register.inclusion_tag("web/parts/empty.html", takes_context=True)
def empty(context: Context, empty: Any) -> Context:
    """What will be here, and how to get it."""
    return inner(context, empty=empty)


@register.inclusion_tag("web/parts/banner.html", takes_context=True)
def banner(context: Context, banner: Any) -> Context:
    """The alert that is shown on every page."""
    return inner(context, banner=banner)


@register.filter
def paragraphs(text: str) -> SafeString:
    """Running text as paragraphs separated by blank lines; named blanks in braces become `.fill`."""
    blocks = [block for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if block.strip()]
    return format_html_join("\n", "<p>{}</p>", ((_filled(block),) for block in blocks))


def _filled(block: str) -> SafeString:
    pieces = _BLANK.split(block)  # text, blank, text, blank, … text
    return format_html_join("", "{}", ((_piece(n, piece),) for n, piece in enumerate(pieces)))


def _piece(n: int, piece: str) -> SafeString:
    if n % 2:
        return format_html('<span class="fill">{}</span>', piece.replace("_", " "))
    return format_html_join(mark_safe("<br>"), "{}", ((_kept(line),) for line in piece.split("\n")))


def _kept(line: str) -> SafeString:
    """Our numbers (C-7Q4M2HXK) stay on one line."""
    pieces = _NUMBER.split(line)
    spans = (format_html('<span class="nowrap">{}</span>' if n % 2 else "{}", piece) for n, piece in enumerate(pieces))
    return format_html_join("", "{}", ((span,) for span in spans))


@register.filter
def cited(citation: str) -> str:
    """A citation in the style of the page's language."""
    return language.cited(citation)


@register.filter
def signers(by: str) -> str:
    """Those who signed, as they are kept (“decider, BE; counsel, head, EE”), in the language of the page."""
    said = (", ".join(str(words.ROLES.get(word, word)) for word in one.split(", ")) for one in by.split("; "))
    return " · ".join(said)


@register.filter
def short_hash(value: str) -> str:
    """The first sixteen digits of a hash in groups of four, as it is read aloud."""
    return " ".join(value[n : n + 4] for n in range(0, min(len(value), 16), 4))


@register.simple_tag
def realm_word(slug: str) -> str:
    """A realm's name."""
    return str(words.REALMS[slug])


@register.filter
def capped(count: int) -> str:
    """A count, shown as 1000+ beyond that."""
    return "1000+" if count > 1000 else str(count)


@register.simple_tag
def server_time(now: datetime) -> str:
    """The server's instant, for the script that updates the clocks."""
    return clocks.utc(now)


@register.simple_tag(takes_context=True)
def zone_note(context: Context) -> str:
    """Which zone the page uses, and whose it is."""
    local = context["now"].astimezone(context["zone"])
    name, ahead = words_of_zone(local), when_offset(local)
    said = f"{name} (UTC{ahead})" if ahead and not name.startswith("UTC") else name
    return _("Times are %(zone)s, from the server’s clock.") % {"zone": said}


@register.simple_tag
def clock_words() -> str:
    """The clock's words for the script, as JSON."""
    return clocks.script_words()


@register.inclusion_tag("web/parts/sprite.html", takes_context=True)
def sprite(context: Context, every: bool = False) -> Context:
    """At the end of the body: the glyphs used (all of them if the page is refreshed in parts) and the widths."""
    return {"look": context["look"], "every": every, "glyphs": context["look"].glyphs}


@register.inclusion_tag("web/parts/chart.html", takes_context=True)
def chart(context: Context, chart: Any) -> Context:
    """A chart (`web.chart.Chart`) with its title, its description, what its letters mean, and the table beside it."""
    return inner(context, c=chart)
