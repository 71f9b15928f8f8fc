"""The workbook: live arithmetic that LibreOffice recomputes to the same figures, and text that stays text."""

import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tiny_company import PERIOD, PLANS, company
from workbook_cells import Cell, cells

from cs_lib.pack.run.figure_files import as_published
from cs_lib.pack.workbook import write_workbook

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice recomputes the workbook, and it is not installed"
)
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return company(root, "subscriptions", "survey_responses", "acquisition_costs").after_a_pack()


@pytest.fixture(scope="module")
def path(tiny):
    """The workbook, written once for those who only read it."""
    return tiny.workbook()


@pytest.fixture(scope="module")
def written(path):
    """Its cells, by sheet."""
    return cells(path)


# ---------------------------------------------------------------- reading a workbook


def verdicts(sheets) -> list[str]:
    return [cell.value for cell in sheets["Checks"].values() if cell.value in ("PASS", "FAIL")]


def changed(path: Path, sheet: str, to: Path) -> Path:
    """A copy with the largest typed figure beneath a sheet's head raised by one."""
    names = list(cells(path))
    part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
    pattern = re.compile(r'<c r="[B-Z]+(?:[6-9]|\d\d+)" s="\d+"><v>([^<]+)</v>')
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(to, "w") as copy:
        for name in book.namelist():
            text = book.read(name)
            if name == part:
                xml = text.decode()
                found = max(pattern.finditer(xml), key=lambda each: float(each[1]))
                more = f"<v>{float(found[1]) + 1}</v>"
                start, end = found.span()
                text = xml[:start] + found[0].replace(f"<v>{found[1]}</v>", more) + xml[end:]
            copy.writestr(name, text)
    return to


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """`recalculated(path, ...)`: the workbooks as LibreOffice has them after computing all formulas."""
    profile = tmp_path_factory.mktemp("libreoffice")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE)

    def convert(*paths: Path) -> list[dict]:
        out = tmp_path_factory.mktemp("recalculated")
        command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", str(out), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return [cells(out / path.name) for path in paths]

    return convert


# ---------------------------------------------------------------- recomputed


@needs_libreoffice
def test_every_check_passes_and_every_formula_had_its_value_already(path, written, recalculated):
    (after,) = recalculated(path)
    assert set(verdicts(after)) == {"PASS"} and len(verdicts(after)) > 40
    formulas = 0
    for sheet, before in written.items():
        for address, cell in before.items():
            if cell.formula is None:
                continue
            formulas += 1
            now = after[sheet][address].value
            same = cell.value == now or float(cell.value) == pytest.approx(float(now), abs=1e-9)
            assert same, (
                f"{sheet}!{address}: {cell.formula} gives {now}, and {cell.value} was written"
            )
    assert formulas > 400


@needs_libreoffice
def test_a_changed_figure_on_any_sheet_fails_a_check(tiny, path, recalculated):
    sheets = ["Scorecard", "Movements", "Cohorts", "Survey", "History", "Restated", "Measures"]
    copies = [changed(path, sheet, tiny.root / f"{sheet}.xlsx") for sheet in sheets]
    for sheet, after in zip(sheets, recalculated(*copies), strict=True):
        assert "FAIL" in verdicts(after), sheet
        assert after["Checks"]["A4"].value.startswith("FAIL: "), sheet
        assert after["Scorecard"]["K2"].value.startswith("FAIL: "), sheet


@needs_libreoffice
@pytest.mark.parametrize(
    ("tables", "absent"),
    [
        (("survey_responses",), {"Movements", "Cohorts"}),
        (("orders",), {"Survey"}),
        (("acquisition_costs",), {"Movements", "Cohorts", "Survey"}),
    ],
    ids=lambda each: "-".join(sorted(each)),
)
def test_an_edition_with_few_tables_has_fewer_sheets(tables, absent, tmp_path, recalculated):
    path = company(tmp_path / "few", *tables).workbook()
    (after,) = recalculated(path)
    every = {"Scorecard", "Movements", "Cohorts", "Survey", "History", "Measures"}
    assert set(after) == (every | {"Definitions", "Checks"}) - absent
    assert set(verdicts(after)) == {"PASS"}
    notes = " ".join(cell.value for cell in after["Scorecard"].values())
    assert all(f"the sheet {name} (needs" in notes for name in absent)
    assert "the sheet Restated (no pack of this edition was published before)" in notes


# ---------------------------------------------------------------- written


def test_every_check_passes_as_written(written):
    found = verdicts(written)
    assert set(found) == {"PASS"} and len(found) > 40


def test_a_control_total_is_the_sum_of_the_cells_that_its_formula_names(written):
    """Without LibreOffice: whoever names a range and whoever adds it up agree on its cells."""
    totals = [c for c in written["Checks"].values() if (c.formula or "").startswith("SUM(")]
    for cell in totals:
        named = re.findall(r"(\w+)!\$([A-Z]+)\$(\d+)(?::\$([A-Z]+)\$(\d+))?", cell.formula)
        inside = [
            float(each.value)
            for sheet, left, top, right, bottom in named
            for address, each in written[sheet].items()
            if each.kind == "n"
            and column(left) <= column(address.rstrip("0123456789")) <= column(right or left)
            and int(top) <= int(address.lstrip(LETTERS)) <= int(bottom or top)
        ]
        assert float(cell.value) == pytest.approx(sum(inside), abs=1e-6), cell.formula
    assert len(totals) == 8


def column(letters: str) -> tuple[int, str]:
    """What columns are ordered by."""
    return len(letters), letters


def test_the_same_figures_give_the_same_bytes(tiny, path):
    assert tiny.workbook("again.xlsx").read_bytes() == path.read_bytes()


def test_text_from_the_data_stays_text(written):
    everything = [cell for sheet in written.values() for cell in sheet.values()]
    for plan in PLANS:
        holding = [cell for cell in everything if plan in cell.value and cell.kind == "s"]
        assert holding and not any(cell.formula for cell in holding)
    assert written["Scorecard"]["A1"] == Cell("=Tiny & Sons", None, "s")
    assert not any("HYPERLINK" in (cell.formula or "") for cell in everything)


def test_restated_figures_are_listed_with_their_cause_the_latest_first(written):
    sheet = written["Restated"]
    assert sheet["A3"].value.startswith("4 figures published in the pack of May 2026 are restated.")
    assert sheet["D5"].value == "In the pack of May 2026"
    figures, periods = ([sheet[f"{column}{row}"].value for row in range(6, 10)] for column in "AC")
    assert periods == ["May 2026", "May 2026", "May 2026", "Apr 2026"]
    assert figures == ["MRR", "MRR", "Sunk metric (old rule)", "Customer churn rate"]
    assert sheet["B7"].value == f"plan {PLANS[0]}", "a plan that looks like a formula"
    assert [sheet[f"{c}6"].value for c in "DEFG"] == [
        "100",
        "150.25",
        "50.25",
        "late rows (1 in x)",
    ]
    assert sheet["F6"].formula == "E6-D6"
    assert sheet["F9"].formula == "100*(E9-D9)" and float(sheet["F9"].value) == pytest.approx(10.0)
    assert "E8" not in sheet and "F8" not in sheet, "what is not there any more has no figure"


def test_a_pack_that_restates_nothing_says_so(tiny):
    same = replace(tiny, measures=replace(tiny.measures, restated=tiny.measures.restated.iloc[:0]))
    said = cells(same.workbook("same.xlsx"))["Restated"]["A3"].value
    assert said.startswith("No figure published in the pack of May 2026 has changed.")


def test_the_workbook_points_each_rule_its_own_way(written):
    sheet = written["Definitions"]
    rows = {cell.value: address[1:] for address, cell in sheet.items() if address[0] == "J"}
    assert sheet[f"D{rows['customer_churn_rate, snapshot']}"].value == "lower"
    assert sheet[f"D{rows['ces, share_easy']}"].value == "higher"


def test_text_like_a_formula_is_marked_so_that_editing_leaves_it_text(path):
    with zipfile.ZipFile(path) as book:
        assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()


def test_the_measures_are_a_filtered_table_under_a_frozen_head(tiny, path, written):
    number = list(written).index("Measures") + 1
    with zipfile.ZipFile(path) as book:
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        table = book.read("xl/tables/table1.xml").decode()
    rows = tiny.measures.measures
    many = (rows["grain"].eq("month") & rows["period_start"].eq("2026-06-01")).sum()
    assert f'<autoFilter ref="A5:N{5 + many}"' in table
    assert 'state="frozen"' in sheet and 'orientation="landscape"' in sheet


def test_every_metric_of_the_edition_is_defined(tiny, written):
    told = {cell.value for cell in written["Definitions"].values()}
    rows = tiny.measures.measures[["metric", "variant"]].drop_duplicates()
    assert {f"{metric}, {variant}" for metric, variant in rows.itertuples(index=False)} <= told


def test_the_workbook_is_the_same_whatever_the_last_digits_are(tiny, tmp_path):
    """Ends of intervals hang in their last digits on the order in which an engine adds up; the sheets hold numbers."""
    frame = tiny.measures.measures
    ends = {name: frame[name] * (1 + 3e-13) for name in ("low", "high")}
    dust = replace(tiny.measures, measures=frame.assign(**ends, value=frame["value"] * (1 + 3e-16)))
    assert not dust.measures["low"].equals(frame["low"])
    for name, each in (("a", tiny.measures), ("b", dust)):
        write_workbook(tmp_path / name, as_published(each), tiny.edition, PERIOD)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
