"""An owner's customers have rates of the months in which they were that owner's: of those before, who left or who
stayed is what is left."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import small

from cs_lib.edition import read_edition
from cs_lib.judgement.judgement import Judgement
from cs_lib.kit.kit import Kit
from cs_lib.kit.kit_front import front_page
from cs_lib.kit.selection import Selection
from cs_lib.metrics.audit.cache import compute
from cs_lib.metrics.compute.owner_rates import AT_OPENING, theirs_since
from cs_lib.period import Period, Segment
from cs_lib.vocabulary import HANDED_OVER

MONTHS = [f"2025-{month:02d}-01" for month in range(1, 13)]
#: of the two on the old plan, whom Eve had, none is left
SUBSCRIPTIONS = "customer_id,start_date,end_date,mrr,plan\n" + "".join(
    f"c{place},2024-01-01,{MONTHS[place] if place < 12 else ''},50,Pro\n" for place in range(40)
)
SUBSCRIPTIONS += "c40,2024-01-01,2025-05-01,50,Old\nc41,2024-01-01,2025-09-01,50,Old\n"
#: Dan had the first thirty customers, of whom twelve left; Eve took over the others, and has twelve of her own
CUSTOMERS = "customer_id,owner,valid_from\n" + "".join(
    f"c{place},{'Dan' if place < 30 else 'Eve'},2024-01-01\n"
    + (f"c{place},Eve,2026-01-01\n" if 12 <= place < 30 else "")
    for place in range(42)
)
ON_THE_OLD_PLAN = "owner=Eve,plan=Old"


@pytest.fixture(scope="module")
def kits(tmp_path_factory) -> dict[str, Kit]:
    root = tmp_path_factory.mktemp("owners")
    each = small.Small(
        "subscriptions",
        SUBSCRIPTIONS,
        "owner, plan",
        more=f'targets: {{customer_churn_rate: 0.02}}\nreports: {{segments: ["{ON_THE_OLD_PLAN}"]}}',
    )
    each.write(root)
    (root / "data" / "customers.csv").write_text(CUSTOMERS, "utf-8")
    path = root / "params" / "small.yaml"
    text = path.read_text("utf-8").replace(
        "subscriptions.csv}", "subscriptions.csv, customers: customers.csv}"
    )
    path.write_text(text, "utf-8")
    edition = read_edition("small", root=root)
    measures = compute(edition, root=root)
    return {
        name: Kit(Selection(edition, measures, Period.parse("2026-06"), Segment.parse(segment)))
        for name, segment in (
            ("Dan", "owner=Dan"),
            ("Eve", "owner=Eve"),
            ("Eve, old", ON_THE_OLD_PLAN),
        )
    }


def test_who_has_no_customers_any_more_is_told_no_rate_of_those_who_left(kits):
    """Of the customers whom Dan was the last to have, all had left: he was said to lose 100% of a year's revenue."""
    found = kits
    dan, eve = found["Dan"], found["Eve"]
    page = str(front_page(dan.selection))
    assert page.startswith(
        "Dan has no customers today.\nOf the customers who are Dan's today, or were"
    )
    assert not re.search("%|target|calm|shrink", page)
    judged: Judgement = dan.selection.judgement
    for name in ("customer_churn_rate", "gross_revenue_retention", "net_revenue_retention"):
        assert judged.standing(name, "owner", "owner=Dan") is None
        assert not any(row.status == "ok" for row in dan.frame(name, periods=24).itertuples())
        rows = eve.frame(name, by="owner", periods=24)
        assert set(rows["segment"]) == {"owner=Dan", "owner=Eve"}
    said = str(dan.say("gross_revenue_retention"))
    assert said.endswith("for owner Dan was undefined in June 2026: no customers today.")
    assert dan.selection.cohorts().empty and dan.selection.curve("survival").empty
    customers = dan.frame("paying_customers", periods=24)["value"].tolist()
    assert customers[0] == 12 and customers[-1] == 0, "totals stay, and add up to the company's"
    assert not any("Dan" in each.segment for each in judged.findings(Segment()))
    own = str(front_page(eve.selection))
    assert "Eve has no customers" not in own and "100%" not in own
    old = found["Eve, old"]
    assert old.frame("paying_customers", periods=24)["value"].tolist()[-1] == 0
    assert "no customers today" not in str(front_page(old.selection)), "she has others"


def test_whoever_took_customers_over_has_rates_of_the_months_since(kits):
    """Eve's eighteen of Dan's are those who stayed: with them nobody had left her in the months before she came."""
    eve = kits["Eve"]
    churn = eve.frame("customer_churn_rate", periods=24).set_index("period_start")
    known = churn[churn["status"] == "ok"]
    assert [*known.index] == [*pd.date_range("2026-01-01", "2026-06-01", freq="MS")]
    early = churn[churn["status"] == HANDED_OVER]
    assert early["value"].isna().all() and early["numerator"].sum() == 2, "totals stay"
    standing = eve.selection.judgement.standing("customer_churn_rate", "owner", "owner=Eve")
    assert (standing.figure.periods, standing.figure.n) == (6, 6 * 28)
    kept = eve.frame("gross_revenue_retention", periods=12)
    assert set(kept["status"]) == {HANDED_OVER}, "its year begins when they were Dan's"
    quarters = Kit(replace(eve.selection, period=Period.parse("2026-Q2")))
    rows = quarters.frame("customer_churn_rate", periods=4)
    assert rows["status"].tolist() == [HANDED_OVER] * 2 + ["ok"] * 2
    said = str(eve.say("gross_revenue_retention"))
    assert said.endswith("was undefined in June 2026: others had some of them before.")


def test_owners_side_by_side_are_not_said_to_be_alike(kits):
    page = str(kits["Eve"].segments_on_a_page())
    assert "whose left more often than customers like theirs" in page
    assert "others had some of them before" in page


def test_who_has_the_same_customers_all_the_time_loses_no_rate():
    """A twentieth of a book may have changed hands; without dates no book has."""
    figures = pd.concat([opened("Ann", [100] * 6), opened("Bob", [100] * 6)])
    then = {"Ann": [100] * 6, "Bob": [100, 94, 95, 100, 100, 100]}
    assert theirs_since(figures, held(then)) == {"Bob": pd.Timestamp("2025-03-01")}
    assert theirs_since(figures, held({})) == {}


def opened(owner, counts):
    """The customers of today's owner at the opening of months from January 2025."""
    rows = {"metric": AT_OPENING, "grain": "month", "segment_by": "owner", "status": "ok"}
    months = pd.date_range("2025-01-01", periods=len(counts), freq="MS")
    return pd.DataFrame({"period_start": months, "numerator": counts}).assign(
        **rows, segment=f"owner={owner}"
    )


def held(counts):
    """The same by who had them then."""
    rows = [
        {"owner": owner, "month": pd.Timestamp(2025, place + 1, 1), "customers": float(many)}
        for owner, each in counts.items()
        for place, many in enumerate(each)
    ]
    return pd.DataFrame(rows, columns=["owner", "month", "customers"])
