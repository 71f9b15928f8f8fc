"""What was published and is another figure now: exactly those, with the cause."""

from dataclasses import replace

import drawn
import pandas as pd
import pytest

from cs_lib.metrics.audit.input_snapshot import ledger
from cs_lib.metrics.audit.restatement import definition_digest, restated, with_new_names
from cs_lib.metrics.catalogue import metric

KEYS = {
    "variant": "standard",
    "grain": "month",
    "segment_by": "all",
    "segment": "all",
    "unit": "money",
}


def published(*rows):
    frame = pd.DataFrame(
        [
            {"metric": name, "period_start": month, "value": value, "status": status, **KEYS}
            for name, month, value, status in rows
        ]
    )
    return frame.assign(period_start=pd.to_datetime(frame["period_start"]))


KEPT = ["2, start_date", "mrr, end_date", "plan"]


def told(before, now, *, ledgers=({}, {}), definitions=({}, {}), kept=(KEPT, KEPT)):
    """What is told of ledgers given as table → day → numbers, kept as `kept` says, then and now."""
    ledgers = [
        {name: days if how is None else {"kept": how, "days": days} for name, days in each.items()}
        for each, how in zip(ledgers, kept, strict=True)
    ]
    frame = restated(published(*before), published(*now), ledgers=ledgers, definitions=definitions)
    return {
        (row.metric, f"{row.period_start:%Y-%m}"): (row.old, row.new, row.cause)
        for row in frame.itertuples()
    }


BEFORE = [
    ("mrr", "2026-04-01", 100.0, "ok"),
    ("mrr", "2026-05-01", 120.0, "ok"),
    ("nps", "2026-05-01", 30.0, "ok"),
]
NOW = [
    ("mrr", "2026-04-01", 100.0, "ok"),
    ("mrr", "2026-05-01", 150.0, "ok"),
    ("nps", "2026-05-01", 30.0, "ok"),
]
LEDGER = {"subscriptions": {"2026-04": [10, 500], "2026-05": [12, 700]}}


def test_nothing_changed_is_nothing_restated():
    assert told(BEFORE, BEFORE) == {}


def test_exactly_the_changed_figure_is_listed():
    late = {"subscriptions": {"2026-04": [10, 500], "2026-05": [13, 730], "2026-06": [9, 1]}}
    assert told(BEFORE, NOW, ledgers=(LEDGER, late)) == {
        ("mrr", "2026-05"): (120.0, 150.0, "late rows (1 in subscriptions)")
    }


def test_rows_of_a_later_month_are_no_cause():
    later = {"subscriptions": {**LEDGER["subscriptions"], "2026-06": [9, 1]}}
    assert told(BEFORE, NOW, ledgers=(LEDGER, later))["mrr", "2026-05"][2] == "cause not known"


def test_values_that_changed_are_told_from_rows_that_came():
    changed = {"subscriptions": {"2026-04": [10, 500], "2026-05": [12, 999]}}
    assert (
        told(BEFORE, NOW, ledgers=(LEDGER, changed))["mrr", "2026-05"][2]
        == "changed rows (subscriptions)"
    )


BY_DAY = {"subscriptions": {"2026-05-03": [1, 50], "2026-05-04": [2, 90], "2026-05-20": [1, 40]}}


@pytest.mark.parametrize(
    ("days", "cause"),
    [
        ({"2026-05-04": [2, 95]}, "changed rows (subscriptions)"),
        ({"2026-05-21": [1, 40]}, "late rows (1 in subscriptions)"),
        ({"2026-05-03": [0, 0], "2026-05-05": [1, 50]}, "changed rows (subscriptions)"),
        ({"2026-05-20": [0, 0]}, "rows gone (1 from subscriptions)"),
        (
            {"2026-05-04": [2, 95], "2026-05-21": [2, 80]},
            "late rows (2 in subscriptions); changed rows (subscriptions)",
        ),
    ],
)
def test_a_row_that_changed_is_told_from_one_that_came_in_the_same_month(days, cause):
    now = {"subscriptions": {**BY_DAY["subscriptions"], **days}}
    assert told(BEFORE, NOW, ledgers=(BY_DAY, now))["mrr", "2026-05"][2] == cause


def test_words_that_changed_are_told_too():
    before = {"subscriptions": {"2026-05": [12, 700, 1]}}
    changed = {"subscriptions": {"2026-05": [12, 700, 2]}}
    said = "changed rows (subscriptions)"
    assert told(BEFORE, NOW, ledgers=(before, changed))["mrr", "2026-05"][2] == said
    assert told(BEFORE, NOW, ledgers=(before, before))["mrr", "2026-05"][2] == "cause not known"


@pytest.mark.parametrize(
    "how", [None, ["1, start_date", *KEPT[1:]], ["2, signed_up_on", *KEPT[1:]]]
)
def test_a_ledger_kept_in_another_way_says_not_known(how):
    """Before causes were told by row, ledgers counted by month and did not say how."""
    late = {"subscriptions": {"2026-05-03": [13, 730]}}
    found = told(BEFORE, NOW, ledgers=(LEDGER, late), kept=(how, KEPT))
    assert found["mrr", "2026-05"][2] == "cause not known"


def test_a_table_that_cannot_be_compared_leaves_no_blame_to_others():
    later = {**LEDGER, "customers": {"2026-05": [1, 0]}}
    found = told(BEFORE, NOW, ledgers=(LEDGER, later), kept=(None, KEPT))
    assert found["mrr", "2026-05"][2] == "cause not known"


@pytest.mark.parametrize(
    ("rows", "cause"),
    [([12, 700, 2], "cause not known"), ([13, 730, 2], "late rows (1 in subscriptions)")],
)
def test_a_column_that_is_read_since_is_no_changed_row(rows, cause):
    before, now = ({"subscriptions": {"2026-05": each}} for each in ([12, 700, 1], rows))
    since = [*KEPT[:2], "plan, region"]
    found = told(BEFORE, NOW, ledgers=(before, now), kept=(KEPT, since))
    assert found["mrr", "2026-05"][2] == cause


def test_a_table_that_was_not_there_before_came_late():
    later = {**LEDGER, "customers": {"2026-05": [7, 0]}}
    found = told(BEFORE, NOW, ledgers=(LEDGER, later))
    assert found["mrr", "2026-05"][2] == "late rows (7 in customers)"


SUBSCRIPTIONS = """
    customer_id | start_date | end_date   | mrr | plan
    ada         | 2026-01-01 |            | 50  | Pro
    ben         | 2026-01-03 | 2026-03-01 | 50  | Basic
    cyd         | 2026-02-03 |            | 20  | Pro
"""


def test_the_ledger_is_the_same_in_any_order_and_tells_a_changed_word(engine):
    def kept(text):
        tables = {"subscriptions": drawn.drawn(text)}
        return ledger(drawn.context(engine, "2026-07-01", tables, segments=("plan",)))

    lines = SUBSCRIPTIONS.strip().splitlines()
    whole = kept(SUBSCRIPTIONS)
    assert whole == kept("\n".join([lines[0], *reversed(lines[1:])]))
    renamed = kept(SUBSCRIPTIONS.replace("Basic", "Basis"))
    assert whole["subscriptions"]["kept"] == renamed["subscriptions"]["kept"] == KEPT
    was, now = (each["subscriptions"]["days"] for each in (whole, renamed))
    ben = was["2026-01-03"], now["2026-01-03"]
    assert ben[0][:2] == ben[1][:2] and ben[0][2] != ben[1][2]
    for day in ("2026-01-01", "2026-02-03"):
        assert was[day] == now[day]


def test_a_changed_definition_comes_before_the_data():
    late = {"subscriptions": {"2026-05": [13, 730]}}
    found = told(BEFORE, NOW, ledgers=(LEDGER, late), definitions=({"mrr": "a"}, {"mrr": "b"}))
    assert found["mrr", "2026-05"][2] == "definition changed"


def test_a_figure_made_of_others_has_their_cause():
    before, now = (
        [("ltv_to_cac", "2026-05-01", 3.0, "ok")],
        [("ltv_to_cac", "2026-05-01", 4.0, "ok")],
    )
    late = {"subscriptions": {"2026-04": [10, 500], "2026-05": [13, 730]}}
    assert "late rows" in told(before, now, ledgers=(LEDGER, late))["ltv_to_cac", "2026-05"][2]
    found = told(before, now, definitions=({"arpa": "a"}, {"arpa": "b"}))
    assert found["ltv_to_cac", "2026-05"][2] == "definition changed"


def test_a_figure_that_is_no_longer_there_is_listed():
    old, new, _ = told(BEFORE, NOW[:2])["nps", "2026-05"]
    assert old == 30.0 and pd.isna(new)


def test_what_could_not_be_read_then_is_not_restated():
    assert told([("mrr", "2026-05-01", float("nan"), "immature")], NOW) == {}


@pytest.mark.parametrize("noise", [0.0, 1e-10])
def test_the_last_digits_of_a_file_are_no_restatement(noise):
    assert (
        told(
            BEFORE, [(name, month, value + noise, status) for name, month, value, status in BEFORE]
        )
        == {}
    )


# ---------------------------------------------------------------- changed definitions

FORMULA = """
def formula(inputs, edition):
    {doc}
    return {{"numerator": {steps}, "denominator": inputs["arpa"].n}}
"""


def digest_of(steps='inputs["arpa"].value * 12', doc='"""A year."""', **names):
    """The digest of CLTV, were its first rule computed so."""
    exec(FORMULA.format(steps=steps, doc=doc), names)
    cltv = metric("cltv")
    first = replace(cltv.rules[0], formula=names["formula"])
    return definition_digest(replace(cltv, rules=(first, *cltv.rules[1:])))


@pytest.mark.parametrize(
    "steps",
    [
        'inputs["arpa"].value * 13',
        'inputs["arpa"].low * 12',
        'inputs["cac"].value * 12',
        'sum(each * 12 for each in [inputs["arpa"].value])',
    ],
    ids=["constant", "name", "input", "steps"],
)
def test_a_rule_with_another_constant_or_name_is_another_definition(steps):
    assert digest_of(steps) != digest_of()


def test_a_constant_inside_another_function_and_one_that_has_a_name_count_too():
    inner = 'sum(map(lambda each: each * {}, inputs["arpa"].value))'
    assert digest_of(inner.format(12)) != digest_of(inner.format(13))
    assert digest_of(inner.format("MANY"), MANY=12) != digest_of(inner.format("MANY"), MANY=13)


def test_a_rule_explained_otherwise_is_the_same_definition():
    assert digest_of(doc='"""Twelve months."""') == digest_of()


def by_region(**values):
    """Figures by region, as published."""
    frame = published(*(("mrr", "2026-04-01", value, "ok") for value in values.values()))
    return frame.assign(segment_by="region", segment=[f"region={name}" for name in values])


def test_a_renamed_segment_is_the_same_one():
    old = by_region(AMER=10.0, EMEA=5.0)
    now = by_region(Americas=10.0, EMEA=6.0)
    renames = {"region": {"AMER": "Americas"}}
    known = {"ledgers": ({}, {}), "definitions": ({}, {})}
    assert len(restated(old, now, **known)) == 2
    found = restated(with_new_names(old, renames), now, **known)
    assert list(found["segment"]) == ["region=EMEA"]
    both = with_new_names(by_region(AMER=10.0, Americas=1.0), renames)
    assert both[["segment", "value"]].to_numpy().tolist() == [["region=Americas", 1.0]]
    into_one = {"region": {"US": "Americas", "Canada": "Americas"}}
    merged = with_new_names(by_region(US=10.0, Canada=4.0, EMEA=5.0), into_one)
    assert list(merged["segment"]) == ["region=EMEA"], "the sum of two is neither of them"
    crossed = old.assign(segment_by="region,plan", segment=old["segment"] + ",plan=Pro")
    assert with_new_names(crossed, renames)["segment"][0] == "region=Americas,plan=Pro"
