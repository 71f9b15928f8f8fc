"""Vendors' layouts, loaded by an edition's keys without SQL; rows are invented, answers worked by hand."""

import gzip
from dataclasses import dataclass

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow

SUBS, SURVEY, COSTS = "subscriptions", "survey_responses", "acquisition_costs"


@dataclass(frozen=True)
class Layout:
    """An export, the keys of its table as an edition has them, and what it must give."""

    table: str
    text: str
    keys: str
    answer: object
    name: str = "export.csv"
    encoding: str = "utf-8"
    allowed: int = 10


def mrr_on(frame, day):
    """What was paid a month on a day."""
    day = pd.Timestamp(day)
    there = (frame["start_date"] <= day) & (frame["end_date"].isna() | (frame["end_date"] > day))
    return frame.loc[there, "mrr"].sum() / 1e6


def answer_of(table, frame):
    """MRR on two days; net promoters or satisfied of how many; amounts by month or day; uses by customer."""
    if table == SUBS:
        return mrr_on(frame, "2026-02-10"), mrr_on(frame, "2026-03-31")
    if table == SURVEY:
        scores = frame["score"].dropna() / 1e6
        if frame["instrument"].iloc[0] == "csat":
            return int((scores >= 4).sum()), len(scores), len(frame)
        return int((scores >= 9).sum() - (scores <= 6).sum()), len(scores), len(frame)
    if table == COSTS:
        return dict(
            (frame.groupby(frame["month"].dt.strftime("%Y-%m"))["amount"].sum() / 1e6).items()
        )
    if table == "orders":
        return round(frame["amount"].sum() / 1e6, 2), frame["ordered_at"].max().strftime("%H:%M")
    column = "feature" if table == "usage_events" else "signed_up_on"
    return sorted(zip(frame["customer_id"], frame[column].astype(str), strict=True))


LAYOUTS = {
    "Stripe, subscriptions": Layout(
        SUBS,
        "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start (UTC),Ended At (UTC)\n"
        "sub_1,cus_1,price_a,1,usd,month,49.00,active,2026-01-05 10:00,\n"
        'sub_2,cus_2,price_b,3,usd,year,"1,200.00",active,2026-02-01 09:00,\n'
        "sub_3,cus_3,price_a,1,usd,month,60.00,canceled,2026-01-20 10:00,2026-03-01 10:00\n"
        "sub_4,cus_4,price_a,1,usd,month,60.00,incomplete_expired,2026-01-20 10:00,\n",
        """
        columns: {customer_id: Customer ID, subscription_id: id, start_date: Start (UTC),
                  end_date: Ended At (UTC), interval_months: Interval}
        map: {interval_months: {month: 1, year: 12}}
        values: {quantity: 1}
        thousands: ","
        where: {Status: [active, past_due, canceled]}
        """,
        (49 + 100 + 60, 149),
    ),
    "Stripe, customers": Layout(
        "customers",
        "id,Email,Created (UTC),country (metadata)\ncus_1,,2026-01-05 10:00,US\ncus_2,,2026-02-01 09:00,\n",
        "columns: {customer_id: id, signed_up_on: Created (UTC), country: country (metadata)}",
        [("cus_1", "2026-01-05"), ("cus_2", "2026-02-01")],
    ),
    "Chargebee, subscriptions": Layout(
        SUBS,
        "subscriptions.id,customers.id,subscriptions.currency_code,subscriptions.status,"
        "subscriptions.activated_at,subscriptions.cancelled_at,subscriptions.mrr\n"
        "Az1,17,USD,active,28-Jan-2026 05:29,,149.00\n"
        "Az2,18,USD,cancelled,02-Feb-2026 02:32,17-Mar-2026 02:32,40.83\n"
        "Az3,19,USD,in_trial,,,99.00\n",
        """
        columns: {customer_id: customers.id, start_date: subscriptions.activated_at,
                  end_date: subscriptions.cancelled_at, mrr: subscriptions.mrr}
        date_format: "%d-%b-%Y %H:%M"
        where: {subscriptions.status: [active, non_renewing, cancelled]}
        """,
        (189.83, 149),
    ),
    "ChartMogul, activities": Layout(
        SUBS,
        "Date,Customer,Customer External ID,Type,MRR movement,New MRR,Plan\n"
        '"Jan 20, 2026 12:18",One,c_1,New Business,$399.00,$399.00,Business\n'
        '"Jan 22, 2026 00:31",Two,c_2,New Business,"$1,000.00","$1,000.00",Team\n'
        '"Feb 05, 2026 16:13",One,c_1,Expansion,$50.00,$449.00,Business\n'
        '"Mar 09, 2026 20:21",Two,c_2,Churn,"-$1,000.00",$0.00,Team\n',
        """
        movements: after
        columns: {customer_id: Customer External ID, start_date: Date, mrr: New MRR}
        date_format: "%b %d, %Y %H:%M"
        currency_sign: $
        thousands: ","
        """,
        (1449, 449),
    ),
    "HubSpot, companies": Layout(
        "customers",
        '"Record ID","Company name","Create Date","Industry"\n"7000","One","2026-01-28 05:29","Retail"\n',
        "columns: {customer_id: Record ID, signed_up_on: Create Date}",
        [("7000", "2026-01-28")],
    ),
    "Shopify, orders": Layout(
        "orders",
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem name,Id\n"
        "#1,a@example.com,paid,USD,201.0,2026-01-30 15:32:51 +0200,Mug,55\n"
        "#1,a@example.com,,,,2026-01-30 15:32:51 +0200,Tea,\n"
        "#2,b@example.com,voided,USD,70.64,2026-01-31 15:32:51 +0200,Mug,56\n"
        "#3,b@example.com,partially_refunded,USD,9.5,2026-02-01 01:00:00 +0200,Mug,57\n",
        """
        columns: {customer_id: Email, order_id: Name, ordered_at: Created at, amount: Total}
        where: {Financial Status: [paid, partially_refunded]}
        """,
        (210.5, "23:00"),
    ),
    "Delighted": Layout(
        SURVEY,
        "Response ID,Person ID,Score,Comment,Survey type,Created at\n"
        '1,5,10,"nice, ""really""",nps,2026-01-08 09:58:44 UTC\n2,6,8,,nps,2026-01-30 01:37:55 UTC\n'
        '3,7,3,"two\nlines",nps,2026-02-03 15:36:55 UTC\n4,8,9,,nps,2026-02-04 15:36:55 UTC\n',
        "columns: {customer_id: Person ID, instrument: Survey type, responded_at: Created at}",
        (2 - 1, 4, 4),
    ),
    "SurveyMonkey, two rows of names": Layout(
        SURVEY,
        "Respondent ID,Date Created,Custom Data 1,How likely is it that you would recommend us?,,Why?\n"
        ",,,,NPS Category,Open-Ended Response\n"
        "118,03/02/2026 01:17:31 PM,c_0,6,,\n119,01/29/2026 04:21:19 AM,c_1,10 - Extremely likely,,ok\n"
        "120,02/07/2026 04:02:19 PM,c_2,,,\n",
        """
        header_rows: 2
        columns: {response_id: Respondent ID, customer_id: Custom Data 1, responded_at: Date Created,
                  score: "How likely is it that you would recommend us?"}
        values: {instrument: nps}
        map: {score: {10 - Extremely likely: 10, 0 - Not at all likely: 0}}
        date_format: "%m/%d/%Y %I:%M:%S %p"
        """,
        (1 - 1, 2, 3),
    ),
    "Qualtrics, three rows of names": Layout(
        SURVEY,
        "EndDate,Status,Finished,RecordedDate,ResponseId,ExternalReference,Q1,Q2\n"
        'End Date,Response Type,Finished,Recorded Date,Response ID,External,"How likely\nare you",Satisfied?\n'
        '"{""ImportId"":""endDate""}",x,x,x,x,x,x,x\n'
        "2026-01-12 08:11:27,IP Address,True,2026-01-12 08:11:27,R_0,c_0,9,Somewhat satisfied\n"
        "2026-01-13 08:11:27,Survey Preview,True,2026-01-13 08:11:27,R_1,c_1,0,Extremely satisfied\n"
        "2026-01-14 08:11:27,IP Address,False,2026-01-14 08:11:27,R_2,c_2,0,\n"
        "2026-01-15 08:11:27,IP Address,True,2026-01-15 08:11:27,R_3,c_3,4,Somewhat dissatisfied\n",
        """
        header_rows: 3
        columns: {response_id: ResponseId, customer_id: ExternalReference, score: Q2, responded_at: RecordedDate}
        values: {instrument: csat}
        map: {score: {Extremely satisfied: 5, Somewhat satisfied: 4, Somewhat dissatisfied: 2}}
        where: {Finished: true, Status: IP Address}
        """,
        (1, 2, 2),
    ),
    "Typeform": Layout(
        SURVEY,
        "#,How likely are you to recommend us?,Why?,customer_id,Response Type,Submit Date (UTC)\n"
        "t0,8,x,c_0,completed,2026-01-30 20:21\nt1,10,x,c_1,completed,2026-02-08 05:22\n"
        "t2,,x,c_2,started,\n",
        """
        columns: {response_id: "#", score: "How likely are you to recommend us?", responded_at: Submit Date (UTC)}
        values: {instrument: nps}
        where: {Response Type: completed}
        """,
        (1, 2, 2),
    ),
    "Zendesk, satisfaction": Layout(
        SURVEY,
        "Ticket ID,Requester ID,Satisfaction Score,Updated at\n0,c_0,Unoffered,2026-02-18T01:57:42Z\n"
        "1,c_1,Offered,2026-01-21T08:36:49Z\n3,c_3,Good,2026-02-27T15:07:38Z\n4,c_4,Bad,2026-02-28T15:07:38Z\n",
        """
        columns: {response_id: Ticket ID, customer_id: Requester ID, score: Satisfaction Score,
                  responded_at: Updated at}
        values: {instrument: csat, touchpoint: ticket}
        map: {score: {good: 5, bad: 1, offered: null}}
        where: {Satisfaction Score: [good, bad, offered]}
        """,
        (1, 2, 3),
    ),
    "Google Ads": Layout(
        COSTS,
        'Campaign report\r\n"January 1, 2026 - February 28, 2026"\r\nMonth,Campaign,Currency code,Cost\r\n'
        'Jan 2026,Brand,USD,"3,028.63"\r\nJan 2026,Search – generic,USD,"1,000.00"\r\n'
        'Feb 2026,Brand,USD,500.00\r\nTotal: Account,--,USD,"4,528.63"\r\n',
        """
        skip: 2
        footer: 1
        columns: {channel: Campaign, currency: Currency code, amount: Cost}
        date_format: "%b %Y"
        thousands: ","
        """,
        {"2026-01": 4028.63, "2026-02": 500},
    ),
    "Google Ads, for Excel": Layout(
        COSTS,
        "Campaign report\r\nJanuary 1, 2026 - February 28, 2026\r\nMonth\tCampaign\tCost\r\n"
        "Jan 2026\tBrand\t3,028.63\r\nFeb 2026\tSearch – generic\t500.00\r\nTotal: Account\t --\t3,528.63\r\n",
        """
        skip: 2
        footer: 1
        columns: {channel: Campaign, amount: Cost}
        date_format: "%b %Y"
        thousands: ","
        """,
        {"2026-01": 3028.63, "2026-02": 500},
        encoding="utf-16",
    ),
    "Segment, tracks": Layout(
        "usage_events",
        "id,context_group_id,event,timestamp,user_id\n"
        "m0,c_0,login,2026-01-25 08:47:41.000000+00,u_0\nm1,c_1,report_exported,2026-02-07 16:20:34.000000+00,u_1\n",
        "columns: {customer_id: context_group_id, occurred_at: timestamp, feature: event}",
        [("c_0", "login"), ("c_1", "report_exported")],
    ),
    "Amplitude, by user": Layout(
        "usage_events",
        '{"event_type": "export", "event_time": "2026-01-18 07:35:16.000000", "user_id": "u_0", "groups": {"c": 1}}\n'
        '{"event_type": "login", "event_time": "2026-01-08 14:16:05.000000", "user_id": "u_1"}\n',
        "columns: {customer_id: user_id, occurred_at: event_time, feature: event_type}",
        [("u_0", "export"), ("u_1", "login")],
        name="export.json.gz",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_by_keys_alone(workshop, name):
    layout = LAYOUTS[name]
    text = layout.text.encode(layout.encoding)
    workshop.write(layout.name, gzip.compress(text) if layout.name.endswith(".gz") else text)
    source = {"path": layout.name, **yaml.safe_load(layout.keys)}
    assert "sql" not in source and len(layout.keys.strip().splitlines()) <= layout.allowed
    data = workshop.open({layout.table: source}, as_of="2026-04-01")
    found = answer_of(layout.table, data.engine.collect(data.tables[layout.table]))
    assert found == (
        pytest.approx(layout.answer) if layout.table in (SUBS, COSTS) else layout.answer
    )


#: one company in other spellings: encoding, delimiter, how its days and amounts are written, and the keys
SPELLINGS = {
    "Windows": ("cp1252", ",", lambda day: f"{day:%Y-%m-%d}", str, {"encoding": "cp1252"}),
    "UTF-16": ("utf-16", "\t", lambda day: f"{day:%Y-%m-%d}", str, {}),
    "a decimal comma": (
        "utf-8", ";", lambda day: f"{day:%d.%m.%Y}", lambda amount: f"{amount:,}".translate(
            str.maketrans(",.", ".,")
        ), {"decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"},
    ),
    "US days and signs": (
        "utf-8", ",", lambda day: f"{day:%m/%d/%Y}", lambda amount: f'"${amount:,}"',
        {"date_format": "%m/%d/%Y", "thousands": ",", "currency_sign": "$"},
    ),
    "unix seconds and cents": (
        "utf-8", ",", lambda day: f"{day.timestamp():.0f}", lambda amount: f"{amount * 100:.0f}",
        {"date_format": "epoch", "cents": True},
    ),
    "unix milliseconds": (
        "utf-8", ",", lambda day: f"{day.timestamp() * 1000:.0f}", str, {"date_format": "epoch_ms"},
    ),
    "days of a spreadsheet": (
        "utf-8", ",", lambda day: f"{(day - pd.Timestamp('1899-12-30')).days}", str,
        {"date_format": "excel"},
    ),
}  # fmt: skip
COMPANY = [
    ("a", "2026-01-05", "2026-02-28", 1234.5, "Größe"),
    ("b", "2025-11-30", None, 99.99, "Prix €49"),
    ("c", "2024-02-29", "2024-03-01", 1_000_000.0, "Solo"),
]


def test_one_company_in_every_spelling_gives_equal_tables(workshop):
    found = {}
    for name, (encoding, mark, day, amount, keys) in SPELLINGS.items():
        lines = [mark.join(("customer_id", "start_date", "end_date", "mrr", "plan"))]
        for who, start, end, paid, plan in COMPANY:
            ends = day(pd.Timestamp(end)) if end else "NULL"
            lines.append(mark.join((who, day(pd.Timestamp(start)), ends, amount(paid), plan)))
        workshop.write("company.csv", ("\n".join(lines) + "\n").encode(encoding))
        source = {"path": "company.csv", "empty": ["NULL"], **keys}
        found[name] = workshop.rows({SUBS: source}, segments=["plan"], as_of="2026-04-01")
    first, *others = found.values()
    assert [row[3] for row in first] == [round(each[3] * 1e6) for each in COMPANY]
    assert [row[1] for row in first] == [pd.Timestamp(each[1]) for each in COMPANY]
    assert all(other == first for other in others), found
