"""Which letters of a page stand in one line: a stretched blank joins, a column's edge parts."""

from comity.reading.order import mail_address
from comity.reading.typeset import Run, lines

SIZE = 10.0


def run(left: float, text: str, shown_by: int, bottom: float = 500.0, letter: float = 6.0) -> Run:
    """Letters of one width, as a typewriter's are."""
    ending = len(text) - len(text.rstrip(" "))
    right = left + letter * len(text)
    return Run(left, right, bottom, SIZE, text, shown_by=shown_by, blank=letter * ending)


def said(*runs: Run) -> list[str]:
    return [line.text for line in lines(runs)]


def test_blanks_that_were_stretched_to_fill_a_line_part_nothing():
    assert said(run(264, "duty ", 29), run(314, "desk, ", 29), run(371, "+353 ", 29)) == ["duty desk, +353"]


def test_the_same_gap_between_what_was_drawn_apart_parts_two_cells():
    assert said(run(66, "Name", 1), run(140, "Rosa Ferrand", 2)) == ["Name", "Rosa Ferrand"]


def test_a_cell_that_begins_close_to_a_label_with_a_blank_at_its_end_is_another():
    below = run(66, "competent authority", 25, bottom=486)
    assert said(run(216, "issuing ", 24), below, run(266, "duty desk", 29)) == [
        "issuing",
        "duty desk",
        "competent authority",
    ]
    # drawn next, and where the blank ended: the same line goes on
    assert said(run(216, "issuing ", 24), run(264, "court", 25), below) == ["issuing court", "competent authority"]


def test_what_a_lines_end_may_have_cut_is_no_address():
    assert mail_address("greffe.instruction@tpi- valmeuse.just.example") is None
    assert mail_address("write to desk@court.example.") == "desk@court.example"
