"""Files that lie, each with what is right once the remedy that the kit offers is applied."""

from dataclasses import dataclass, field

SUBS, ORDERS, COSTS = "subscriptions", "orders", "acquisition_costs"
SURVEY, CUSTOMERS = "survey_responses", "customers"
HEADS = {
    SUBS: "customer_id,start_date,end_date,mrr",
    ORDERS: "customer_id,ordered_at,amount",
    SURVEY: "instrument,score,responded_at",
    COSTS: "month,amount",
    CUSTOMERS: "customer_id,signed_up_on",
}
#: a way that leads to another refusal: never to a wrong value
REFUSED = None


@dataclass(frozen=True)
class Case:
    """Rows of one table; what each way out gives (one for all where alike); and the mended rows."""

    table: str
    rows: str
    right: str | tuple[str | None, ...] = ""
    head: str = ""
    see: str = ""
    source: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    by_hand: dict = field(default_factory=dict)
    second: str = ""
    encoding: str = "utf-8"
    mended: str = ""

    def text(self, rows: str) -> str:
        lines = (line.strip() for line in (self.head or HEADS[self.table], *rows.split("\n")))
        return "\n".join(lines) + "\n"


def subs(rows, right="", **more):
    return Case(SUBS, rows, right, **more)


def orders(rows, right="", **more):
    return Case(ORDERS, rows, right, **more)


def survey(rows, right="", **more):
    return Case(SURVEY, rows, right, **more)


TERMS = "customer_id,start_date,amount,interval_months"
PLAN, BY_PLAN = "customer_id,start_date,mrr,plan", {"segments": ["plan"]}
CASES = {
    # amounts that hold another
    "shipping in a total": orders(
        "a,2025-01-15,110,10",
        "a 2025-01-15 100",
        head="customer_id,ordered_at,Total,Shipping",
        see="customer_id ordered_at amount",
        source={"columns": {"amount": "Total"}},
    ),
    # dates
    "two-digit years": subs(
        "a,25-01-02,,5\nb,25-01-15,25-03-10,7",
        ("a 2025-01-02 - 5\nb 2025-01-15 2025-03-10 7", REFUSED),
    ),
    "days first": orders('a,15/01/2025,1\nb,"02/01/2025",2', "a 2025-01-15 1\nb 2025-01-02 2"),
    "dates of two kinds": orders("a,2025-01-15,1\nb,20250116,2", "a 2025-01-15 1\nb 2025-01-16 2"),
    "days before and behind the month": orders(
        "a,13/04/2025,1\nb,04/25/2025,2\nc,01/02/2025,3",
        "a 2025-04-13 1\nb 2025-04-25 2\nc 2025-02-01 3",
        mended="a,2025-04-13,1\nb,2025-04-25,2\nc,2025-02-01,3",
    ),
    "days before and behind that tell themselves": orders(
        "a,13/04/2025,1\nb,04/25/2025,2", "a 2025-04-13 1\nb 2025-04-25 2"
    ),
    "unix seconds": subs(
        "a,1736899200,,5\nb,1737331200,1741132800,7", "a 2025-01-15 - 5\nb 2025-01-20 2025-03-05 7"
    ),
    "days since 1900": orders("a,45672,1", "a 2025-01-15 1"),
    "a format that does not fit": orders(
        "a,15.01.2025,1", "a 2025-01-15 1", source={"date_format": "%d/%m/%Y"}
    ),
    "no date of any format": orders(
        "a,mid-January,1",
        "a 2025-01-15 1",
        source={"date_format": "%d/%m/%Y"},
        mended="a,15/01/2025,1",
    ),
    "no date at all": orders("a,20225-03-01,1", mended="a,2025-03-01,1", right="a 2025-03-01 1"),
    "a zone that is several": orders("a,2025-01-15 10:00 IST,1", "a 2025-01-15 04:30 1"),
    "a word that may be a zone": orders("a,2025-01-15 10:00 XYZ,1", "a 2025-01-15 09:00 1"),
    "a year outside": orders("a,1955-01-15,1", "a 1955-01-15 1"),
    "a year that may be none": subs("a,2025-01-15,1900-01-01,5", ("a 2025-01-15 - 5", REFUSED)),
    # lines that are no rows
    "a title above": Case(
        ORDERS,
        HEADS[ORDERS] + "\na,2025-01-15,1",
        "a 2025-01-15 1",
        head="Orders\n,,",
        see="customer_id ordered_at amount",
    ),
    "a total below": Case(
        COSTS,
        "2025-01,5\n2025-02,6\nTotal,11",
        "2025-01-01 5\n2025-02-01 6",
    ),
    "two rows of names": Case(
        SURVEY,
        "Q,Rating,\nnps,9,2025-01-15",
        "nps 9 2025-01-15",
    ),
    "a remark below": orders("a,2025-01-15,1\nMade by Acme\nPage 1", "a 2025-01-15 1"),
    # words for nothing, numbers
    "words for nothing": subs(
        r"a,2025-01-15,NULL,5" "\n" r"b,2025-01-15,\N,7", "a 2025-01-15 - 5\nb 2025-01-15 - 7"
    ),
    "thousands": orders('a,2025-01-15,"1,234.50"', "a 2025-01-15 1234.5"),
    "a decimal comma and blanks": orders('a,2025-01-15,"1 234,50"', "a 2025-01-15 1234.5"),
    "a sign": orders("a,2025-01-15,zzz12.50", "a 2025-01-15 12.5"),
    "the sign of the edition's currency": orders("a,2025-01-15,12.50 $", "a 2025-01-15 12.5"),
    "the sign of another currency": Case(
        ORDERS, "a,2025-01-15,€12.50", "a 25", see="customer_id amount", keys={"rates": {"EUR": 2}}
    ),
    "signs of several currencies": Case(
        ORDERS,
        'a,2025-01-15,"€1,200"\nb,2025-01-15,£7.50\nc,2025-01-15,5',
        "a 2400\nb 22.5\nc 5",
        see="customer_id amount",
        keys={"rates": {"EUR": 2, "GBP": 3}},
    ),
    "codes of currencies behind": Case(
        ORDERS,
        "a,2025-01-15,12.50 EUR\nb,2025-01-15,(7.00 USD)",
        "a 25\nb -7",
        see="customer_id amount",
        keys={"rates": {"EUR": 2}},
    ),
    "two decimal marks": orders(
        'a,2025-01-15,"1,234.56"\nb,2025-01-15,"1.234,56"\nc,2025-01-15,10.5\nd,2025-01-15,"-7,5"',
        "a 2025-01-15 1234.56\nb 2025-01-15 1234.56\nc 2025-01-15 10.5\nd 2025-01-15 -7.5",
    ),
    "a point among commas": orders(
        'a,2025-01-15,"1.234,56"\nb,2025-01-15,10.5',
        "a 2025-01-15 1234.56\nb 2025-01-15 10.5",
        source={"decimal": ","},
    ),
    "digits of another script": orders(
        "a,2025-01-15,１０\nb,2025-01-15,−5\nc,2025-01-15,٣",
        "a 2025-01-15 10\nb 2025-01-15 -5\nc 2025-01-15 3",
    ),
    "a minus behind": orders(
        'a,2025-01-15,"1,005.00-"\nb,2025-01-15,7', "a 2025-01-15 -1005\nb 2025-01-15 7"
    ),
    "thousands as a letter": Case(
        "plan",
        "2025-01,mrr,1.2k\n2025-02,mrr,950\n2025-03,mrr,2K",
        "2025-01-01 mrr 1200\n2025-02-01 mrr 950\n2025-03-01 mrr 2000",
        head="month,metric,value",
    ),
    "a formula that failed": orders(
        "a,2025-01-15,#REF!", "a 2025-01-15 5", mended="a,2025-01-15,5"
    ),
    "parentheses": orders("a,2025-01-15,(12.50)", "a 2025-01-15 -12.5"),
    "parentheses, a sign and thousands": orders(
        'a,2025-01-15,"($1,234.50)"\nb,2025-01-15,"$2"', "a 2025-01-15 -1234.5\nb 2025-01-15 2"
    ),
    "a point in a table of commas": orders(
        "a,2025-01-15,12.50", "a 2025-01-15 12.5", source={"decimal": ","}
    ),
    "a share of a hundred": Case(
        "plan",
        "2025-01,customer_churn_rate,3%",
        "2025-01-01 customer_churn_rate 0.03",
        head="month,metric,value",
    ),
    "a share": orders("a,2025-01-15,12%", mended="a,2025-01-15,12", right="a 2025-01-15 12"),
    "words for scores": Case(
        SURVEY,
        "csat,Good,2025-01-15\ncsat,bad,2025-01-16\ncsat,Offered,2025-01-17\ncsat,4,2025-01-18",
        "csat - 2025-01-17\ncsat 1 2025-01-16\ncsat 4 2025-01-18\ncsat 5 2025-01-15",
    ),
    "words behind scores": survey(
        "nps,10 - Extremely likely,2025-01-15\nnps,0 - Not at all likely,2025-01-16\nnps,7,2025-01-17",
        "nps 0 2025-01-16\nnps 10 2025-01-15\nnps 7 2025-01-17",
    ),
    "labels of NPS": survey(
        "nps,Promoter,2025-01-15\nnps,Neutral,2025-01-16\nnps,Detractor,2025-01-17",
        "nps 6 2025-01-17\nnps 7 2025-01-16\nnps 9 2025-01-15",
    ),
    "words that nobody knows": survey(
        "csat,Splendid,2025-01-15\ncsat,Meh,2025-01-16",
        "csat 2 2025-01-16\ncsat 5 2025-01-15",
        by_hand={"map": {"score": {"Splendid": 5, "Meh": 2}}},
    ),
    "stars": survey(
        "csat,★★★★★,2025-01-15\ncsat,★★☆☆☆,2025-01-16\ncsat,⭐⭐⭐,2025-01-17\ncsat,4/5,2025-01-18",
        "csat 2 2025-01-16\ncsat 3 2025-01-17\ncsat 4 2025-01-18\ncsat 5 2025-01-15",
    ),
    "faces and thumbs": survey(
        "csat,😀,2025-01-15\ncsat,😐,2025-01-16\ncsat,👎,2025-01-17",
        "csat 1 2025-01-17\ncsat 3 2025-01-16\ncsat 5 2025-01-15",
    ),
    "words for other terms": Case(
        SUBS,
        "a,2025-01-05,240,Biennial\nb,2025-01-05,30,3 months\nc,2025-01-05,60,semi-annually",
        "a 10\nb 10\nc 10",
        head=TERMS,
        see="customer_id mrr",
    ),
    "words for terms": Case(
        SUBS,
        "a,2025-01-05,120,Year\nb,2025-01-05,10,month",
        "a 10\nb 10",
        head=TERMS,
        see="customer_id mrr",
    ),
    "no number": orders("a,2025-01-15,many", mended="a,2025-01-15,12", right="a 2025-01-15 12"),
    "one amount too large": orders("a,2025-01-15,12000000000000", "a 2025-01-15 12000000000"),
    "quarters of a month": Case(
        SUBS,
        "a,2025-01-05,10,0.25\nb,2025-01-05,120,12",
        "a 43.333333\nb 10",
        head=TERMS,
        see="customer_id mrr",
    ),
    "half a term": Case(
        SUBS,
        "a,2025-01-05,20,1.5",
        "a 10",
        head=TERMS,
        see="customer_id mrr",
        mended="a,2025-01-05,20,2",
    ),
    # rules of a row
    "a currency without a rate": Case(
        ORDERS,
        "a,2025-01-15,10,EUR",
        "a 11",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        by_hand={"rates": {"EUR": 1.1}},
    ),
    "a word for a currency": Case(
        ORDERS,
        "a,2025-01-15,10,euro",
        "a 11",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        keys={"rates": {"EUR": 1.1}},
    ),
    "no word for a currency": Case(
        ORDERS,
        "a,2025-01-15,10,coins",
        "a 11",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        mended="a,2025-01-15,10,EUR",
        by_hand={"rates": {"EUR": 1.1}},
    ),
    "signs for currencies": Case(
        ORDERS,
        "a,2025-01-15,10,€\nb,2025-01-15,10,$\nc,2025-01-15,10,kr",
        "a 20\nb 10\nc 1",
        head=HEADS[ORDERS] + ",currency",
        see="customer_id amount",
        keys={"rates": {"EUR": 2, "SEK": 0.1}},
    ),
    "scores of a hundred": survey(
        "csat,20%,2025-01-15\ncsat,100%,2025-01-15",
        ("csat 100 2025-01-15\ncsat 20 2025-01-15"),
    ),
    "scores of a hundred among others": survey(
        "csat,20%,2025-01-15\ncsat,5,2025-01-15",
        "csat 1 2025-01-15\ncsat 5 2025-01-15",
        mended="csat,1,2025-01-15\ncsat,5,2025-01-15",
    ),
    "satisfaction up to ten": survey("csat,10,2025-01-15", "csat 10 2025-01-15"),
    "nps off its scale": survey("nps,11,2025-01-15", "nps 9 2025-01-15", mended="nps,9,2025-01-15"),
    "a code for no answer": survey(
        "nps,99,2025-01-15\nnps,9,2025-01-16", "nps - 2025-01-15\nnps 9 2025-01-16"
    ),
    "nps from zero": survey(
        "nps,0,2025-01-15", "nps 0 2025-01-15", keys={"definitions": {"nps": {"scale": [1, 10]}}}
    ),
    "effort off its scale": survey(
        "ces,9,2025-01-15",
        "ces 9 2025-01-15",
        keys={"definitions": {"ces": {"scale": [1, 7], "direction": "higher", "easy": [5, 7]}}},
        by_hand={"ces": {"scale": [1, 10], "direction": "higher", "easy": [8, 10]}},
    ),
    "no instrument": Case(
        SURVEY,
        "9,2025-01-15",
        "nps 9 2025-01-15",
        head="score,responded_at",
        see="instrument score responded_at",
    ),
    "no feature": Case(
        "usage_events",
        "a,2025-01-15",
        "a login 2025-01-15",
        head="customer_id,occurred_at",
        see="customer_id feature occurred_at",
    ),
    "another instrument": survey(
        "enps,9,2025-01-15", mended="nps,9,2025-01-15", right="nps 9 2025-01-15"
    ),
    "an answer without its time": survey(
        "nps,9,", mended="nps,9,2025-01-15", right="nps 9 2025-01-15"
    ),
    "a negative price": subs(
        "a,2025-01-15,,-5", mended="a,2025-01-15,,5", right="a 2025-01-15 - 5"
    ),
    "an end before its start": subs(
        "a,2025-01-15,2025-01-10,5",
        mended="a,2025-01-15,2025-02-10,5",
        right="a 2025-01-15 2025-02-10 5",
    ),
    "an end that is none": subs(
        "a,2025-01-15,1970-01-01,5", "a 2025-01-15 - 5", source={"empty": ["NULL"]}
    ),
    "the header once more": subs(
        "a,2025-01-15,,5\ncustomer_id,start_date,end_date,mrr\nb,2025-02-15,,6",
        "a 2025-01-15 - 5\nb 2025-02-15 - 6",
    ),
    "a term of no months": Case(
        SUBS,
        "a,2025-01-05,10,0",
        "a 10",
        head=TERMS,
        see="customer_id mrr",
        mended="a,2025-01-05,10,1",
    ),
    "a term of no weeks": Case(
        SUBS,
        "a,2025-01-05,12,0",
        "a 13",
        head="customer_id,start_date,amount,interval_weeks",
        see="customer_id mrr",
        mended="a,2025-01-05,12,4",
    ),
    "two intervals": Case(
        SUBS,
        "a,2025-01-05,12,4,1",
        "a 13",
        head="customer_id,start_date,amount,interval_weeks,interval_months",
        see="customer_id mrr",
        mended="a,2025-01-05,12,4,",
    ),
    "a negative quantity": Case(
        SUBS,
        "a,2025-01-05,12,1,-2",
        "a 24",
        head=TERMS + ",quantity",
        see="customer_id mrr",
        mended="a,2025-01-05,12,1,2",
    ),
    "a negative weight": Case(
        SURVEY,
        "nps,9,2025-01-15,-1",
        "nps 9 2025-01-15 2",
        head=HEADS[SURVEY] + ",weight",
        mended="nps,9,2025-01-15,2",
    ),
    "an invitation without its time": Case(
        SURVEY,
        "nps,,,\nnps,9,2025-01-15,2025-01-14",
        "nps - - 2025-01-14\nnps 9 2025-01-15 2025-01-14",
        head=HEADS[SURVEY] + ",sent_at",
        mended="nps,,,2025-01-14\nnps,9,2025-01-15,2025-01-14",
    ),
    # what files and rows say together
    "the same rows in two files": subs(
        "a,2025-01-10,,100\nb,2025-01-12,,50",
        (
            "a 2025-01-10 - 100\nb 2025-01-12 2025-02-20 50",
            "a 2025-01-10 - 100\na 2025-01-10 - 100\nb 2025-01-12 - 50\nb 2025-01-12 2025-02-20 50",
        ),
        source={"path": "file_*.csv"},
        second="a,2025-01-10,,100\nb,2025-01-12,2025-02-20,50",
    ),
    "a subscription in two files": Case(
        SUBS,
        "s,a,2025-01-10,,100",
        "s a 2025-01-20 2025-02-20 90",
        head="subscription_id," + HEADS[SUBS],
        source={"path": "file_*.csv"},
        second="s,a,2025-01-20,2025-02-20,90",
    ),
    "an order twice": Case(
        ORDERS,
        "a,2025-01-10,5,o\na,2025-01-10,5,o",
        "a 2025-01-10 5 o\na 2025-01-10 5 o",
        head=HEADS[ORDERS] + ",order_id",
    ),
    "rows alike": orders("a,2025-01-10,5\na,2025-01-10,5", "a 2025-01-10 5\na 2025-01-10 5"),
    "two columns that would fit": Case(
        SUBS,
        "a,2025-01-10,5,6",
        "a 2025-01-10 5",
        head="customer_id,start_date,M.R.R,MR R",
        see="customer_id start_date mrr",
    ),
    "text in another encoding": Case(
        SUBS,
        "a,2025-01-10,5,Größe",
        "a 2025-01-10 5 Größe",
        head=PLAN,
        keys=BY_PLAN,
        encoding="cp1252",
    ),
    "segments in two spellings": Case(
        SUBS,
        "a,2025-01-10,5,Pro\nb,2025-01-10,5,pro\nc,2025-01-10,5,pro",
        "a 2025-01-10 5 pro\nb 2025-01-10 5 pro\nc 2025-01-10 5 pro",
        head=PLAN,
        keys=BY_PLAN,
    ),
    "a segment in a wrong encoding": Case(
        SUBS, "a,2025-01-10,5,GrÃ¶ÃŸe", "a 2025-01-10 5 Größe", head=PLAN, keys=BY_PLAN
    ),
    "a segment named nothing": Case(
        SUBS, "a,2025-01-10,5,NULL", "a 2025-01-10 5 (not given)", head=PLAN, keys=BY_PLAN
    ),
    "amounts too large together": orders(
        "a,2025-01-15,6000000000000\nb,2025-01-15,6000000000000",
        "a 2025-01-15 6000000000\nb 2025-01-15 6000000000",
    ),
    "dots that may part thousands": orders("a,2025-01-15,1.234", "a 2025-01-15 1234"),
    "cents among units": orders(
        "\n".join(f"a,2025-01-{n:02},{n}.99" for n in range(1, 9))
        + "".join(f"\nb,2025-01-{n:02},{n}99" for n in range(1, 9)),
        "\n".join(f"a 2025-01-{n:02} {n}.99" for n in range(1, 9))
        + "".join(f"\nb 2025-01-{n:02} {n}.99" for n in range(1, 9)),
    ),
    "signs that are turned": orders(
        "a,2025-01-15,-5.50\nb,2025-01-15,1", "a 2025-01-15 5.5\nb 2025-01-15 -1"
    ),
    "answers alone": Case(
        SURVEY,
        "\n".join(f"nps,{n % 11},2025-01-{n:02},2025-01-{n:02}" for n in range(1, 22)),
        "\n".join(sorted(f"nps {n % 11} 2025-01-{n:02}" for n in range(1, 22))),
        head=HEADS[SURVEY] + ",sent_at",
        see="instrument score responded_at",
    ),
    "orders of nothing": orders("a,2025-01-15,0\nb,2025-01-15,1", "a 2025-01-15 0\nb 2025-01-15 1"),
    "several answers a day": Case(
        SURVEY,
        "nps,0,2025-03-01 09:00,c\nnps,9,2025-03-01 09:01,c",
        "nps 0 2025-03-01 09:00 c c\nnps 9 2025-03-01 09:01 c c",
        head=HEADS[SURVEY] + ",customer_id",
        see="instrument score responded_at customer_id respondent_id",
    ),
    "ends that are the last paid day": subs(
        "\n".join(f"{who},2025-01-01,2025-01-31,5\n{who},2025-02-01,,5" for who in "abc"),
        (
            "\n".join(f"{who} 2025-01-01 2025-02-01 5\n{who} 2025-02-01 - 5" for who in "abc"),
            "\n".join(f"{who} 2025-01-01 2025-01-31 5\n{who} 2025-02-01 - 5" for who in "abc"),
        ),
    ),
    "customers moved on one day": subs(
        "\n".join(f"c{n},2024-{n:02d}-09,,5" for n in range(1, 5))
        + "".join(f"\nd{n},2025-03-01,,5" for n in range(10, 30)),
        "\n".join(f"c{n} 2024-{n:02d}-09 - 5" for n in range(1, 5))
        + "".join(f"\nd{n} 2025-03-01 - 5" for n in range(10, 30)),
        see="customer_id start_date end_date mrr",
    ),
    "ends of terms": subs(
        "\n".join(f"c{n},2024-{n:02d}-09,2025-{n:02d}-09,5" for n in range(1, 13)),
        (
            "\n".join(sorted(f"c{n} 2024-{n:02d}-09 - 5" for n in range(1, 13))),
            "\n".join(sorted(f"c{n} 2024-{n:02d}-09 2025-{n:02d}-09 5" for n in range(1, 13))),
        ),
        see="customer_id start_date end_date mrr",
    ),
    "the end of the extract as an end": subs(
        "\n".join(f"c{n},2024-01-01,2025-12-01,5" for n in range(10, 22)),
        "\n".join(f"c{n} 2024-01-01 2025-12-01 5" for n in range(10, 22)),
    ),
    "a table that falls silent": orders(
        "\n".join(f"a,2025-12-{day:02},{day}" for day in range(1, 13)),
        "\n".join(f"a 2025-12-{day:02} {day}" for day in range(1, 13)),
    ),
    "a month that may be whole": orders("a,2025-01-30,1", "a 2025-01-30 1", keys={"as_of": None}),
    "after the extract": orders(
        "a,2025-01-15,1",
        "a 2025-01-15 1",
        keys={"as_of": "2025-01-10"},
        by_hand={"as_of": "2025-01-16"},
    ),
}
