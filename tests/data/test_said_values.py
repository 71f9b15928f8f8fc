"""Constants, words that mean a value, chosen rows and renamed segments, as an edition says them."""

from datetime import datetime

import pytest

SURVEY = "survey_responses"
HEAD = "Ticket,Requester,Satisfaction Score,Updated at\n"
ROWS = (
    "1,c_1,Good,2026-01-05T10:00:00Z\n2,c_2,bad ,2026-01-06T10:00:00Z\n"
    "3,c_3,Offered,2026-01-07T10:00:00Z\n4,c_4,Unoffered,2026-01-08T10:00:00Z\n"
)
ZENDESK = {
    "path": "tickets.csv",
    "columns": {
        "customer_id": "Requester",
        "score": "Satisfaction Score",
        "responded_at": "Updated at",
    },
    "values": {"instrument": "csat", "touchpoint": "ticket"},
    "map": {"score": {"good": 5, "bad": 1, "offered": None}},
    "where": {"satisfaction score": ["Good", "Bad", "Offered"]},
}
CLOSED = {"as_of": "2026-02-01"}


def test_words_constants_and_chosen_rows(workshop):
    workshop.write("tickets.csv", HEAD + ROWS)
    data = workshop.open({SURVEY: ZENDESK}, **CLOSED)
    frame = data.engine.collect(data.tables[SURVEY].sort("customer_id"))
    columns = ["customer_id", "instrument", "touchpoint", "score"]
    assert frame[columns].astype(object).where(frame[columns].notna(), None).values.tolist() == [
        ["c_1", "csat", "ticket", 5_000_000],
        ["c_2", "csat", "ticket", 1_000_000],
        ["c_3", "csat", "ticket", None],
    ]
    [said] = [each.says for each in data.findings if "where" in each.says]
    assert said == (
        "survey_responses: where keeps 3 of 4 rows (satisfaction score: Good, Bad, Offered)."
    )
    assert data.inputs[0].rows == 3


def test_cents_are_of_the_currency_that_a_word_means(workshop):
    workshop.write("orders.csv", "customer_id,ordered_at,amount,currency\na,2026-01-05,5000,yen\n")
    source = {"path": "orders.csv", "cents": True, "map": {"currency": {"yen": "JPY"}}}
    [row] = workshop.rows({"orders": source}, currency="JPY", **CLOSED)
    assert row[2:4] == (5_000_000_000, "JPY")


def test_lines_are_still_those_of_the_file(workshop):
    workshop.write("tickets.csv", HEAD + ROWS + "5,c_5,Good,soon\n6,c_6,Good,later\n")
    line = workshop.refused({SURVEY: ZENDESK}, **CLOSED)[0]
    assert line.startswith('tickets.csv, line 6, column Updated at: "soon" is not a date.')
    assert line.endswith("(2 rows, then line 7)")


def test_a_word_without_a_meaning_is_refused(workshop):
    workshop.write("tickets.csv", HEAD + ROWS)
    line = workshop.refused({SURVEY: {**ZENDESK, "where": {}}}, **CLOSED)[0]
    assert line.startswith(
        'tickets.csv, line 5, column Satisfaction Score: "Unoffered" is not a number.'
    )


def test_nothing_chosen_tells_what_there_is(workshop):
    workshop.write("tickets.csv", HEAD + ROWS)
    wrong = {**ZENDESK, "where": {"Satisfaction Score": ["goood"]}}
    assert workshop.refused({SURVEY: wrong}, **CLOSED) == [
        "tables.survey_responses.where keeps no row of tickets.csv: Satisfaction Score is "
        '"Good", "Offered", "Unoffered", "bad", and where asks for "goood".'
    ]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"where": {"State": ["x"]}}, "tables.survey_responses.where: State is not a column of"),
        ({"values": {"instrumnt": "x"}}, "tables.survey_responses.values: instrumnt is neither"),
        (
            {"map": {"score": {"good": "five"}}},
            'tables.survey_responses.map.score: "five", which good stands for, is not a number.',
        ),
        (
            {"map": {"responded_at": {"soon": "x"}}},
            'tables.survey_responses.map.responded_at: "x", which soon stands for, is not a day',
        ),
    ],
)
def test_what_is_said_of_nothing(workshop, keys, says):
    workshop.write("tickets.csv", HEAD + ROWS)
    assert workshop.refused({SURVEY: {**ZENDESK, **keys}}, **CLOSED)[0].startswith(says)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"values": {"score": 5}}, "score stands under columns and under values: keep one of them"),
        ({"map": {"score": {"Good": 5, "good": 4}}}, "Good and good differ only by case"),
        ({"map": {"score": {"good": True}}}, "true is not a number"),
        ({"where": {"Ticket": []}}, "where.Ticket"),
    ],
)
def test_what_contradicts_itself(workshop, keys, says):
    with pytest.raises(Exception, match=says):
        workshop.edition({SURVEY: {**ZENDESK, **keys}})


def test_a_blank_may_be_chosen_and_numbers_and_truths(workshop):
    text = "customer_id,ordered_at,amount,done,kind\na,2026-01-01,1,True,\na,2026-01-02,2,TRUE,7\n"
    text += "a,2026-01-03,4,true,x\na,2026-01-04,8,false,7\n"
    workshop.write("orders.csv", text)
    source = {"path": "orders.csv", "where": {"done": True, "kind": [None, 7]}}
    assert [row[2] for row in workshop.rows({"orders": source})] == [1_000_000, 2_000_000]


def test_terms_in_words(workshop):
    workshop.write(
        "subs.csv", "customer_id,start_date,amount,per\na,2026-01-01,120,Year\nb,2026-01-01,7,1\n"
    )
    source = {
        "path": "subs.csv",
        "columns": {"interval_months": "per"},
        "map": {"interval_months": {"year": 12, "month": 1}},
    }
    data = workshop.open({"subscriptions": source})
    frame = data.engine.collect(data.tables["subscriptions"].sort("customer_id"))
    assert list(frame["mrr"]) == [10_000_000, 7_000_000]


def test_constants_of_every_kind(workshop):
    workshop.write("orders.csv", "customer_id\na\n")
    values = {"ordered_at": datetime(2026, 1, 5), "amount": 12.5, "order_id": 7, "currency": "eur"}
    source = {"path": "orders.csv", "values": values, "decimal": ",", "date_format": "epoch"}
    assert workshop.rows({"orders": source}, rates={"EUR": 2}) == [
        ("a", datetime(2026, 1, 5), 25_000_000, "7", "EUR")
    ]


def test_a_renamed_segment_is_one(workshop):
    text = "customer_id,start_date,mrr,region\na,2026-01-01,1,AMER\nb,2026-01-01,1,Americas\n"
    workshop.write("subs.csv", text + "c,2026-01-01,1,\n")
    workshop.write("orders.csv", "customer_id,ordered_at,amount,region\na,2026-01-01,1, AMER\n")
    tables = {
        "subscriptions": {"path": "subs.csv", "rename": {"region": {"AMER": "Americas"}}},
        "orders": "orders.csv",
    }
    data = workshop.open(tables, segments=["region"])
    for name, expected in (
        ("subscriptions", ["Americas", "Americas", "(not given)"]),
        ("orders", ["Americas"]),
    ):
        frame = data.engine.collect(data.engine.held(f"stage_{name}").sort("customer_id"))
        assert list(frame["region"]) == expected


def test_a_segment_renamed_in_two_ways(workshop):
    tables = {
        "subscriptions": {"path": "s.csv", "rename": {"region": {"AMER": "Americas"}}},
        "orders": {"path": "o.csv", "rename": {"region": {"AMER": "US"}}},
    }
    with pytest.raises(Exception, match="region: AMER is Americas elsewhere"):
        workshop.edition(tables, segments=["region"])
    with pytest.raises(Exception, match=r"rename\.region is not among this edition's segments"):
        workshop.edition(tables)
