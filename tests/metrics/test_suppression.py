"""What is hidden cannot be had by subtraction, however many figures are held together."""

import numpy as np
import pytest
from subtraction import found_out

KEY = ["metric", "variant", "grain", "period_start", "segment_by", "segment"]
SCORES = ("nps", "nps_promoters", "csat", "nps_answers", "csat_answers")
PEOPLE = "customer_id | plan | region\n"
ANSWERS = "instrument | score | responded_at | respondent_id | customer_id | touchpoint\n"


def _company(answers: dict[tuple[str, str, str], int], months=("2026-04",)) -> dict[str, str]:
    """Answers by (plan, region, touchpoint), as many of each in every month; everybody answers once."""
    people, given = [], []
    for (plan, region, touchpoint), many in answers.items():
        for number in range(many):
            for month in months:
                who = f"{plan}{region}{touchpoint}{number}{month}"
                people.append(f"{who} | {plan} | {region}")
                for instrument, least in (("nps", 0), ("csat", 1)):
                    score = least + number % 5
                    given.append(
                        f"{instrument} | {score} | {month}-10 | {who} | {who} | {touchpoint}"
                    )
    return {"customers": PEOPLE + "\n".join(people), "survey_responses": ANSWERS + "\n".join(given)}


@pytest.fixture
def measured(find_quickly):
    def found(min_n, **tables):
        crossed = {"segments": ("plan=*,region=*",)}
        keys = {
            "segments": ("plan", "region"),
            "reports": crossed,
            "min_n": min_n,
            "grains": ("month", "quarter"),
        }
        return find_quickly(*SCORES, **keys, **tables)

    return found


def _statuses(found, period, plans="ABCD", metric="csat"):
    rows = {plan: found.row(metric, period, segment=f"plan={plan}") for plan in plans}
    return "".join(plan for plan, row in rows.items() if row["status"] == "suppressed")


def test_hidden_groups_that_are_together_too_few_take_another_along(measured):
    """C and D have three answers together: all less A less B would be those of three people."""
    found = measured(
        5,
        **_company(
            {("A", "X", "t"): 12, ("B", "X", "t"): 8, ("C", "X", "t"): 2, ("D", "X", "t"): 1}
        ),
    )
    assert _statuses(found, "2026-04") == "BCD"
    found = measured(
        5,
        **_company(
            {("A", "X", "t"): 12, ("B", "X", "t"): 8, ("C", "X", "t"): 3, ("D", "X", "t"): 2}
        ),
    )
    assert _statuses(found, "2026-04") == "CD"


def test_the_companys_own_figure_is_shown_however_few_have_answered(measured):
    found = measured(5, **_company({("A", "X", "t"): 2, ("B", "X", "t"): 2}))
    assert found("csat", "2026-04") == 0 and found("nps", "2026-Q2") == -100
    assert found("csat_answers", "2026-04", segment="score=1") == 2
    assert _statuses(found, "2026-04", plans="AB") == "AB"


def test_a_score_that_a_hidden_group_never_gave_has_a_row_as_those_it_gave(measured):
    """B has three answers, of 1, 2 and 3: without a row a 4 or a 5 would be known not to be among them."""
    found = measured(5, **_company({("A", "X", "t"): 12, ("B", "X", "t"): 3, ("C", "X", "t"): 9}))
    answers = found.measures[found.measures["metric"].eq("csat_answers")]
    april = answers["grain"].eq("month") & answers["period_start"].eq("2026-04-01")
    rows = answers[april & answers["segment_by"].eq("plan,score")]
    rows = rows[rows["segment"].str.startswith("plan=B,")]
    assert rows["segment"].tolist() == [f"plan=B,score={each}" for each in range(1, 6)]
    assert set(rows["status"]) == {"suppressed"} and rows["numerator"].isna().all()
    assert found("csat_answers", "2026-04", segment="plan=A,score=5") == 2, "shown, and as it is"


def test_a_hidden_month_is_not_its_quarter_less_the_others(measured):
    """Of plan A three answers in April, nine in May, ten in June; the quarter has enough."""
    answers = {"2026-04": 3, "2026-05": 9, "2026-06": 10}
    months = (
        _company({("A", "X", "t"): many, ("B", "X", "t"): 20}, [month])
        for month, many in answers.items()
    )
    found = measured(5, **_together(*months))
    shown = {
        month: found("csat", f"2026-{month}", segment="plan=A")
        for month in ("04", "05", "06", "Q2")
    }
    assert shown["04"] == shown["05"] == "suppressed"
    assert isinstance(shown["06"], float) and isinstance(shown["Q2"], float)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_reader_who_subtracts_finds_nobody(measured, seed):
    """Plans, regions and steps, few answers in each, over a quarter: nothing of fewer than five people follows."""
    drawn, parts = np.random.default_rng(seed), []
    for month in ("2026-04", "2026-05", "2026-06"):
        many = drawn.choice([0, 1, 1, 3, 6], size=(3, 2, 2))
        cells = {(plan, region, step): int(many[i, j, k])
                 for i, plan in enumerate("ABC") for j, region in enumerate("XY") for k, step in enumerate("st")}  # fmt: skip
        parts.append(_company(cells, [month]))
    tables = _together(*parts)
    published, truth = measured(5, **tables).measures, measured(1, **tables).measures
    found = found_out(published[published["metric"].isin(SCORES)])
    behind = truth.assign(behind=truth["n"].fillna(_of_their_segment(truth)))
    found = found.merge(behind[[*KEY, "behind"]], on=KEY)
    assert published["status"].eq("suppressed").sum() > 100
    assert found[found["behind"] < 5].empty, found[found["behind"] < 5]


def _together(*companies: dict[str, str]) -> dict[str, str]:
    tables = {}
    for name, head in (("customers", PEOPLE), ("survey_responses", ANSWERS)):
        rows = (each[name].removeprefix(head) for each in companies)
        tables[name] = head + "\n".join(rows)
    return tables


def _of_their_segment(rows):
    """How many answers a segment has, by each of its scores."""
    whose = rows["segment"].str.replace(r"(^|,)score=.*$", "", regex=True)
    cell = [rows[name] for name in ("metric", "grain", "period_start", "segment_by")]
    return rows.groupby([*cell, whose])["numerator"].transform("sum")
