"""Features that a segment uses less than others do: by hand, against scipy, hidden where few, and on the sample."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from cs_lib.judgement.series import Series
from cs_lib.judgement.white_space import white_space
from cs_lib.kit import kit_room
from cs_lib.period import Period, Segment
from cs_lib.report.display import LeftOut

JUNE = Period.parse("2026-06")


@dataclass
class Edition:
    segments: tuple = ("plan",)
    min_n: int = 5
    confidence: float = 0.95

    def split_name(self, column):
        return column


@dataclass
class Few:
    """Figures of adoption in one month: by plan and feature, how many used it and how many used anything."""

    cells: dict
    edition: Edition = field(default_factory=Edition)

    def segments(self, name, by, grain):
        return [f"plan={plan},feature={feature}" for plan, feature in self.cells]

    def series(self, name, by, segment, *, grain):
        pairs = dict(each.split("=") for each in segment.split(","))
        rows = [
            counts
            for (plan, feature), counts in self.cells.items()
            if feature == pairs["feature"] and pairs.get("plan", plan) == plan
        ]
        k, n = np.sum(rows, axis=0)
        one = pd.DataFrame(
            {"period_start": [pd.Timestamp(JUNE.start)], "status": ["ok"]}
            | {"numerator": [k], "denominator": [n], "n": [n], "value": [k / n]}
            | {"low": [np.nan], "high": [np.nan]}
        )
        return Series.of(one)


def room(cells, segment="all"):
    return white_space(Few(cells), Segment.parse(segment), JUNE)


def test_who_lacks_what_others_use_is_counted():
    """Of 100 on Solo 20 use it, of 200 elsewhere 120: 60% of 100 would be 40 more. Notes are used alike."""
    cells = {
        ("Solo", "export"): (20, 100),
        ("Team", "export"): (120, 200),
        ("Solo", "notes"): (50, 100),
        ("Team", "notes"): (100, 200),
    }
    [found] = room(cells)
    assert (found.feature, found.segment_by, found.segment) == ("export", "plan", "plan=Solo")
    assert (found.lack, found.share, found.rest, found.more) == pytest.approx((80, 0.2, 0.6, 40))
    assert room(cells, "plan=Solo") == [found] and room(cells, "plan=Team") == []


@pytest.mark.parametrize("uses", [8, 9, 10, 11, 12, 13])
def test_chance_is_ruled_out_as_scipy_does(uses):
    """Four cells, of which two are the same table seen from either side; the least p-value is held against 5% of four."""
    cells = {("Solo", "x"): (uses, 50), ("Team", "x"): (60, 150)}
    p = fisher_exact([[uses, 50 - uses], [60, 90]], alternative="less").pvalue * 2
    assert bool(room(cells)) == (p <= 0.05 / 2)


def test_a_group_that_is_too_small_is_not_told_of():
    assert room({("Solo", "x"): (0, 4), ("Team", "x"): (190, 200)}) is None
    # all but four use it: these four are not told of, nor those who stand against them
    assert room({("Solo", "x"): (196, 200), ("Team", "x"): (4, 4)}) is None


def test_the_samples_solo_plan_uses_reminders_less(sample):
    said, table = kit_room.shown(sample().selection)
    assert "Reminders in plan Solo, which 43.9% use, and 59.4% elsewhere" in str(said)
    assert "185 of the 330 active customers there lack it; 51 of them would use it" in str(said)
    row = table.data.iloc[0]
    frame = sample().frame("feature_adoption", by="feature").set_index("segment")
    every = frame.loc["feature=Reminders"]
    assert row["uses"] + row["rest_uses"] == every["numerator"]
    assert row["active"] + row["rest_active"] == every["denominator"]
    # the same cells, and no others, in the segment's own report
    [_, own] = kit_room.shown(sample(segment="plan=Solo").selection)
    mine = table.data[table.data["segment"] == "plan=Solo"]
    assert own.data.reset_index(drop=True).equals(mine.reset_index(drop=True))


def test_where_nothing_is_used_less_that_is_said(sample):
    [said] = kit_room.shown(sample(segment="region=APAC").selection)
    assert not isinstance(said, LeftOut)
    assert str(said).startswith("Customers of region APAC use no feature clearly less"), (
        "that Solo does is said on another page"
    )
