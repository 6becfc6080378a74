"""The grade of a sender: what raises it, and the many things that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.authorities import rules
from comity.authorities.rules import CallBack, Evidence, Registered, Signed, grade

OFFICE = Registered("de-office", "Office for Online Safety", "DE", ("online-safety.example",), True)
SHERIFF = Registered("us-sheriff", "Larkin County Sheriff's Office", "US", ("larkincounty-sheriff.example",), True)
NEW = Registered("ie-new", "New Office", "IE", ("new.ireland.example",), False)
REGISTER = [OFFICE, SHERIFF, NEW]
GOOD = Evidence("orders@online-safety.example", (Signed("online-safety.example", True),), state="DE")


def test_it_works():
    made = grade(GOOD, REGISTER)
    assert (made.grade, made.authority, made.flags) == ("domain", "de-office", ())
    assert "covers From" in made.reasons[0]


def test_a_sub_domain_of_the_listed_one_may_send():
    made = grade(Evidence("a@unit.online-safety.example", (Signed("online-safety.example", True),)), REGISTER)
    assert made.grade == "domain"


def test_case_and_a_final_dot_do_not_matter():
    made = grade(Evidence("A@Online-Safety.Example", (Signed("ONLINE-SAFETY.example.", True),)), REGISTER)
    assert made.grade == "domain"


def test_a_mail_without_signature_that_claims_a_listed_domain_is_flagged_as_spoofed():
    made = grade(Evidence("orders@online-safety.example"), REGISTER)
    assert (made.grade, made.authority) == ("none", None)
    assert {"spoofed", "unauthenticated"} <= set(made.flags)


def test_a_signature_that_does_not_hold_gives_nothing_and_its_reason_is_told():
    made = grade(Evidence(GOOD.sender, (Signed("online-safety.example", False, "the body was changed"),)), REGISTER)
    assert made.grade == "none"
    assert any("the body was changed" in reason for reason in made.reasons)


def test_a_signature_of_another_domain_gives_nothing():
    made = grade(Evidence(GOOD.sender, (Signed("mailer.example", True),)), REGISTER)
    assert (made.grade, made.authority) == ("none", None)
    assert "spoofed" in made.flags


def test_a_signature_of_a_sub_domain_that_is_not_listed_gives_nothing():
    made = grade(Evidence("a@online-safety.example", (Signed("guest.online-safety.example", True),)), REGISTER)
    assert made.grade == "none"


def test_a_signature_of_a_domain_above_gives_nothing():
    made = grade(Evidence("a@new.ireland.example", (Signed("ireland.example", True),)), REGISTER)
    assert made.grade == "none"


def test_a_signature_of_the_domain_above_an_accredited_one_gives_nothing():
    unit = Registered("fr-unit", "Unit", "FR", ("unit.ministry.example",), True)
    made = grade(Evidence("a@unit.ministry.example", (Signed("ministry.example", True),)), [unit])
    assert (made.grade, made.authority) == ("none", None)


def test_an_authority_that_is_not_accredited_gives_nothing_but_its_name():
    made = grade(Evidence("a@new.ireland.example", (Signed("new.ireland.example", True),)), REGISTER)
    assert (made.grade, made.authority) == ("none", "ie-new")


def test_more_than_one_sender_gives_nothing():
    made = grade(Evidence(GOOD.sender, GOOD.signatures, several_senders=True), REGISTER)
    assert made.grade == "none"


def test_an_unknown_domain_with_a_good_signature_gives_nothing():
    made = grade(Evidence("a@elsewhere.example", (Signed("elsewhere.example", True),), claims=OFFICE.name), REGISTER)
    assert (made.grade, made.authority) == ("none", None)


def test_a_confirmed_call_back_gives_the_accredited_channel():
    made = grade(Evidence("a@webmail.example"), REGISTER, [CallBack("de-office", True)])
    assert (made.grade, made.authority) == ("accredited-channel", "de-office")


def test_a_call_back_that_is_denied_later_gives_nothing():
    calls = [CallBack("de-office", True), CallBack("de-office", False)]
    assert grade(Evidence("a@webmail.example"), REGISTER, calls).grade == "none"


def test_a_call_back_that_another_office_denies_gives_nothing():
    other = Registered("fr-other", "Other", "FR", ("other.example",), True)
    calls = [CallBack("de-office", True), CallBack("fr-other", False)]
    assert grade(Evidence("a@webmail.example"), [*REGISTER, other], calls).grade == "none"


def test_a_call_back_to_an_office_that_is_not_accredited_gives_nothing():
    assert grade(Evidence("a@webmail.example"), REGISTER, [CallBack("ie-new", True)]).grade == "none"


def test_a_call_back_to_nobody_on_the_register_gives_nothing():
    assert grade(Evidence("a@webmail.example"), REGISTER, [CallBack("xx-nobody", True)]).grade == "none"


def test_another_issuing_state_than_the_authoritys_is_flagged():
    assert "state-differs" in grade(Evidence(GOOD.sender, GOOD.signatures, state="FR"), REGISTER).flags


@pytest.mark.parametrize(
    "domain",
    [
        "online-safty.example",
        "onlnie-safety.example",
        "0nline-safety.example",
        "online-safety.exarnple",
        "online-safety.test",
        "onlinesafety.example",
        "online.safety.example",
        "safety-online.example",
        "online-safety-office.example",
        "eu-online-safety.example",
        "online-safety.example.evil.test",
        "online-safety-example.test",
        "оnline-safety.example",
        "оnlіnе-ѕаfеtу.example",
        "xn--nline-safety-3ij.example",
        "online-safetý.example",
        "on1ine-safety.example",
    ],
)
def test_a_look_alike_is_flagged_and_named(domain):
    made = grade(Evidence(f"orders@{domain}", (Signed(domain, True),)), REGISTER)
    assert "lookalike-domain" in made.flags
    assert (made.grade, made.authority, made.resembles) == ("none", None, "de-office")


def test_the_doubled_letter_of_the_forged_sheriff_is_flagged():
    made = grade(Evidence("m@larkincounty-sherriff.example", reply_to=("x@quickmailbox.example",)), REGISTER)
    assert {"lookalike-domain", "reply-to-differs", "unauthenticated"} <= set(made.flags)


@pytest.mark.parametrize(
    "domain", ["postbox.example", "lantern.example", "safety.example", "office.example", "ministry.example"]
)
def test_an_ordinary_domain_is_no_look_alike(domain):
    assert "lookalike-domain" not in grade(Evidence(f"a@{domain}"), REGISTER).flags


def test_the_domain_itself_and_what_is_below_it_are_no_look_alikes():
    assert "lookalike-domain" not in grade(Evidence("a@x.online-safety.example"), REGISTER).flags


def test_a_reply_to_at_a_look_alike_is_flagged():
    made = grade(Evidence(GOOD.sender, GOOD.signatures, reply_to=("a@online-safty.example",)), REGISTER)
    assert "lookalike-domain" in made.flags
    assert made.grade == "domain"


def test_nobody_else_makes_a_verification():
    with pytest.raises(TypeError, match="only"):
        rules.Verification("domain", "de-office", (), ())


texts = st.text(max_size=40)


@given(texts, texts, st.lists(texts, max_size=3), st.lists(st.tuples(texts, st.booleans()), max_size=3))
def test_no_text_of_a_message_raises_its_grade(sender, name, replies, signed):
    signatures = tuple(Signed(domain, valid) for domain, valid in signed)
    made = grade(Evidence(sender, signatures, tuple(replies), name, claims=name), REGISTER)
    listed = {"online-safety.example", "larkincounty-sheriff.example"}
    if not {rules.host(domain) for domain, valid in signed if valid} & listed:
        assert made.grade == "none"
