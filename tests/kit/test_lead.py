"""The lead names every topic there is room for."""

import pytest

MISSED = {
    "customer_churn_rate": (0.06, 0.02),
    "csat": (0.40, 0.80),
    "response_rate": (0.30, 0.50),
    "active_customer_rate": (0.20, 0.50),
}
TITLES = {
    "customer_churn_rate": "Customer churn rate",
    "csat": "CSAT",
    "response_rate": "Response rate",
    "active_customer_rate": "Active customer rate",
}


def lead_of(made, names, met=()):
    """The lead of an edition that clearly missed these targets, and met those."""
    rows, targets = [], {}
    for name in (*names, *met):
        value, target = MISSED[name]
        if name in met:
            value, target = target, value
        variant = "snapshot" if name == "customer_churn_rate" else "standard"
        targets[name] = target
        rows += [
            made.share(name, round(2000 * value), 2000, period=period, variant=variant)
            for period in ("2026-04", "2026-05", "2026-06")
        ]
    return made.kit_of(rows, targets=targets).lead().sentences


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_every_missed_target_is_told_once(made, many):
    names = list(MISSED)[:many]
    said = lead_of(made, names)
    for name in names:
        assert sum(each.startswith(f"{TITLES[name]} was") for each in said) == 1, (name, said)
    assert sum("was missed" in each for each in said) == many


def test_good_news_is_told_beside_bad_and_after_it(made):
    said = lead_of(made, ["customer_churn_rate", "csat"], met=["response_rate"])
    assert ["was missed" in each for each in said] == [True, True, False]
    assert "was met" in said[-1]
    met = ["csat", "response_rate", "active_customer_rate"]
    assert all("was met" in each for each in lead_of(made, [], met=met)), "nothing else happened"
    assert len(lead_of(made, [], met=met)) == 3
