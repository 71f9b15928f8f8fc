"""A year's own figure, and that of its months added up, are of the same twelve months and differ: each says what it is."""


def test_a_year_is_not_told_twice_by_two_names(sample):
    kit = sample("2025")
    nps, churn = str(kit.say("nps")), str(kit.say("customer_churn_rate"))
    assert "37.0 points in 2025" in nps and "34.6 points where its 12 months are added up" in nps
    assert "26.7% in 2025" in churn and "2.42% a month where its 12 months are added up" in churn
    assert "over 12 months" not in nps + churn
    assert "a year at this rate" not in churn, "26.7% is the year's"
    assert not any("a year" in tile.more for tile in kit.front_page().tiles)
    notes = "of the customers at its start, of each respondent the latest answer; the two differ."
    assert f"Over 12 months: each month counts for itself. 2025: {notes}" in str(kit.scorecard())


def test_a_quarter_and_a_month_stand_beside_twelve_months(sample):
    quarter, month = sample("2026-Q2"), sample("2026-06")
    assert "over 12 months" in str(quarter.say("nps"))
    assert "Q2 2026: of the customers at its start" in str(quarter.scorecard())
    assert "of the customers at its start" not in str(month.scorecard())
    assert "about 25% a year at this rate" in str(month.say("customer_churn_rate"))
