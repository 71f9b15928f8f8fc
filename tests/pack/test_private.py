"""What is meant for the analyst alone is never inside the pack."""

import zipfile
from dataclasses import replace

import pandas as pd

from cs_lib.metrics.frame_columns import RISK

ACCOUNTS = pd.DataFrame(
    {
        "customer_id": ["ada@example.org", "=cmd|ada@"],
        "chance": [0.31, 0.2],
        "mrr": [120.0, 80.0],
        "expected_mrr": [37.2, 16.0],
        "band": ["high", "raised"],
        "last_used": pd.to_datetime(["2026-05-01 10:00", None]),
        "waits_since": pd.to_datetime(["2026-05-20", None]),
        "reasons": ["use;score;term", "term"],
        "is use": ["0 days", "over 9 days"],
        "is score": ["detractor", "promoter"],
        "is term": ["term ends", "monthly"],
    }
)
RISK = pd.DataFrame(
    {"month": [pd.Timestamp("2026-06-01")], "segment_by": ["all"], "segment": ["all"]}
).reindex(columns=RISK)


def test_accounts_at_risk_lie_beside_the_pack_for_their_owner_alone(project, run, measures):
    """With the reasons that count against staying, and nothing that a spreadsheet takes for a formula."""
    project.notebook("scorecard", project.says)
    run(replace(measures(), accounts=ACCOUNTS, risk=RISK))
    place = project.pack.parent / "2026-05.accounts.csv"
    assert place.stat().st_mode & 0o777 == 0o600
    told = "no use for 31 days; detractor; term ends in June"
    assert place.read_text().splitlines()[1:] == [
        f"ada@example.org,2026-06,high,0.3100,120.00,37.20,{told},2026-05-20",
        "'=cmd|ada@,2026-06,raised,0.2000,80.00,16.00,,",
    ]


def test_accounts_of_another_month_are_not_told(project, run, measures):
    project.notebook("scorecard", project.says)
    run(replace(measures(), accounts=ACCOUNTS, risk=RISK))
    later = RISK.assign(month=pd.Timestamp("2026-07-01"))
    run(replace(measures(), accounts=ACCOUNTS, risk=later), force=True)
    assert not (project.pack.parent / "2026-05.accounts.csv").exists()


def test_no_notebook_is_handed_an_account(project, run, measures):
    """A hostile notebook looks for them in all that it can reach through the kit."""
    tries = "from cs_lib import open_kit\nkit = open_kit(edition, period, segment)"
    looks = "print(kit.selection.measures.accounts.to_string(), kit.selection.measures.data)"
    project.notebook("scorecard", tries, looks)
    run(replace(measures(), accounts=ACCOUNTS, risk=RISK))
    copy = (project.pack / "notebooks" / "scorecard--all.ipynb").read_text()
    assert "Empty DataFrame" in copy and "ada@" not in copy


def test_nothing_of_a_row_is_in_any_file_of_a_pack(project, run, measures):
    project.notebook("scorecard", project.says)
    says = 'subscriptions: customer_id "ada@example.org" is in two rows.'
    given = measures(
        warnings=[("overlapping subscription", says, 2)], rejects=[("wrong fields", 1)]
    )
    run(replace(given, accounts=ACCOUNTS, risk=RISK))
    manifest = (project.pack / "manifest.json").read_text()
    assert "overlapping subscription (2 rows)" in manifest
    for path in project.pack.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                assert not [name for name in book.namelist() if b"ada@" in book.read(name)]
        elif path.suffix == ".parquet":
            assert "ada@" not in pd.read_parquet(path).to_csv()
        elif path.is_file():
            assert b"ada@" not in path.read_bytes(), path
