"""The figures as CSV: the very text that pandas' own writer gives."""

import pandas as pd

from cs_lib.pack.run.figure_files import FLOATS, _csv

AWKWARD = pd.DataFrame(
    {
        "segment": ["plan=Pro,region=EMEA", 'the "big" ones', "two\nlines", "Ærø"],
        "cohort": pd.to_datetime(["2026-01-01", None, "2025-12-01", "2026-01-01"]),
        "value": [0.1 + 0.2, float("nan"), 1e-15, 123456789.123456789],
        "n": [3, 1, 2, 0],
        "old": pd.Series([None, "n/a", 2.5, "x"], dtype=object),
    }
)


def test_it_is_what_pandas_writes():
    for frame in (AWKWARD, AWKWARD.drop(columns="old"), AWKWARD.iloc[:0]):
        ordered = frame.sort_values(list(frame.columns), kind="stable")
        assert _csv(frame) == ordered.to_csv(
            index=False, float_format=FLOATS, date_format="%Y-%m-%d", lineterminator="\n"
        )
