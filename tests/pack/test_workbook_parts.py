"""The parts of the workbook that can be told without one: verdicts and number formats."""

import subprocess
import sys

import pytest

from cs_lib.pack.workbook.sheet import number_format
from cs_lib.pack.workbook.workbook_check import WorkbookCheck, overall
from cs_lib.report.text.formatting import Formatter
from cs_lib.vocabulary import COUNT, MONEY, PERCENT


def check(ours: float, recomputed: float, unit: str = COUNT) -> WorkbookCheck:
    return WorkbookCheck("what", "Movements", ours, "SUM(A1)", recomputed, unit)


@pytest.mark.parametrize(
    ("ours", "recomputed", "unit", "verdict"),
    [
        (997, 997, COUNT, "PASS"),
        (997, 998, COUNT, "FAIL"),
        (254882.33, 254882.334, MONEY, "PASS"),
        (254882.33, 254882.34, MONEY, "FAIL"),
        (0.0176, 0.0177, PERCENT, "FAIL"),
        (0.0176, float("nan"), PERCENT, "FAIL"),
    ],
)
def test_a_check_passes_within_its_tolerance_alone(ours, recomputed, unit, verdict):
    assert check(ours, recomputed, unit).verdict == verdict


def test_one_failed_check_fails_the_whole():
    assert overall([check(1, 1), check(1, 2)]) == "FAIL: 1 of 2 checks differ"
    assert overall([check(1, 1), check(2, 2)]) == "PASS: all 2 checks agree"


@pytest.mark.parametrize(
    ("currency", "locale", "expected"),
    [
        ("USD", "en_US", '"$"#,##0.00'),
        ("EUR", "de_DE", '"€"#,##0.00'),
        ("SEK", "sv_SE", '"SEK\u00a0"#,##0.00'),
        ("JPY", "ja_JP", '"¥"#,##0'),
        ("NGN", "en_NG", '"₦"#,##0.00'),
    ],
)
def test_money_is_written_in_the_editions_currency(currency, locale, expected):
    assert number_format(Formatter(currency, locale), MONEY, cents=True) == expected


@pytest.mark.parametrize(("locale", "letter"), [("en_US", True), ("es_CL", True), ("de_DE", False)])
def test_workbook_and_pdf_print_on_the_paper_of_the_locale(locale, letter):
    assert Formatter("USD", locale).prints_on_letter is letter


def test_what_writes_a_pack_does_not_load_what_draws():
    """Reports are drawn in processes of their own; here it would cost every run a second."""
    asked = "import sys, cs_lib.pack.run.run, cs_lib.pack.workbook; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    assert "cs_lib.pack.workbook.sheet" in loaded.stdout.split(), loaded.stderr
    assert not {"matplotlib", "seaborn", "cs_lib.kit"} & set(loaded.stdout.split())
