"""Use that is none, and features that are one under two names, are said with the key that mends them."""

from datetime import date, timedelta

import pytest
from offers import offers

from tests.data.test_plan_words import said
from tests.data.test_unread_columns import write

FIRST = date(2026, 1, 1)
RENAMED = "a feature called otherwise"


def opened(workshop, rows, further="", **keys):
    write(workshop, "customer_id,occurred_at,feature" + (further and f",{further}"), *rows)
    tables = {"usage_events": {"path": "rows.csv", **keys}}
    return workshop.open(tables, as_of="2026-07-01")


@pytest.mark.parametrize(
    ("column", "cells", "rule", "kept"),
    [
        ("Minutes", ("0", "12", ""), "a use of nothing", 20),
        ("active_users", ("0", "0.0", "2"), "a use of nothing", 10),
        ("source", ("web", "cron", "Background job"), "use by a program", 10),
        ("User-Agent", ("Mozilla/5.0", "Googlebot/2.1", "Pingdom.com_bot"), "use by a program", 10),
    ],
)
def test_use_that_is_none(workshop, column, cells, rule, kept):
    rows = [f"c{n % 7},2026-06-{1 + n % 28:02d},chat,{cells[n % 3]}" for n in range(30)]
    [says] = said(opened(workshop, rows, column), rule)
    data = opened(workshop, rows, column, **offers(says)[0])
    assert data.inputs[0].rows == kept and not said(data, rule)


@pytest.mark.parametrize(
    ("column", "cells"),
    [("minutes", ("1", "12", "")), ("minutes", ("0", "0", "0")), ("user_agent", ("Mozilla/5.0", "Safari", "Robotics App"))],
)  # fmt: skip
def test_use_that_is_some(workshop, column, cells):
    rows = [f"c{n % 7},2026-06-{1 + n % 28:02d},chat,{cells[n % 3]}" for n in range(30)]
    data = opened(workshop, rows, column)
    assert not said(data, "a use of nothing") and not said(data, "use by a program")


def test_signs_of_life_are_no_use(workshop):
    rows = [
        f"c{n % 7},2026-06-{1 + n % 28:02d},{('chat', 'Heartbeat', 'page_ping')[n % 3]}"
        for n in range(30)
    ]
    [says] = said(opened(workshop, rows), "use by nobody")
    assert '20 rows are of "Heartbeat" and "page_ping"' in says
    data = opened(workshop, rows, **offers(says)[0])
    assert data.inputs[0].rows == 10 and not said(data, "use by nobody")
    assert not said(
        opened(workshop, [each.replace("chat", "ping") for each in rows]), "use by nobody"
    )


def used(feature, days, every=2, who="c"):
    return [f"{who}{n % 7},{FIRST + timedelta(days=n)},{feature}" for n in range(*days, every)]


def test_a_feature_that_is_called_otherwise(workshop):
    rows = [*used("report", (0, 80)), *used("Report viewed", (80, 180)), *used("chat", (0, 180))]
    [says] = said(opened(workshop, rows), RENAMED)
    assert '"report" is used until 2026-03-20 (40 rows) and "Report viewed" from 2026-03-22' in says
    data = opened(workshop, rows, **offers(says)[0])
    found = data.engine.collect(data.tables["usage_events"])["feature"]
    assert found.value_counts().to_dict() == {"Report viewed": 90, "chat": 90}
    assert not said(data, RENAMED)


@pytest.mark.parametrize(
    "rows",
    [
        [*used("a", (0, 80)), *used("b", (60, 180))],  # side by side for weeks
        [*used("a", (0, 80)), *used("b", (80, 180), who="k")],  # of other customers
        [*used("a", (0, 80)), *used("b", (120, 180))],  # long after
        [*used("a", (0, 80)), *used("b", (80, 180)), *used("d", (80, 180))],  # either of two
        [*used("a", (0, 160)), *used("b", (160, 180), 1)],  # only just over
        [*used("a", (0, 80)), *([*used("b", (80, 180), 1)] * 4)],  # far more used
    ],
)
def test_features_that_are_two(workshop, rows):
    assert not said(opened(workshop, [*rows, *used("chat", (0, 180))]), RENAMED)
