"""Comments: which themes they name, and what of them may be shown. A hostile edition and hostile writers try."""

import random

import drawn
import pandas as pd
import pytest
from pydantic import ValidationError

from cs_lib.edition.theme_words import pattern, plain
from cs_lib.metrics.compute import masking
from cs_lib.metrics.compute.masking import MASK, MOST_READ, Shown, can_be_read, masked, readable
from cs_lib.metrics.compute.theme_cells import said

THEMES = {"price": ("expensive", "cost*"), "support": ("support", "too slow")}
HEAD = "instrument | score | responded_at | customer_id | respondent_id | touchpoint | comment"


@pytest.fixture
def quick():
    made = drawn.DuckDBEngine()
    yield made
    made.close()


def answers(*rows):
    lines = [
        f"nps | {score} | {day} | {who} | {who}-r | web | {comment}"
        for score, day, who, comment in rows
    ]
    return "\n".join([HEAD, *lines])


def themed(engine, *rows, themes=None, customers="", **keys):
    tables = {"survey_responses": answers(*rows)} | ({"customers": customers} if customers else {})
    return said(drawn.context(engine, "2026-07-01", tables, themes=themes or THEMES, **keys))


def test_a_comment_counts_once_under_each_theme_that_it_names(engine):
    found = themed(
        engine,
        (3, "2026-05-03", "ada", "EXPENSIVE! Costs a lot (and support is slow)"),
        (9, "2026-06-03", "ada", "Support"),
        (4, "2026-06-05", "ben", "too  slow"),
        (5, "2026-06-05", "cyd", "supportive, a Kosten-Faktor"),
        (5, "2026-06-06", "cyd", "..."),
        (8, "2026-06-07", "dan", ""),
    )
    june = found.themes[found.themes["window"].eq("2026-06-01") & found.themes["instrument"].eq("")]
    june = june.set_index("theme")
    assert june["k"].to_dict() == {"": 4, "price": 1, "support": 3}
    # ada's two comments are of one customer: (2·1 + 1·1), and both name support
    assert june.loc["support", ["kk", "kn", "clusters"]].tolist() == [5, 5, 2]
    assert june.loc["price", ["kk", "kn", "clusters"]].tolist() == [1, 2, 1]
    assert june.loc["support", ["s", "ss", "sk"]].tolist() == [16, 160, 28]
    may = found.themes[
        found.themes["window"].eq("2026-05-01") & found.themes["instrument"].eq("nps")
    ]
    assert may.set_index("theme")["k"].to_dict() == {"": 1, "price": 1, "support": 1}


def test_a_word_is_found_whole_or_as_its_star_says():
    import re

    found = re.compile(pattern(("cost*", "*log", "set up")))
    for text, named in [
        ("It costs much", True),
        ("a backlog!", True),
        ("set-up: easy", True),
        ("settings", False),
        ("accost", False),
        ("logs", False),
    ]:
        assert bool(found.search(f" {plain(text)} ")) is named, text


@pytest.mark.parametrize(
    ("themes", "says"),
    [
        ({"price": []}, "name at least one word"),
        ({"price": ["*"]}, "holds no word"),
        ({"a\nb": ["x"]}, "a name of one line"),
        ({"price": ["x"], "": ["y"]}, "this is empty"),
    ],
)
def test_a_dictionary_that_cannot_be_used_is_refused(themes, says):
    with pytest.raises(ValidationError, match=says):
        drawn.edition({"survey_responses": ""}, themes=themes)


# --- what may be shown -------------------------------------------------------------------------------

COMMON = [
    "the",
    "too",
    "slow",
    "and",
    "it",
    "is",
    "expensive",
    "support",
    "was",
    "a",
    "good",
    "we",
    "call",
    "me",
    "at",
    "or",
    "of",
    "write",
    "to",
    "my",
    "by",
]
NAMES = ["acme dental", "c 17", "jane"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Too slow and expensive.", "Too slow and expensive."),
        ("Support was slow, Jim", f"Support was slow, {MASK}"),
        ("call me at jim@acme.example or +44 20 7946 0123", f"call me at {MASK} or {MASK}"),
        ("jim @ acme . example", MASK),
        ("write to ACME   DENTAL", f"write to {MASK}"),
        ("it is c-17, c_17, C 17", f"it is {MASK}"),
        ("jane was good", f"{MASK} was good"),
        ("maya was slow", f"{MASK} was slow"),
        ("the https://evil.example/x?y=1 is slow", f"the {MASK} is slow"),
        ("www.evil.example is slow", f"{MASK} is slow"),
        ("the evil.example/path is slow", f"the {MASK} is slow"),
        ("<script>alert('x')</script> it is slow", f"{MASK} it is slow"),
        ("<img src=x onerror=alert(1)> slow", "slow"),
        ("it is “slow” & <b>expensive</b>", "it is slow expensive"),
        ("j\u200ban\u200be was good", f"{MASK} was good"),
        ("ｊａｎｅ was good", f"{MASK} was good"),
        ("the ٥٥٥ is slow", f"the {MASK} is slow"),
        ("first\r\nline\tslow", f"{MASK} slow"),
        ('=HYPERLINK("http://e","x") it was slow', f"{MASK} it was slow"),
    ],
)
def test_what_tells_of_a_person_is_masked(text, shown):
    told = masked(readable(text), "", Shown.of(COMMON, NAMES, ["Maya Ortiz"]))
    assert told == shown


def test_the_writers_own_name_is_masked_word_by_word():
    shown = Shown.of(["good", "dental", "care", "is"], [], [])
    assert masked("dental care is good", "Good Dental", shown) == f"{MASK} care is {MASK}"


def test_a_long_comment_is_shortened_and_one_that_says_nothing_is_not_shown():
    shown = Shown.of(["slow"], [], [])
    text = masked("slow " * 90, "", shown)
    assert len(text) <= masking.MOST_SIGNS + 2 and text.endswith(" …")
    assert not can_be_read(masked("Jim says slow Joe", "", shown))
    assert can_be_read("too slow to answer")


def test_of_a_text_without_end_only_the_beginning_is_looked_at():
    known = "we are happy " * 10_000
    read = readable(known)
    assert known.startswith(read) and MOST_READ - len("happy ") < len(read) <= MOST_READ
    assert not can_be_read(masked(readable("a" * 1_000_000), "", Shown.of(["a"], [], [])))


def test_nothing_but_common_words_is_ever_left():
    """Random texts of secrets, common words and signs."""
    rng = random.Random(5)
    secrets = [
        "Zoltan",
        "zoltan",
        "ZOLTAN",
        "0161",
        "x9",
        "zo@l.tan",
        "https://z.tan",
        "c-17",
        "ｚ",
    ]
    signs = [" ", ", ", ".", "-", "/", "\n", "<", ">", "&", "'", "“", "\u200b", "_", "*"]
    shown = Shown.of(COMMON, NAMES, [])
    for _ in range(300):
        parts = rng.choices([*secrets, *COMMON], k=12)
        text = "".join(part + rng.choice(signs) for part in parts)
        left = masked(readable(text), "", shown).replace(MASK, " ").replace("…", " ")
        assert {*plain(left).split()} <= {*COMMON}, text
        assert not {*left} & {*"<>&@/\n_*"}, text


SECRETS = (
    *("zoltan", "kovacs", "ada", "acme", "dental", "zoltan@acme.example", "0161", "496", "<script"),
    *("alert", "evil.example", "w-77", "maya", "ortiz"),
)
HOSTILE = (
    "it was too slow and Zoltan Kovacs said so",
    "too slow, zoltan@acme.example wrote it",
    "it was too slow, call +44 161 496 0161",
    "<script>alert('too slow')</script> it was too slow",
    "it was too slow at acme dental, see https://evil.example/w-77",
    "maya was too slow and maya ortiz too",
    "it was too slow for w-77 and ada",
    "it was too slow, zoltan",
)


def test_a_hostile_edition_gets_no_name_no_number_and_no_address(engine):
    """Themes that match everything, thresholds as low as may be, and writers who put in what they can."""
    if engine.name == "pandas":
        pytest.skip("pandas, which no edition runs on, splits no texts")
    filler = [
        (7, f"2026-03-{1 + n:02}", f"w-{n}", "it was too slow and so it was at first, said for it")
        for n in range(8)
    ]
    tries = [(3, f"2026-06-{1 + n:02}", f"w-{70 + n}", each) for n, each in enumerate(HOSTILE)]
    customers = "\n".join(
        ["customer_id | name | owner", "ada | Acme Dental | Maya Ortiz"]
        + [f"w-{n} | Firm {n} Ltd | Maya Ortiz" for n in (*range(8), *range(70, 78))]
    )
    found = themed(
        engine,
        *filler,
        *tries,
        *((2, "2026-05-20", f"w-{n}", "maya is slow, ada too") for n in range(8)),
        themes={"all": ("*o*", "*a*", "zoltan", "kovacs"), "slow": ("slow",)},
        min_comments=5,
        customers=customers,
    )
    assert len(found.examples)
    texts = " ".join(found.examples["comment"]).lower()
    assert "too slow" in texts and MASK in texts
    for secret in SECRETS:
        assert secret not in texts, secret
    told = pd.concat([found.themes, found.steps, found.examples]).to_csv()
    assert "w-7" not in told and "zoltan" not in told.lower()


def test_a_customer_s_name_in_small_letters_is_masked_however_many_write_it(quick):
    """Unless it is a word that very many more use than are called by it."""
    rows = [
        (3, f"2026-06-{1 + n % 28:02}", f"w-{n}", "it was too slow and zoltan was slow" if n > 10 else "it was too slow and so was it")
        for n in range(20)
    ]  # fmt: skip
    customers = "customer_id | name\nada | Zoltan Kovacs\nben | Slow Food Ltd"
    shown = " ".join(themed(quick, *rows, customers=customers).examples["comment"])
    assert "too slow" in shown and "zoltan" not in shown
    assert "zoltan" in " ".join(themed(quick, *rows).examples["comment"])


def test_a_theme_of_few_customers_has_no_example(quick):
    rows = [(3, f"2026-06-{1 + n:02}", f"w-{n % 7}", "it was too slow for us") for n in range(20)]
    assert themed(quick, *rows).examples.empty
    eighth = (3, "2026-06-28", "w-8", "it was too slow for us")
    assert len(themed(quick, *rows, eighth).examples) == 1


def test_a_threshold_cannot_be_set_so_low_that_one_writer_is_shown():
    with pytest.raises(ValidationError, match="greater than or equal to 5"):
        drawn.edition({"survey_responses": ""}, min_comments=1)
