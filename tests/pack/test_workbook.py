"""The workbook: live arithmetic that LibreOffice recomputes to the same figures, and text that stays text."""

import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.metrics.store import compute
from cs_lib.pack.workbook import write_workbook
from cs_lib.period import Period

SOFFICE = shutil.which("soffice")
needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice recomputes the workbook, and it is not installed"
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
PERIOD = Period.parse("2026-06")
PLANS = ('=HYPERLINK("http://x","y")', "+Pro", "-1", "@SUM(A1)")
EDITION = """
company: "=Tiny & Sons"
as_of: 2026-07-01
history_starts: 2025-01-01
data: data
tables: {tables}
segments: [plan]
definitions: {{gross_margin: 0.8, ces: {{scale: [1, 7], direction: higher, easy: [5, 7]}}}}
targets: {{customer_churn_rate: 0.02, nps: 30, cac: 100}}
"""
TABLES = {
    "subscriptions": "subscriptions.csv",
    "survey_responses": "surveys.csv",
    "acquisition_costs": "costs.csv",
    "orders": "orders.csv",
}


# ---------------------------------------------------------------- a small company


def subscriptions() -> pd.DataFrame:
    """Sixty customers who join month by month; some leave, some return, some pay more or move."""
    rows = []
    for i in range(60):
        start = pd.Timestamp("2025-01-01") + pd.DateOffset(months=i % 17)
        end = start + pd.DateOffset(months=3 + i % 5) if i % 3 == 0 else None
        plan, mrr = PLANS[i % 4], 20 + 7 * (i % 6) + 0.25
        rows.append((f"c{i}", start, end, mrr, plan))
        if i % 6 == 0:
            rows.append((f"c{i}", end + pd.DateOffset(months=2), None, mrr + 5, PLANS[(i + 1) % 4]))
        if i % 7 == 0:
            rows.append((f"c{i}", start + pd.DateOffset(months=2), None, 10, plan))
    frame = pd.DataFrame(rows, columns=["customer_id", "start_date", "end_date", "mrr", "plan"])
    return frame[frame["start_date"] < "2026-07-01"]


def surveys() -> pd.DataFrame:
    scales = {"nps": (0, 11), "csat": (1, 5), "ces": (1, 7)}
    rows = [
        (f"c{i}", f"r{i}", instrument, low + (i * 7 % 11 * (i % 3 + 1)) % many, when)
        for instrument, (low, many) in scales.items()
        for i in range(45)
        for when in ("2026-05-10", "2026-06-12")
    ]
    rows.append(("c1", "r99", "nps", 6.5, "2026-06-12"))
    columns = ["customer_id", "respondent_id", "instrument", "score", "responded_at"]
    return pd.DataFrame(rows, columns=columns)


def costs() -> pd.DataFrame:
    months = pd.date_range("2025-01-01", "2026-06-01", freq="MS")
    spent = [400 + 13 * i for i in range(len(months))]
    return pd.DataFrame({"month": months, "amount": spent, "category": "marketing"})


def orders() -> pd.DataFrame:
    rows = [
        (
            f"c{i}",
            pd.Timestamp("2025-02-03") + pd.DateOffset(months=(i + k) % 17),
            30 + i,
            f"{i}-{k}",
        )
        for i in range(40)
        for k in range(1 + i % 4)
    ]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount", "order_id"])


FRAMES = {
    "subscriptions": subscriptions,
    "survey_responses": surveys,
    "acquisition_costs": costs,
    "orders": orders,
}


@dataclass(frozen=True)
class Company:
    """An edition in a folder, with its measures."""

    edition: object
    measures: object
    root: Path

    def workbook(self, name: str = "pack.xlsx") -> Path:
        write_workbook(self.root / name, self.measures, self.edition, PERIOD)
        return self.root / name


def company(root: Path, *tables: str) -> Company:
    (root / "params").mkdir(parents=True)
    (root / "data").mkdir()
    for name in tables:
        FRAMES[name]().to_csv(root / "data" / TABLES[name], index=False)
    given = ", ".join(f"{name}: {TABLES[name]}" for name in tables)
    text = EDITION.format(tables="{" + given + "}")
    if "subscriptions" not in tables:
        text = text.replace("segments: [plan]\n", "")
    (root / "params" / "tiny.yaml").write_text(text)
    edition = read_edition("tiny", root=root)
    return Company(edition, compute(edition, root=root), root)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("tiny")
    return company(root, "subscriptions", "survey_responses", "acquisition_costs")


# ---------------------------------------------------------------- reading a workbook


@dataclass(frozen=True)
class Cell:
    value: str
    formula: str | None
    kind: str


def cells(path: Path) -> dict[str, dict[str, Cell]]:
    """Every cell that has a value, by sheet and address."""
    with zipfile.ZipFile(path) as book:
        shared = [
            "".join(part.text or "" for part in item.iter(f"{MAIN}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        return {
            name.get("name"): _cells_of(book.read(f"xl/worksheets/sheet{number}.xml"), shared)
            for number, name in enumerate(names, start=1)
        }


def _cells_of(xml: bytes, shared: list[str]) -> dict[str, Cell]:
    found = {}
    for cell in ElementTree.fromstring(xml).iter(f"{MAIN}c"):
        value, kind = cell.findtext(f"{MAIN}v"), cell.get("t", "n")
        if value is not None:
            text = shared[int(value)] if kind == "s" else value
            found[cell.get("r")] = Cell(text, cell.findtext(f"{MAIN}f"), kind)
    return found


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
def test_every_check_passes_and_every_formula_had_its_value_already(tiny, recalculated):
    path = tiny.workbook("whole.xlsx")
    written, (after,) = cells(path), recalculated(path)
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
def test_a_changed_figure_on_any_sheet_fails_a_check(tiny, recalculated):
    path = tiny.workbook("before.xlsx")
    sheets = ["Scorecard", "Movements", "Cohorts", "Survey", "History", "Measures"]
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


# ---------------------------------------------------------------- written


def test_the_same_figures_give_the_same_bytes(tiny):
    assert tiny.workbook("a.xlsx").read_bytes() == tiny.workbook("b.xlsx").read_bytes()


def test_text_from_the_data_stays_text(tiny):
    sheets = cells(tiny.workbook())
    everything = [cell for sheet in sheets.values() for cell in sheet.values()]
    for plan in PLANS:
        holding = [cell for cell in everything if plan in cell.value and cell.kind == "s"]
        assert holding and not any(cell.formula for cell in holding)
    assert sheets["Scorecard"]["A1"] == Cell("=Tiny & Sons", None, "s")
    assert not any("HYPERLINK" in (cell.formula or "") for cell in everything)


def test_text_like_a_formula_is_marked_so_that_editing_leaves_it_text(tiny):
    with zipfile.ZipFile(tiny.workbook()) as book:
        assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()


def test_the_measures_are_a_filtered_table_under_a_frozen_head(tiny):
    path = tiny.workbook()
    number = list(cells(path)).index("Measures") + 1
    with zipfile.ZipFile(path) as book:
        sheet = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        table = book.read("xl/tables/table1.xml").decode()
    rows = tiny.measures.measures
    many = (rows["grain"].eq("month") & rows["period_start"].eq("2026-06-01")).sum()
    assert f'<autoFilter ref="A5:N{5 + many}"' in table
    assert 'state="frozen"' in sheet and 'orientation="landscape"' in sheet


def test_every_metric_of_the_edition_is_defined(tiny):
    told = {cell.value for cell in cells(tiny.workbook())["Definitions"].values()}
    rows = tiny.measures.measures[["metric", "variant"]].drop_duplicates()
    assert {f"{metric}, {variant}" for metric, variant in rows.itertuples(index=False)} <= told
