"""What an edition and its files were is kept with a pack, and what differs is told in the next one."""

from datetime import date

import pandas as pd

from cs_lib.edition import read_edition
from cs_lib.edition.targets import Target
from cs_lib.metrics.audit.changed_inputs import (
    COLUMN,
    FILE,
    SEGMENT,
    TABLE,
    TARGET,
    VALUE,
    Change,
    changed_values,
    changes,
    compared,
    stated,
)
from cs_lib.metrics.catalogue import metric
from cs_lib.report.text.changed_sentences import changed_sentences
from cs_lib.report.text.formatting import Formatter

DAYS = (date(2026, 5, 31), date(2026, 6, 30))
INPUT = {"table": "subscriptions", "files": ["a.csv"], "columns": ["customer_id", "mrr"]}
HALF, LESS = Target(value=0.03), Target(value=0.02, since=date(2026, 6, 1))


def kept(*inputs, segments=("plan",), targets=None):
    edition = read_edition("sample").model_copy(
        update={"segments": segments, "targets": targets or {}}
    )
    return stated(edition, inputs or (INPUT,))


def told(before, now, ledgers=({}, {})):
    return changes(before, now, ledgers=ledgers, days=DAYS)


def test_what_is_the_same_is_not_told():
    targets = {"customer_churn_rate": {"all": (HALF, LESS)}}
    assert told(kept(), kept()) == []
    assert [each.new for each in told(kept(targets=targets), kept(targets=targets))] == [0.02]


def test_a_changed_segment_list_a_new_column_and_a_table_are_told():
    now = kept(
        {**INPUT, "columns": ["customer_id", "mrr", "seats"]},
        {"table": "orders", "files": [], "columns": []},
        segments=("region",),
    )
    assert told(kept(), now) == [
        Change(SEGMENT, old="plan"),
        Change(SEGMENT, new="region"),
        Change(TABLE, new="orders"),
        Change(COLUMN, "subscriptions", new="seats"),
    ]


def test_a_late_file_is_told_with_the_rows_of_months_told_before():
    days = ({"2026-05-03": [2, 90]}, {"2026-05-03": [5, 200], "2026-06-03": [9, 1]})
    ledgers = [{"subscriptions": {"kept": ["2, start_date", "mrr"], "days": each}} for each in days]
    found = told(kept(), kept({**INPUT, "files": ["a.csv", "b.csv"]}), ledgers)
    assert found == [Change(FILE, "subscriptions", new="b.csv", rows=3)]


def test_the_target_in_force_then_is_held_against_todays():
    before = kept(targets={"customer_churn_rate": {"all": (HALF,)}})
    now = kept(targets={"customer_churn_rate": {"all": (HALF, LESS)}})
    assert told(before, now) == [Change(TARGET, "customer_churn_rate", "all", 0.03, 0.02)]
    assert told(before, kept())[0].new is None


def figures(**series):
    """MRR of plans, month by month."""
    return pd.DataFrame(
        [
            {"metric": "mrr", "variant": "standard", "grain": "month", "status": "ok", "value": value}
            | {"segment_by": "plan", "segment": f"plan={plan}", "period_start": month}
            for plan, values in series.items()
            for month, value in enumerate(values)
        ]
    )  # fmt: skip


def test_a_renamed_value_is_known_by_its_figures():
    old = figures(Basic=[10.0, 12.0, 14.0], Pro=[1.0, 2.0, 3.0])
    renamed = figures(Start=[10.0, 12.0, 14.0], Pro=[1.0, 2.0, 3.0], Team=[0.0, 0.0, 4.0])
    assert changed_values(old, renamed, ["plan"]) == [
        Change(VALUE, "plan", old="Basic", new="Start"),
        Change(VALUE, "plan", new="Team"),
    ]
    other = figures(Start=[9.0, 12.0, 14.0], Pro=[1.0, 2.0, 3.0])
    assert changed_values(old, other, ["plan"])[0] == Change(VALUE, "plan", old="Basic")


def test_figures_by_a_column_that_is_no_segment_any_more_are_not_compared():
    old = figures(Pro=[1.0])
    whole = old.assign(segment_by="all", segment="all")
    assert [*compared(pd.concat([old, whole]), whole)["segment"]] == ["all"]


def test_each_is_a_sentence():
    found = [
        Change(SEGMENT, old="plan"),
        Change(FILE, "subscriptions", new="b.csv", rows=3),
        Change(COLUMN, "subscriptions", new="seats"),
        Change(COLUMN, "subscriptions", old="notes"),
        Change(TARGET, "customer_churn_rate", "all", 0.03, 0.02),
        Change(TARGET, "customer_churn_rate", "plan=Pro", None, 0.01),
        Change(VALUE, "plan", old="Basic", new="Start"),
    ]
    assert changed_sentences(found, metric, Formatter()) == [
        "Segments: plan is gone; figures by a segment that is gone are not compared.",
        "Files of subscriptions: b.csv is new; 3 rows of months told before came late.",
        "Columns of subscriptions: seats is new; notes is gone.",
        "Target of Customer churn rate: 3.0% → 2.0%; none → 1.0% (plan=Pro).",
        "Values of plan: Basic is now called Start.",
    ]
