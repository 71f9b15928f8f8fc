"""Which bands of risk are shown, told together or hidden: nobody's band may be had by subtraction."""

import pandas as pd

from cs_lib.metrics.models.band_cells import SUMS, shown_bands

NAMES = ["low", "usual", "raised", "high"]


def shown(**counts):
    """Segment → band → customers, None where hidden; `all` is their sum."""
    counts["all"] = [sum(each) for each in zip(*counts.values(), strict=True)]
    rows = [
        {
            "month": pd.Timestamp("2026-07-01"),
            "segment_by": "all" if name == "all" else "plan",
            "segment": name if name == "all" else f"plan={name}",
            "band": band,
            **dict.fromkeys(SUMS, float(many)),
        }
        for name, own in counts.items()
        for band, many in zip(NAMES, own, strict=True)
        if many
    ]
    found = shown_bands(pd.DataFrame(rows), NAMES, 5)
    assert (found["customers"].isna() == found["status"].eq("suppressed")).all()
    assert found["mrr"].equals(found["customers"])
    by_segment: dict = {}
    for row in found.to_dict("records"):
        own = by_segment.setdefault(row["segment"].removeprefix("plan="), {})
        own[row["band"]] = row["customers"] if row["status"] == "ok" else None
    return by_segment


def test_bands_of_enough_customers_are_shown_as_they_are():
    found = shown(Solo=[99, 131, 80, 40], Network=[138, 11, 0, 6])
    assert found["Solo"] == {"low": 99, "usual": 131, "raised": 80, "high": 40}
    assert found["Network"] == {"low": 138, "usual": 11, "high": 6}


def test_few_are_told_with_the_next_band_and_so_are_those_that_would_tell_of_them():
    found = shown(Solo=[99, 131, 80, 40], Practice=[224, 208, 34, 26], Network=[138, 11, 3, 4])
    assert found["Network"] == {"low": 138, "usual": 11, "raised to high": 7}
    assert found["Practice"] == {"low": 224, "usual": 208, "raised to high": 60}
    assert found["Solo"] == {"low": 99, "usual": 131, "raised": 80, "high": 40}
    assert found["all"] == {"low": 461, "usual": 350, "raised": 117, "high": 70}


def test_one_band_of_few_takes_the_smaller_neighbour_along():
    found = shown(Solo=[50, 50, 50, 50], Practice=[60, 60, 60, 60], Network=[90, 2, 8, 9])
    assert found["Network"] == {"low": 90, "usual to raised": 10, "high": 9}
    assert found["Solo"] == {"low": 50, "usual to raised": 100, "high": 50}
    assert found["Practice"] == {"low": 60, "usual": 60, "raised": 60, "high": 60}


def test_a_segment_of_few_is_hidden_whole_and_the_next_one_with_it():
    found = shown(Solo=[50, 50, 50, 50], Practice=[60, 60, 60, 60], Tiny=[1, 1, 1, 0])
    assert set(found["Tiny"].values()) == set(found["Solo"].values()) == {None}
    assert sum(found["Practice"].values()) == 240
    assert found["all"]["low"] == 111


def test_every_band_that_is_not_shown_of_one_is_not_shown_of_another():
    found = shown(A=[50, 40, 30, 20], B=[60, 3, 20, 10], C=[9, 9, 9, 1], D=[100, 90, 80, 70])
    for band in NAMES:
        alone = [name for name in "ABCD" if band in found[name]]
        assert len(alone) != 3, (band, found)
