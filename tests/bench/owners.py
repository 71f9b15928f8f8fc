"""The books of customer-success managers: a report and a book on one sheet for each of 50, 100 and 200 owners.

    python tests/bench/owners.py --owners 50,100,200 --pdf

Every owner has as many customers as any other. Each line gives the processor time of the whole run, its
children included, and the power of the number of owners that it grew by since the line above; with --pdf every
sheet is printed, and the pages of all of them are counted.
"""

import argparse
import math
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from paired import run

from cs_lib.pack.pages.book_pdf import page_count

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS, MONTHS = 40, 30
NOTEBOOK, PERIOD = "risk_and_renewals", "2026-06"
EDITION = """
company: Many
as_of: 2026-07-01
tables: {customers: customers.csv, subscriptions: subscriptions.csv}
segments: [plan, owner]
reports: {segments: [all, 'owner=*']}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--owners", default="50,100,200")
    parser.add_argument("--pdf", action="store_true")
    asked = parser.parse_args()
    before: tuple[int, float] | None = None
    for count in (int(each) for each in asked.owners.split(",")):
        seconds, peak, books = made(count, pdf=asked.pdf)
        grown = ""
        if before:
            power = math.log(seconds / before[1]) / math.log(count / before[0])
            grown = f", grown by the power {power:.2f}"
        print(
            f"{count} owners: {books}, {seconds:.0f} s of the processors, {peak:.2f} GB{grown}",
            flush=True,
        )
        before = count, seconds


def made(count: int, *, pdf: bool) -> tuple[float, float, str]:
    """Seconds, peak memory and how many books of one owner a run has published, and on how many pages."""
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), count)
        os.chdir(root)
        command = ["-m", "cs_lib", "run", "many", "--period", PERIOD, "--notebook", NOTEBOOK]
        found = run([*command, "--pdf"] if pdf else command)
        pack = root / "reports" / "many" / PERIOD
        reports = len(list(pack.glob(f"{NOTEBOOK}--owner-*.html")))
        sheets = len(list(pack.glob("owner-*.html")))
        printed = [page_count(each) for each in pack.glob("owner-*.pdf")]
        os.chdir(ROOT)
    books = f"{reports} reports, {sheets} sheets"
    if pdf:
        books += f" printed on {sum(printed)} pages in {len(printed)} documents"
    return found.busy, found.peak_gb, books


def written(root: Path, count: int) -> Path:
    """A project with the shipped notebooks, and a company of so many owners."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    (root / "params").mkdir()
    (root / "params" / "many.yaml").write_text(EDITION, encoding="utf-8")
    draw, many = np.random.default_rng(1), count * CUSTOMERS
    joined = np.datetime64("2024-01-01") + draw.integers(0, MONTHS * 30, many)
    ends = joined + draw.integers(30, 1500, many)
    known = ends < np.datetime64("2026-07-01")
    customer = [f"C{number:06}" for number in range(many)]
    subscriptions = {
        "customer_id": customer,
        "start_date": joined,
        "end_date": np.where(known, ends.astype(str), ""),
        "mrr": draw.integers(20, 400, many),
        "plan": draw.choice(["Solo", "Practice"], many),
    }
    owners = [f"Owner{number % count:03}" for number in range(many)]
    customers = {"customer_id": customer, "signed_up_on": joined, "owner": owners}
    pd.DataFrame(subscriptions).to_csv(root / "subscriptions.csv", index=False)
    pd.DataFrame(customers).to_csv(root / "customers.csv", index=False)
    return root


if __name__ == "__main__":
    main()
