"""Names, counts and defaults that the README states are those of the code."""

import re
from datetime import date
from pathlib import Path

import pytest

from cs_lib import crash, errors
from cs_lib.__main__ import cli
from cs_lib.data.contract import tables as contract
from cs_lib.data.engines.dialect import spark_pattern
from cs_lib.edition import read_edition
from cs_lib.errors import DataError, EditionError
from cs_lib.metrics.frame_columns import CURVES
from cs_lib.pack.run.choices import choose_period

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: the same without its line breaks
WORDS = " ".join(README.split())
ROW = re.compile(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def names(cell: str) -> set[str]:
    return set(re.findall(r"[a-z_]{3,}", re.sub(r"\(.*?\)|your segments|plan…", "", cell)))


def test_the_tables_and_columns_are_those_of_the_contract():
    stated = {table: (needed, useful) for table, needed, useful in ROW.findall(README)}
    assert list(stated) == [each.name for each in contract.TABLES]
    for table in contract.TABLES:
        needed, useful = map(names, stated[table.name])
        assert needed == {each.name for each in table.columns if each.required or each.present}
        assert useful <= {each.name for each in table.columns} - needed


def test_the_exit_statuses_are_those_of_the_errors():
    [said] = re.findall(r"The exit status is 0 .+? full report\.", WORDS)
    kinds = (
        errors.EditionError,
        errors.DataError,
        errors.ReportError,
        errors.ReconciliationError,
        errors.PlaceError,
        errors.MailError,
    )
    statuses = [0, *(each.exit_status for each in kinds), crash.UNEXPECTED]
    assert [int(each) for each in re.findall(r"\d+", said)] == statuses


def test_the_default_of_the_timeout():
    [timeout] = [each for each in cli.commands["run"].params if each.name == "timeout"]
    assert f"({timeout.default:.0f} s by default)" in WORDS


def test_a_week_needs_its_grain():
    monthly = read_edition("sample", root=ROOT)
    weekly = monthly.model_copy(update={"grains": ("month", "week")})
    asked = {"as_of": date(2026, 7, 1), "first": date(2023, 7, 1)}
    assert str(choose_period(weekly, "2026-W24", **asked)) == "2026-W24"
    with pytest.raises(EditionError, match="Add week to its grains"):
        choose_period(monthly, "2026-W24", **asked)


def test_a_curve_has_no_period():
    assert not {"period", "period_start", "grain"} & set(CURVES)


def test_a_format_with_a_zone_is_refused_on_spark():
    with pytest.raises(DataError, match="cannot be read on Spark, which has nothing for %z"):
        spark_pattern("%d.%m.%Y %H:%M %z")
