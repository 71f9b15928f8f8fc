"""Adapters: each export's ten rows give the figures that are worked out by hand beside them."""

import gzip
import zipfile
from pathlib import Path

import pytest

from cs_lib.data.engines.duckdb_engine import DuckDBEngine
from cs_lib.data.sources.load_table import stage
from cs_lib.data.sources.recognised import recognised
from cs_lib.edition.adapter_files import SHIPPED, adapters
from cs_lib.errors import DataError, EditionError

EXPORTS = Path(__file__).parent / "adapters"
SHIPPED_NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def export(name):
    """The fixture of an adapter, whatever its suffix."""
    return next(path for path in EXPORTS.iterdir() if path.name.split(".")[0] == name)


@pytest.fixture
def adapted(workshop):
    """Open an edition of one table by its adapter, on the fixture or on a changed copy of it."""

    def opened(name, *changes, path=None, **keys):
        source = export(name)
        data = source.read_bytes()
        for old, new in changes:
            assert old.encode() in data, old
            data = data.replace(old.encode(), new.encode())
        workshop.write(path or source.name, data)
        table = next(each.table for each in adapters(workshop.root) if each.name == name)
        own = keys.pop("own", {})
        told = {table: {"adapter": name, "path": path or source.name, **own}}
        return told, {"as_of": "2026-07-01", **keys}

    return opened


def staged(workshop, told, keys):
    """The table as it is staged, which is as far as an adapter reaches: the contract comes after it."""
    edition = workshop.edition(told, **keys)
    [(name, source)] = edition.tables.items()
    engine = DuckDBEngine(memory_limit=None, spill_dir=workshop.root, timezone=edition.timezone)
    workshop.opened.append(engine)
    root = workshop.root
    return stage(engine, name, source, edition=edition, folder=root.resolve(), root=root)


def frame(workshop, told, keys):
    table = staged(workshop, told, keys)
    found = table.engine.collect(table.held.select(*table.given))
    return found.astype(object).where(found.notna(), None)


def mrr_before(rows, day):
    """The MRR just before a day: what has begun before it and has not ended by then, in money."""
    paying = [
        row.mrr
        for row in rows.itertuples()
        if f"{row.start_date:%Y-%m-%d}" < day
        and (row.end_date is None or f"{row.end_date:%Y-%m-%d}" >= day)
    ]
    return round(sum(paying) / 1e6, 6)


def said(workshop, told, keys):
    return staged(workshop, told, keys).said


def refused(workshop, told, keys):
    """The lines of the error with which the export is refused before any row is typed."""
    with pytest.raises(DataError) as caught:
        staged(workshop, told, keys)
    return str(caught.value).splitlines()


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_every_adapter_has_a_fixture_and_recognises_it_alone(name, tmp_path):
    assert recognised(export(name), adapters(tmp_path)).name == name


@pytest.mark.parametrize("name", SHIPPED_NAMES)
def test_every_word_of_an_adapter_s_rules_is_one_sentence_at_least(name, tmp_path):
    adapter = next(each for each in adapters(tmp_path) if each.name == name)
    assert all(text.strip().endswith(".") for text in adapter.rules.values())


def test_stripe_s_subscriptions_give_the_mrr_that_is_worked_out_by_hand(workshop, adapted):
    """Just before July 2026, in dollars, with the euro at 1.10:

    sub_1 49 · sub_2 1,188 ÷ 12 = 99 · sub_3, past due, 149 · sub_9 25 a week = 25 × 52 ÷ 12 = 108.333333 ·
    sub_10 745 for all five units, in euro = 819.50: 1,224.833333. sub_4 ended on 5 March, sub_7 paid until
    1 May. sub_5 is in its trial, sub_6 left in its own, sub_8 never paid. Before April sub_7 is there
    (+ 99), and before March sub_4 too (+ 49).
    """
    rows = frame(workshop, *adapted("stripe_subscriptions", rates={"EUR": 1.10}))
    assert mrr_before(rows, "2026-07-01") == 1224.833333
    assert mrr_before(rows, "2026-04-01") == 1323.833333
    assert mrr_before(rows, "2026-03-01") == 1372.833333
    assert list(rows["subscription_id"]) == [f"sub_{n}" for n in (1, 2, 3, 4, 7, 9, 10)]
    # paying begins where the trial ends; the current price counts from the first start
    assert str(rows["start_date"][5])[:10] == "2025-07-15"
    assert str(rows["start_date"][0])[:10] == "2025-01-10"
    assert set(rows["plan"]) == {"solo_m", "solo_y", "team_m", "crew_w"}


@pytest.mark.slow
def test_stripe_s_times_are_utc_whatever_the_edition_s_zone(workshop, adapted):
    told, keys = adapted("stripe_subscriptions", rates={"EUR": 1.10}, timezone="Europe/Berlin")
    rows = frame(workshop, told, keys)
    assert str(rows["start_date"][6])[:10] == "2026-01-01"  # half past eleven on New Year's Eve


@pytest.mark.slow
def test_stripe_s_warnings_say_what_the_export_cannot_know(workshop, adapted):
    told, keys = adapted("stripe_subscriptions", rates={"EUR": 1.10})
    known = said(workshop, told, keys)
    assert any("stands in this export as it is today" in each for each in known)
    assert [each for each in known if "coupon" in each] == [
        "stripe_subscriptions.csv: 1 row with a coupon, whose size this export does not tell. MRR is before "
        "the discount. The first: stripe_subscriptions.csv, line 11."
    ]
    assert any("2 rows left out: incomplete, paused or still in a trial" in e for e in known)
    assert any("1 row left out: over before the trial was" in e and "line 7" in e for e in known)


def test_an_unknown_status_is_refused_by_file_and_line(workshop, adapted):
    told, keys = adapted("stripe_subscriptions", (",past_due,", ",dunning,"))
    assert refused(workshop, told, keys) == [
        'stripe_subscriptions.csv, line 4, column Status: "dunning" is none of the words that '
        "stripe_subscriptions knows (active, past_due, unpaid, trialing, canceled, incomplete, "
        "incomplete_expired, paused). Correct the export, or copy the adapter to params/adapters and say "
        "there what the word means."
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "place", "wrong"),
    [
        (
            ('"1,188.00"', '"1,188.00 USD"'),
            "line 3, column Amount",
            '"1,188.00 USD" is not a number',
        ),
        (('"1,188.00"', '"1.188,00"'), "line 3, column Amount", '"1.188,00" is not a number'),
        (
            ("2026-03-05 00:00,too_expensive", "5 March 2026,too_expensive"),
            "line 5, column Ended At (UTC)",
            '"5 March 2026 UTC" is not a date',
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_export_s_own_line_and_column(
    workshop, adapted, change, place, wrong
):
    """Rows that the query leaves out do not move the lines: sub_5, 6 and 8 are gone."""
    told, keys = adapted("stripe_subscriptions", change, rates={"EUR": 1.10})
    first = workshop.refused(told, **keys)[0]
    assert first.startswith(f"stripe_subscriptions.csv, {place}: {wrong}")


@pytest.mark.slow
def test_lines_are_those_of_the_export_behind_rows_left_out(workshop, adapted):
    told, keys = adapted(
        "stripe_subscriptions", ("month,745.00", "month,745.oo"), rates={"EUR": 1.10}
    )
    first = workshop.refused(told, **keys)[0]
    assert first.startswith('stripe_subscriptions.csv, line 11, column Amount: "745.oo"')


@pytest.mark.slow
def test_a_remedy_for_an_amount_works_beside_an_adapter(workshop, adapted):
    told, keys = adapted(
        "stripe_subscriptions",
        ('"1,188.00"', '"1,188.00 USD"'),
        rates={"EUR": 1.10},
        own={"currency_sign": "USD"},
    )
    assert mrr_before(frame(workshop, told, keys), "2026-07-01") == 1224.833333


@pytest.mark.slow
def test_rejected_rows_name_the_export_s_lines_and_hold_its_text(workshop, adapted):
    told, keys = adapted(
        "stripe_subscriptions",
        ("month,745.00", "month,745.oo"),
        ('"1,188.00"', '"1,188.oo"'),
        rates={"EUR": 1.10},
    )
    rejects = workshop.root / "rejects.csv"
    workshop.open(told, allow_rejects=True, rejects_to=rejects, **keys)
    lines = rejects.read_text().splitlines()[1:]
    assert [each.split(",")[:3] for each in lines] == [
        ["subscriptions", "stripe_subscriptions.csv", "3"],
        ["subscriptions", "stripe_subscriptions.csv", "11"],
    ]
    assert "sub_10,cus_1" in lines[1]


@pytest.mark.slow
def test_the_price_of_a_unit_is_told_from_the_price_of_all(workshop, adapted):
    """Five units at the price of one: refused, and both remedies that the message names are read."""
    change = ("5,eur,month,745.00", "5,usd,month,149.00")
    told, keys = adapted("stripe_subscriptions", change)
    [line] = refused(workshop, told, keys)
    assert line.startswith('stripe_subscriptions.csv, line 11, column Amount: "149.00" is the same')
    for quantity, mrr in (('"Quantity (export)"', 405.333333 + 5 * 149), ("1", 405.333333 + 149)):
        told, keys = adapted(
            "stripe_subscriptions", change, own={"columns": {"quantity": quantity}}
        )
        assert mrr_before(frame(workshop, told, keys), "2026-07-01") == round(mrr, 6)
        assert (
            f"columns: {{quantity: {quantity!r}}}" in line or f'{{quantity: "{quantity}"}}' in line
        )


@pytest.mark.slow
def test_units_that_all_rows_of_a_plan_have_several_of_are_told_too(workshop, adapted):
    head, one, *_ = export("stripe_subscriptions").read_text().splitlines()
    two, five = (one.replace(",1,usd,", f",{n},usd,") for n in (2, 5))
    told, keys = adapted("stripe_subscriptions")
    workshop.write("stripe_subscriptions.csv", "\n".join([head, two, five.replace("_1,", "_2,")]))
    [line] = refused(workshop, told, keys)
    assert 'line 2, column Amount: "49.00" is the same for other quantities of one plan' in line
    workshop.write("stripe_subscriptions.csv", "\n".join([head, five]))
    assert any("1 row with the one quantity" in each for each in said(workshop, told, keys))


def test_a_price_of_several_months_is_refused_until_its_months_are_said(workshop, adapted):
    """sub_3 pays 149 in three months: 1,224.833333 − 149 + 149 ÷ 3 = 1,125.50."""
    change = ("2026-06-01 00:00,2026-07-01 00:00,,,,,", "2026-06-01 00:00,2026-09-01 00:00,,,,,")
    told, keys = adapted("stripe_subscriptions", change, rates={"EUR": 1.10})
    [line] = refused(workshop, told, keys)
    assert line.startswith('stripe_subscriptions.csv, line 4, column Interval: "month" is of sev')
    assert (
        "{interval_months: \"CASE plan WHEN 'team_q' THEN '3' ELSE interval_months END\"}" in line
    )
    months = "CASE subscription_id WHEN 'sub_3' THEN '3' ELSE interval_months END"
    told["subscriptions"]["columns"] = {"interval_months": months}
    assert mrr_before(frame(workshop, told, keys), "2026-07-01") == 1125.5


def test_dates_that_tell_of_periods_and_trials_are_refused_whatever_the_keys(workshop, adapted):
    changes = (
        (",2026-07-10 09:00,", ",07/10/2026 09:00,"),
        (
            "2025-07-01 00:00,2025-07-15",
            "1 July,2025-07-15",
        ),
    )
    own = {"date_format": {"start_date": ["%m/%d/%Y %H:%M", "iso"]}}
    first, second = refused(workshop, *adapted("stripe_subscriptions", *changes, own=own))
    assert 'line 2, column Current Period End (UTC): "07/10/2026 09:00" cannot be' in first
    assert 'line 10, column Trial Start (UTC): "1 July" cannot be' in second


def test_a_trial_amid_a_subscription_takes_no_paid_time_away(workshop, adapted):
    """sub_9 began in July 2025 and has been in a trial since June 2026."""
    told, keys = adapted(
        "stripe_subscriptions",
        ("2025-07-01 00:00,2025-07-15 00:00", "2026-06-20 00:00,2026-07-05 00:00"),
        (",25.00,active,", ",25.00,trialing,"),
        rates={"EUR": 1.10},
    )
    assert mrr_before(frame(workshop, told, keys), "2026-04-01") == 1323.833333


@pytest.mark.slow
def test_several_exports_are_told_apart_by_file_and_line(workshop, adapted):
    told, keys = adapted("stripe_subscriptions", path="subs/a.csv", rates={"EUR": 1.10})
    head, *lines = export("stripe_subscriptions").read_text().splitlines()
    later = [each.replace("sub_", "sub_2").replace("745.00", "none") for each in lines]
    workshop.write("subs/b.csv", "\n".join([head, *later]) + "\n")
    told["subscriptions"]["path"] = "subs/*.csv"
    [line] = [e for e in workshop.refused(told, **keys) if "column Amount" in e]
    assert line.startswith('subs/b.csv, line 11, column Amount: "none" is not a number')


@pytest.mark.slow
def test_segments_may_come_of_the_export_s_further_columns(workshop, adapted):
    own = {"columns": {"region": '"region (metadata)"'}}
    told, keys = adapted(
        "stripe_subscriptions", own=own, rates={"EUR": 1.10}, segments=["region", "plan"]
    )
    rows = frame(workshop, told, keys)
    assert list(rows["region"]) == ["EMEA", "APAC", "EMEA", "EMEA", "APAC", "EMEA", "EMEA"]


def test_stripe_s_customers(workshop, adapted):
    rows = frame(workshop, *adapted("stripe_customers", timezone="Asia/Tokyo"))
    assert list(rows["customer_id"]) == ["cus_1", "cus_2"]
    assert [str(each)[:10] for each in rows["signed_up_on"]] == ["2025-01-10", "2025-03-01"]
    assert not {"Plan", "Status"} & set(rows.columns)


def test_delighted_s_answers_give_the_score_that_is_worked_out_by_hand(workshop, adapted):
    """June 2026, in UTC: of five answers two promote and two detract (10, 9, 8, 6, 0): NPS 0. In Denver
    the first of July, half past midnight, is June still: three of six promote, NPS 100 × (3 − 2) ÷ 6.
    Of two answers to CSAT one is satisfied. The thumb has no figure.
    """
    told, keys = adapted("delighted", as_of="2026-08-01")
    rows = frame(workshop, told, keys)
    nps = rows[rows["instrument"] == "nps"]
    june = [
        s / 1e6 for s, at in zip(nps["score"], nps["responded_at"], strict=True) if at.month == 6
    ]
    assert june == [10, 9, 8, 6, 0]
    assert list(rows[rows["instrument"] == "csat"]["score"] / 1e6) == [5, 2]
    assert len(rows) == 8
    keys["timezone"] = "America/Denver"
    there = frame(workshop, told, keys)
    assert {at.month for at in there["responded_at"]} == {6}
    assert any("1 row left out: of a kind of survey" in each for each in said(workshop, told, keys))


def test_chargebee_s_subscriptions_give_the_mrr_that_is_worked_out_by_hand(workshop, adapted):
    """Just before July 2026: s1 49 · s2, which does not renew on 10 July, 5 × 149 = 745 · s3 2 × 1,176 ÷ 12 =
    196 · s4 300 ÷ 3 = 100 · s9 12 in two weeks = 12 × 52 ÷ 24 = 26: 1,116, which is the sum of Chargebee's own
    mrr in the file. s5 paid 49 until 17 May. s6 and s7 pay nothing yet, s8 never did.
    """
    rows = frame(workshop, *adapted("chargebee"))
    assert mrr_before(rows, "2026-07-01") == 1116
    assert mrr_before(rows, "2026-05-01") == 1165
    assert list(rows["subscription_id"]) == ["s1", "s2", "s3", "s4", "s5", "s9"]
    assert str(rows["start_date"][0])[:10] == "2025-01-24"


def test_chartmogul_s_activities_become_periods(workshop, adapted):
    """Before July 2026: c1 250, c2 1,000, c3 200: 1,450. Before March: c1 has left, c2 1,000. Before December
    2025: c1 500, c2 1,490.50. Of c3 the export has no beginning, and says so.
    """
    told, keys = adapted("chartmogul_activities")
    rows = frame(workshop, told, keys)
    assert mrr_before(rows, "2026-07-01") == 1450
    assert mrr_before(rows, "2026-03-01") == 1000
    assert mrr_before(rows, "2025-12-01") == 1990.5
    assert any("New Business is not in" in e and "line 8" in e for e in said(workshop, told, keys))


def test_shopify_s_orders_give_the_revenue_that_is_worked_out_by_hand(workshop, adapted):
    """In UTC: May 196 + (100 − 30.50) = 265.50, since half past midnight on 1 June in the shop is May still;
    June 0 (refunded with its shipping) + 10.25. The voided order and the one of nobody are left out.
    """
    rows = frame(workshop, *adapted("shopify_orders"))
    found = [
        (r.order_id, r.customer_id, r.amount / 1e6, r.ordered_at.month) for r in rows.itertuples()
    ]
    assert found == [
        ("#1001", "ada@example.com", 196, 5),
        ("#1003", "bo@example.com", 69.5, 5),
        ("#1004", "cy@example.com", 0, 6),
        ("#1005", "ada@example.com", 10.25, 6),
    ]


def test_a_refunded_order_counts_for_nothing_whatever_its_refunded_amount_says(workshop, adapted):
    told, keys = adapted("shopify_orders", (",45.00,4", ",0.00,4"))
    assert list(frame(workshop, told, keys)["amount"] / 1e6) == [196, 69.5, 0, 10.25]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ((",30.50,3", ',"1,030.50",3'), 'line 5, column Refunded Amount: "1,030.50"'),
        (("USD,100.00,", 'USD,"1,100.00",'), 'line 5, column Subtotal: "1,100.00"'),
        ((",30.50,3", ",0.00,3"), 'line 5, column Financial Status: "partially_refunded" has no'),
        ((",pending,", ",,"), "line 7, column Financial Status: blank stands beside a Subtotal"),
    ],
)
def test_a_refund_that_cannot_be_taken_off_is_refused_whatever_the_keys(
    workshop, adapted, change, place
):
    told, keys = adapted("shopify_orders", change, own={"thousands": ","})
    [line] = refused(workshop, told, keys)
    assert line.startswith(f"shopify_orders.csv, {place}")


@pytest.mark.slow
def test_prices_that_include_tax_are_said(workshop, adapted):
    told, keys = adapted("shopify_orders", ("USD,100.00,5,0,105.00", "USD,100.00,5,16,105.00"))
    assert [each for each in said(workshop, told, keys) if "include tax" in each] == [
        "shopify_orders.csv: 1 row whose prices include tax, since Subtotal and Shipping make Total. Their "
        "revenue is with tax. The first: shopify_orders.csv, line 5."
    ]


def test_hubspot_s_deals_give_the_mrr_that_is_worked_out_by_hand(workshop, adapted):
    """Before July 2026: One 2,400 ÷ 12 = 200, Two 588 ÷ 12 = 49; Three paid 100 a month until 10 April.
    Before March: One 1,788 ÷ 12 = 149, Two 49, Three 100. Nothing is paid twice where One renews.
    """
    told, keys = adapted("hubspot_deals")
    rows = frame(workshop, told, keys)
    assert mrr_before(rows, "2026-07-01") == 249
    assert mrr_before(rows, "2026-03-01") == 298
    assert list(rows["customer_id"]) == ["701", "701", "702", "703"]
    assert str(rows["end_date"][0])[:10] == str(rows["start_date"][1])[:10] == "2026-05-28"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("2025-09-02 02:32", "05/28/2025 05:29"), 'Close Date: "05/28/2025 05:29" cannot be'),
        (
            ('newbusiness","Sales Pipeline","12"\n"4"', 'new","","12 months"\n"4"'),
            'Contract length (months): "12 months" is no whole number',
        ),
    ],
)
def test_a_deal_whose_end_cannot_be_reckoned_is_refused_whatever_the_keys(
    workshop, adapted, change, place
):
    """Otherwise its start would be read by the key, and it would never end."""
    own = {"date_format": {"start_date": ["%m/%d/%Y %H:%M", "iso"]}}
    [line] = refused(workshop, *adapted("hubspot_deals", change, own=own))
    assert line.startswith(f"hubspot_deals.csv, line 4, column {place}")


def test_a_deal_that_is_not_won_does_not_count(workshop, adapted):
    told, keys = adapted("hubspot_deals", ("Contract sent", "Not won"), ("Closed lost", ""))
    table = staged(workshop, told, keys)
    assert table.row_count == 4
    assert any("2 rows left out: not won, or not yet" in each for each in table.said)


@pytest.mark.slow
def test_a_deal_that_is_won_without_an_amount_or_a_term_is_refused(workshop, adapted):
    change = ('"588","702","Two","newbusiness","Sales Pipeline","12"', '"588","702","Two","","",""')
    [line] = refused(workshop, *adapted("hubspot_deals", change))
    assert line.startswith(
        'hubspot_deals.csv, line 4, column Deal Stage: "Closed won" has no contract'
    )


@pytest.mark.slow
def test_hubspot_s_companies(workshop, adapted):
    rows = frame(workshop, *adapted("hubspot_companies"))
    assert list(zip(rows["customer_id"], rows["owner"], strict=True)) == [
        ("701", "Kim"),
        ("702", "Lee"),
    ]


def scores(rows, instrument):
    return [
        score / 1e6
        for score in rows[rows["instrument"] == instrument]["score"]
        if score is not None
    ]


def test_zendesk_s_ratings(workshop, adapted):
    """Two of three answers are good: CSAT 66.7%; three of four who were asked answered."""
    rows = frame(workshop, *adapted("zendesk_satisfaction"))
    assert scores(rows, "csat") == [5, 5, 1]
    assert len(rows) == 4
    assert rows["responded_at"].notna().sum() == 3
    assert rows["sent_at"].notna().all()


def test_surveymonkey_s_answers(workshop, adapted):
    """NPS of 10, 6, 9, 0: two promote, two detract: 0. CSAT of 5, 2, 4, 3: two of four. Midnight is 12 AM."""
    rows = frame(workshop, *adapted("surveymonkey"))
    assert scores(rows, "nps") == [10, 6, 9, 0]
    assert scores(rows, "csat") == [5, 2, 4, 3]
    assert str(rows["responded_at"][2]) == "2026-06-03 00:05:00"
    assert set(rows["customer_id"]) == {"c1", "c2", "c3", "c4", "c5"}


def test_qualtrics_answers_and_the_questions_that_the_edition_names(workshop, adapted):
    """NPS of 9, 10, 6: 100 × (2 − 1) ÷ 3. The preview and the unfinished one do not count."""
    told, keys = adapted("qualtrics", own={"picks": {"csat": "Q2", "ces": "Q3_1"}})
    rows = frame(workshop, told, keys)
    assert scores(rows, "nps") == [9, 10, 6]
    assert scores(rows, "csat") == [5, 2]
    assert scores(rows, "ces") == [7, 2, 5]


def test_a_column_that_is_called_like_a_pick_does_not_stand_for_it(workshop, adapted):
    """The export's own NPS is another question than the one that has a group, and its Answer is none."""
    told, keys = adapted(
        "qualtrics",
        ("EndDate,", "NPS,"),
        ("UserLanguage", "EndDate"),
        ("DistributionChannel", "Answer"),
    )
    assert scores(frame(workshop, told, keys), "nps") == [9, 10, 6]
    assert any('taken "Q1" for nps' in each for each in said(workshop, told, keys))


def test_several_columns_that_look_like_a_question_are_refused(workshop, adapted):
    told, keys = adapted("qualtrics", (",Q2,Q3_1", ",csat_app,csat_shop"))
    assert refused(workshop, told, keys) == [
        "qualtrics.csv: 2 columns look like csat: csat_app, csat_shop. Say which one is: "
        'picks: {csat: "csat_app"}.'
    ]
    told, keys = adapted("qualtrics", (",Q2,Q3_1", ",Services,q_ces"))
    assert any('taken "Q1" for nps, "q_ces" for ces' in e for e in said(workshop, told, keys))


@pytest.mark.slow
def test_questions_that_are_not_found_are_said_and_a_wrong_name_is_refused(workshop, adapted):
    told, keys = adapted("qualtrics")
    assert any("no column looks like csat or ces" in each for each in said(workshop, told, keys))
    told, keys = adapted("qualtrics", own={"picks": {"csat": "Q9"}})
    [line] = refused(workshop, told, keys)
    assert line.startswith(
        "tables.survey_responses.picks.csat: Q9 is not a column of qualtrics.csv."
    )
    told, keys = adapted("typeform", ("How likely are you to recommend us?", "Frage 1"))
    [line] = refused(workshop, told, keys)
    assert line.startswith("typeform.csv: no column looks like nps or csat. Say which one is")


def test_typeform_s_answers(workshop, adapted):
    """The unfinished response does not count; ten to midnight UTC on 30 June is July in Berlin."""
    rows = frame(workshop, *adapted("typeform", timezone="Europe/Berlin"))
    assert scores(rows, "nps") == [8, 10, 2]
    assert [at.month for at in rows["responded_at"]] == [6, 6, 7]


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("segment_tracks", [("c1", "u1", "report_exported", 1), ("c1", "u2", "login", 2)]),
        ("amplitude", [("c1", "u1", "export", 18), ("c2", "u2", "login", 30)]),
        ("mixpanel", [("c1", "u1", "export", 18), ("c2", "u2", "login", 19)]),
    ],
)
def test_events_are_of_the_customer_s_group_and_their_day(workshop, adapted, name, events):
    """The event of nobody is left out. 1,781,768,116 seconds after 1970 is 18 June 2026, 07:35:16."""
    rows = frame(workshop, *adapted(name))
    found = [(r.customer_id, r.user_id, r.feature, r.occurred_at.day) for r in rows.itertuples()]
    assert found == events


def test_an_export_without_any_group_is_of_users(workshop, adapted):
    """A blank group is none: neither {} nor one without a name."""
    groups = ('{"company": ["c1"]}', "{}"), ('{"company": ["c2", "c9"]}', '{"company": []}')
    assert list(frame(workshop, *adapted("amplitude", *groups))["customer_id"]) == [
        "u1",
        "u2",
        "u3",
    ]


def costs_by_month(rows):
    found = {}
    for row in rows.itertuples():
        month = f"{row.month:%Y-%m}"
        found[month] = round(found.get(month, 0) + row.amount / 1e6, 6)
    return found


def test_google_ads_costs_are_those_that_are_added_up_by_hand(workshop, adapted):
    """In dollars, the euro at 1.10. January 1,028.63 + 974.40 = 2,003.03; February 1,965.42 + 110; March 0 +
    12.50; April 33. The last row repeats the total, and two lines of titles stand above the names.
    """
    told, keys = adapted("google_ads", rates={"EUR": 1.1})
    rows = frame(workshop, told, keys)
    assert costs_by_month(rows) == {
        "2026-01": 2003.03, "2026-02": 2075.42, "2026-03": 12.5, "2026-04": 33
    }  # fmt: skip
    assert {(row.channel, row.category) for row in rows.itertuples()} == {
        ("Google Ads", "marketing")
    }
    [one] = said(workshop, told, keys)
    assert one.endswith("totals of the rows above. The first: google_ads.csv, line 11.")


@pytest.mark.slow
def test_meta_ads_costs_are_in_the_currency_that_their_header_names(workshop, adapted):
    """January 1,200.50 + 300 = 1,500.50 and February 99.50 in euro, at 1.10."""
    told, keys = adapted("meta_ads", rates={"EUR": 1.1})
    found = costs_by_month(frame(workshop, told, keys))
    assert found == {"2026-01": 1650.55, "2026-02": 109.45}


@pytest.mark.slow
def test_a_report_over_two_months_is_refused(workshop, adapted):
    told, keys = adapted("meta_ads", ("2026-01-31,300", "2026-02-28,300"))
    [line] = refused(workshop, told, keys)
    assert line.startswith(
        'meta_ads.csv, line 3, column Reporting ends: "2026-02-28" lies in another'
    )


def test_an_export_in_a_zip_is_read_and_one_that_is_cut_off_is_refused(workshop, adapted):
    told, keys = adapted("google_ads", rates={"EUR": 1.1})
    costs = export("google_ads").read_bytes()
    with zipfile.ZipFile(workshop.root / "costs.zip", "w") as file:
        file.writestr("ads.csv", costs)
    told["acquisition_costs"]["path"] = "costs.zip"
    assert costs_by_month(frame(workshop, told, keys))["2026-01"] == 2003.03
    workshop.write("ads.csv.gz", gzip.compress(costs)[:60])
    told["acquisition_costs"]["path"] = "ads.csv.gz"
    [line] = refused(workshop, told, keys)
    assert line.startswith("ads.csv.gz: the packed file is damaged or ends in the middle.")


@pytest.mark.slow
def test_a_header_is_recognised_where_no_adapter_is_named(workshop, adapted):
    adapted("stripe_subscriptions")
    *_, last = workshop.refused({"subscriptions": "stripe_subscriptions.csv"}, as_of="2026-07-01")
    assert last == (
        "stripe_subscriptions.csv looks like Stripe: subscriptions, as the dashboard exports them: write "
        "adapter: stripe_subscriptions for this table."
    )


def test_a_column_that_the_adapter_needs_is_named(workshop, adapted):
    told, keys = adapted("stripe_subscriptions", (",Interval,", ",Every,"))
    assert refused(workshop, told, keys)[0].startswith(
        "stripe_subscriptions.csv: there is no column Interval, which stripe_subscriptions reads (Stripe: "
    )


@pytest.mark.slow
def test_a_header_in_another_spelling_is_read(workshop, adapted):
    told, keys = adapted(
        "stripe_subscriptions", (",Customer ID,", ",customer_id,"), rates={"EUR": 1.1}
    )
    assert len(frame(workshop, told, keys)) == 7


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        (
            {"adapter": "stripy", "path": "a.csv"},
            "stripy is not an adapter for subscriptions",
        ),
        (
            {"adapter": "delighted", "path": "a.csv"},
            "delighted makes survey_responses. Write it there",
        ),
        ({"adapter": "stripe", "sql": "SELECT 1"}, "adapter needs the path of an export, not sql"),
        ({"recipe": {}, "path": "a.csv"}, "recipe is not a key"),
    ],
)
def test_an_adapter_that_does_not_fit_is_refused(workshop, source, wrong):
    with pytest.raises(EditionError, match=wrong):
        workshop.edition({"subscriptions": source})


@pytest.mark.slow
def test_an_analyst_s_own_adapter_goes_before_the_kit_s(workshop, adapted):
    """The word that was refused above, with a meaning of the analyst's own."""
    for suffix in (".yaml", ".sql"):
        text = (SHIPPED / f"stripe_subscriptions{suffix}").read_text()
        text = text.replace("past_due, unpaid", "past_due, dunning, unpaid")
        text = text.replace("'active', 'past_due'", "'active', 'past_due', 'dunning'")
        workshop.write(f"params/adapters/stripe_subscriptions{suffix}", text)
    told, keys = adapted("stripe_subscriptions", (",past_due,", ",dunning,"), rates={"EUR": 1.10})
    assert mrr_before(frame(workshop, told, keys), "2026-07-01") == 1224.833333


def test_recurly_s_subscriptions_give_the_mrr_that_is_worked_out_by_hand(workshop, adapted):
    """Just before July 2026, in dollars, with the euro at 1.10:

    s1 50 · s2 3 × 50 + 15 = 165 · s3 600 ÷ 12 = 50 · s4, cancelled and paid until 20 July, 50 · s7 40 euro = 44 ·
    s8 12 a week = 12 × 52 ÷ 12 = 52: 411. s5 expired on 15 April, s9 paused on 1 May (150 a quarter), s6 is in
    its trial, s10 has not begun. Before May: s1 to s4, and s9 with 50, so 365; s7's trial ended on 1 May.
    """
    rows = frame(workshop, *adapted("recurly_subscriptions", rates={"EUR": 1.10}))
    assert mrr_before(rows, "2026-07-01") == 411
    assert mrr_before(rows, "2026-05-01") == 365
    assert list(rows["subscription_id"]) == [f"s{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9)]
    # half past ten in California is still the fifth in UTC
    assert str(rows["start_date"][0])[:10] == "2026-01-05"
    assert str(rows["start_date"][5])[:10] == "2026-05-01"


@pytest.mark.slow
def test_recurly_s_warnings_say_what_the_export_cannot_know(workshop, adapted):
    known = said(workshop, *adapted("recurly_subscriptions", rates={"EUR": 1.10}))
    for words in (
        "as it is today",
        "1 row left out: not paid for",
        "1 row left out: in a trial",
        "1 row with tax in their amounts",
        "1 row with a price that changes in steps",
    ):
        assert any(words in each for each in known), words


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "column", "remedy"),
    [
        (("2026-06-05 10:00:00 PDT,2026-07-05", "2026-06-05 10:00:00 PDT,2026-06-15"), "current_period_ends_at", "interval_months"),
        (("2026-04-15 10:00:00 UTC,automatic", ",automatic"), "state", "has no expires_at"),
        (("Gold quarterly,2026-05-01 10:00:00 UTC", "Gold quarterly,"), "state", "has no paused_at"),
        ((",gold,canceled,", ",gold,non-renewing,"), "state", "none of the words"),
    ],
)  # fmt: skip
def test_what_recurly_s_export_does_not_tell_is_refused(workshop, adapted, change, column, remedy):
    [line] = refused(workshop, *adapted("recurly_subscriptions", change, rates={"EUR": 1.10}))
    assert f"column {column}" in line and remedy in line


@pytest.mark.slow
def test_the_months_of_recurly_s_plans_can_be_said(workshop, adapted):
    """s1's period of ten days is of a plan by the month: 50 as before, and every other plan as it is."""
    months = "CASE plan WHEN 'gold_y' THEN '12' WHEN 'gold_q' THEN '3' WHEN 'gold' THEN '1' END"
    change = ("2026-06-05 10:00:00 PDT,2026-07-05", "2026-06-05 10:00:00 PDT,2026-06-15")
    weeks = "CASE plan WHEN 'crew_w' THEN '1' END"
    own = {"columns": {"interval_months": months, "interval_weeks": weeks}}
    rows = frame(workshop, *adapted("recurly_subscriptions", change, rates={"EUR": 1.10}, own=own))
    assert mrr_before(rows, "2026-07-01") == 411


def test_linkedin_s_report_gives_the_costs_that_are_worked_out_by_hand(workshop, adapted):
    """May: 1,234.50 + 10.25 + 100 euro at 1.10 = 1,354.75. June: 700 + 0 + 33.33 = 733.33. The total is no cost."""
    rows = frame(workshop, *adapted("linkedin_ads", rates={"EUR": 1.10}))
    assert costs_by_month(rows) == {"2026-05": 1354.75, "2026-06": 733.33}
    assert set(rows["channel"]) == {"LinkedIn Ads"} and len(rows) == 6


@pytest.mark.slow
def test_linkedin_s_rows_of_several_months_are_refused_or_said(workshop, adapted):
    told, keys = adapted("linkedin_ads", rates={"EUR": 1.10})
    assert any("1 row left out: totals" in each for each in said(workshop, told, keys))
    head = "Start Date (in UTC),End Date (in UTC),Campaign Name,Total Spent\n"
    workshop.write("spans.csv", head + "5/1/2026,5/31/2026,Brand,10\n5/1/2026,6/30/2026,Brand,10\n")
    told = {"acquisition_costs": {"adapter": "linkedin_ads", "path": "spans.csv"}}
    [line] = refused(workshop, told, keys)
    assert "line 3, column End Date (in UTC)" in line and "Break the report down" in line
    workshop.write(
        "day.csv", "Start Date (in UTC),Campaign Name,Total Spent\n5/1/2026,A,10\n5/1/2026,B,5\n"
    )
    told = {"acquisition_costs": {"adapter": "linkedin_ads", "path": "day.csv"}}
    assert any("counted in that month" in each for each in said(workshop, told, keys))
