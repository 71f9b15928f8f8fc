"""The figures as CSV: the very text that pandas' own writer gives; and the digest of them all."""

import io
from datetime import date

import pandas as pd
import pytest
from pyarrow import parquet

from cs_lib.metrics.audit.cache import FRAMES
from cs_lib.metrics.coded_words import coded
from cs_lib.metrics.measures import Measures
from cs_lib.pack.run import figure_files
from cs_lib.pack.run.figure_files import (
    FLOATS,
    digest_of,
    with_ends_as_published,
    write_csv,
    write_parquet,
)

AWKWARD = pd.DataFrame(
    {
        "segment": ["plan=Pro,region=EMEA", 'the "big" ones', "two\nlines", "Ærø"],
        "cohort": pd.to_datetime(["2026-01-01", None, "2025-12-01", "2026-01-01"]),
        "value": [0.1 + 0.2, float("nan"), 1e-15, 123456789.123456789],
        "n": [3, 1, 2, 0],
        "old": pd.Series([None, "n/a", 2.5, "x"], dtype=object),
    }
)


def _csv(frame: pd.DataFrame) -> str:
    text = io.StringIO(newline="")
    write_csv(text, frame)
    return text.getvalue()


def test_it_is_what_pandas_writes():
    for frame in (AWKWARD, AWKWARD.drop(columns="old"), AWKWARD.iloc[:0]):
        ordered = frame.sort_values(list(frame.columns), kind="stable")
        assert _csv(frame) == ordered.to_csv(
            index=False, float_format=FLOATS, date_format="%Y-%m-%d", lineterminator="\n"
        )


def test_parquet_holds_the_same_figures_as_the_text(tmp_path):
    for frame in (AWKWARD, AWKWARD.iloc[:0]):
        (tmp_path / "m.csv").write_text(_csv(frame), encoding="utf-8", newline="")
        write_parquet(tmp_path / "m.csv", tmp_path / "m.parquet", frame)
        found = parquet.read_table(tmp_path / "m.parquet")
        assert _csv(found.to_pandas(date_as_object=False)) == _csv(frame)
        kinds = ["string", "date32[day]", "double", "int64", "string"]
        assert [str(field.type) for field in found.schema] == kinds


@pytest.mark.parametrize("rows", [1, 3])
def test_files_are_the_same_in_stretches_of_whatever_length(tmp_path, monkeypatch, rows):
    many = pd.concat([AWKWARD] * 3).reset_index(drop=True)
    text, digest = _csv(many), digest_of(measured(measures=many))
    monkeypatch.setattr(figure_files, "ROWS", rows)
    monkeypatch.setattr(figure_files, "ROWS_A_GROUP", rows)
    assert _csv(many) == _csv(coded(many.drop(columns="old")).assign(old=many["old"])) == text
    assert digest_of(measured(measures=many)) == digest
    (tmp_path / "m.csv").write_text(text, encoding="utf-8", newline="")
    write_parquet(tmp_path / "m.csv", tmp_path / "m.parquet", many)
    groups = parquet.ParquetFile(tmp_path / "m.parquet").metadata
    assert groups.num_row_groups == len(many) // rows
    assert _csv(parquet.read_table(tmp_path / "m.parquet").to_pandas(date_as_object=False)) == text


def measured(**frames) -> Measures:
    kept = {"measures": AWKWARD, "cohorts": AWKWARD, "curves": AWKWARD, **frames}
    return Measures(**kept, left_out={}, as_of=date(2026, 7, 1))


def test_the_digest_is_that_of_the_figures_to_the_digits_that_are_published():
    known = digest_of(measured())
    read = AWKWARD.assign(cohort=AWKWARD["cohort"].astype("datetime64[ms]"))
    dust = AWKWARD.assign(value=AWKWARD["value"] * (1 + 2e-16))
    assert not dust["value"].equals(AWKWARD["value"])
    assert digest_of(measured(measures=read, cohorts=dust)) == known
    for name in FRAMES:
        other = AWKWARD.assign(value=AWKWARD["value"] * (1 + 1e-11))
        same = digest_of(measured(**{name: AWKWARD}))
        assert digest_of(measured(**{name: other})) != same, name


def test_the_ends_of_intervals_do_not_hang_on_the_order_of_a_sum():
    """Squares are summed as floats: their last digits are not the same on two threads."""
    ends = AWKWARD.rename(columns={"value": "low"}).assign(opening_squared=AWKWARD["value"])
    other = ends.assign(
        low=ends["low"] * (1 + 1e-11), opening_squared=ends["opening_squared"] * (1 - 1e-11)
    )
    assert digest_of(measured(measures=ends)) == digest_of(measured(measures=other))
    far = ends.assign(low=ends["low"] * (1 + 1e-8))
    assert digest_of(measured(measures=far)) != digest_of(measured(measures=ends))
    told, again = (
        _csv(with_ends_as_published(each.drop(columns="opening_squared"))) for each in (ends, other)
    )
    assert told == again and ",123456789,0," in told
