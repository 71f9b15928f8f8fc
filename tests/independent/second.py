"""A second implementation of the catalogue: the SQL files of this folder, run over canonical tables.

The files are written from the definitions alone. `figures(tables, edition, as_of, column)` gives every figure
they define, with the word of a segment column (or "all") as `seg`; nothing of cs_lib.metrics is used.
"""

import re
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

HERE = Path(__file__).parent


def _named(file: str) -> str:
    """The metric of a file: `orders_revenue` is revenue."""
    return re.sub(r"^(orders|usage)_", "", file) if file != "usage_frequency" else file


#: files of words, and of what is no figure by period
NO_METRIC = ("words_", "cohorts_", "curves_")
_FILES = {path.stem: path.read_text() for path in HERE.glob("*.sql")}
#: (metric, variant) of everything these files define
VARIANTS = {
    (_named(name), variant)
    for name, text in _FILES.items()
    if not name.startswith(NO_METRIC)
    for variant in re.findall(r"-- variant: (\S+)", text)
}
METRICS = {name for name, _ in VARIANTS}
KEYS = ["metric", "variant", "grain", "period_start", "segment"]


def figures(
    tables, edition, as_of: date, column: str | None = None, grains=("month",)
) -> pd.DataFrame:
    """Every figure: metric, variant, grain, period_start, segment, numerator, denominator, value."""
    found = []
    for words, files, _ in _rooms(tables, column, edition):
        connection = _staged(tables, edition, column, grains, as_of)
        _run(connection, words, edition, as_of)
        for file in files:
            for variant, answer in _answers(connection, file, edition, as_of):
                found.append(answer.assign(metric=_named(file), variant=variant))
        connection.close()
    together = pd.concat(found, ignore_index=True).rename(columns={"p_start": "period_start"})
    whole = _segment(together["seg"], column)
    together["segment"] = whole
    if "split" in together:
        split = together["split"]
        joined = split if column is None else whole + "," + split
        together["segment"] = whole.where(split.isna(), joined)
    return together.drop(columns=["seg", "split"], errors="ignore")


def cohorts(tables, edition, as_of: date, column: str | None = None) -> pd.DataFrame:
    """Every cohort cell: measure, cohort, age, segment, numerator, denominator, value."""
    found = []
    for words, _, cells in _rooms(tables, column, edition):
        if cells is None or found:
            continue
        connection = _staged(tables, edition, column, ("month",), as_of)
        _run(connection, words, edition, as_of)
        found += [answer for _, answer in _answers(connection, cells, edition, as_of)]
    cells = found[0]
    return cells.assign(segment=_segment(cells["seg"], column)).drop(columns=["seg"])


def survival(tables, edition, as_of: date, column: str | None = None) -> pd.DataFrame:
    """Every point of the survival curves: segment, t (months), value."""
    connection = _staged(tables, edition, column, ("month",), as_of)
    _run(connection, ["words_subscriptions"], edition, as_of)
    [(_, points)] = _answers(connection, "curves_survival", edition, as_of)
    connection.close()
    return points.assign(segment=_segment(points["seg"], column)).drop(columns=["seg"])


def _rooms(tables, column, edition):
    """(words, metric files, cohort file) of each table family that can be asked by this column."""
    here = set(_FILES)
    orders = {name for name in here if name.startswith("orders_")}
    survey = {
        name
        for name in here
        if re.match(r"(nps|csat|ces)|response_rate|follow_up_rate|time_to_follow_up", name)
    }
    costs = {"acquisition_cost", "cac", "ltv_to_cac", "cac_payback"}
    rest = {name for name in here if not name.startswith(NO_METRIC)}
    usage = {name for name in here if name.startswith("usage_")}
    told = {"churned_customers_by_reason", "churned_mrr_by_reason", "churn_by_use"}
    movements = rest - orders - survey - costs - usage - told - {"earned_growth_rate"}
    origins = {*(edition.definitions.referrals or ())}
    if origins and column not in origins and column in (None, *tables.get("customers", ())):
        movements |= {"earned_growth_rate"}
    given = tables.get("subscriptions", ())
    if "end_reason" in given and given["end_reason"].notna().any():
        movements |= {name for name in told if "_reason" in name}
    if "interval_months" not in given:
        movements -= {name for name in movements if name.startswith("renewal")}
    movements |= {name for name in told if "_use" in name and "usage_events" in tables}
    if "acquisition_costs" in tables and (column is None or column in tables["acquisition_costs"]):
        movements |= costs
    if "subscriptions" in tables:
        yield ["words_subscriptions"], sorted(movements), "cohorts_subscriptions"
    if "orders" in tables:
        yield ["words_orders"], sorted(orders), "cohorts_orders"
    if "usage_events" in tables and "subscriptions" in tables:
        yield ["words_usage"], sorted(usage), None
    if "survey_responses" in tables:
        yield ["words_survey"], sorted(survey), None


def _staged(tables, edition, column, grains, as_of) -> duckdb.DuckDBPyConnection:
    """The canonical tables with the segment's word on each row, and the periods."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for name, frame in tables.items():
        connection.register(f"given_{name}", frame)
    connection.execute(f"create table period as {_periods(tables, grains, as_of)}")
    _stage_money(connection, tables, column)
    _stage_places(connection, tables, column)
    if "survey_responses" in tables:
        _stage_survey(connection, tables)
    if "acquisition_costs" in tables:
        word = "'all'" if column is None else f'"{column}"'
        if column is None or column in tables["acquisition_costs"]:
            connection.execute(
                f"create table cost as select *, {word} as seg from given_acquisition_costs"
            )
    return connection


def _periods(tables, grains, as_of) -> str:
    """Every period from the first row's to the one that holds as_of; months always."""
    firsts = [
        frame[each].min()
        for name, each in _DATED
        if (frame := tables.get(name)) is not None and frame[each].notna().any()
    ]
    first, last = min(firsts).date(), as_of
    return " union all ".join(
        f"select '{grain}' as grain, s::timestamp as p_start, (s + interval 1 {grain})::timestamp as p_end from "
        f"generate_series(date_trunc('{grain}', date '{first}'), date '{last}', interval 1 {grain}) t(s)"
        for grain in dict.fromkeys(("month", *grains))
    )


_OPTIONAL = {
    **dict.fromkeys(("response_id", "customer_id", "respondent_id", "touchpoint"), "varchar"),
    "sent_at": "timestamp",
    "followed_up_on": "timestamp",
    "weight": "bigint",
}
_TERMS = {"interval_months": "bigint", "term_ends_on": "timestamp"}
_DATED = (
    ("subscriptions", "start_date"),
    ("orders", "ordered_at"),
    ("survey_responses", "responded_at"),
    ("survey_responses", "sent_at"),
    ("acquisition_costs", "month"),
    ("usage_events", "occurred_at"),
)


def _stage_money(connection, tables, column) -> None:
    for name, short in (("subscriptions", "sub"), ("orders", "ord")):
        if name not in tables:
            continue
        word, join = _word(tables, name, column)
        wanted = _TERMS if short == "sub" else {"order_id": "varchar"}
        missing = [each for each in wanted if each not in tables[name]]
        optional = "".join(f", null::{wanted[each]} as {each}" for each in missing)
        connection.execute(
            f"create table {short} as select t.*{optional}, {word} as seg from given_{name} t {join}"
        )


def _word(tables, name, column):
    """(the segment's word on a row of this table, the join that brings it)"""
    if column is None:
        return "'all'", ""
    if column in tables[name]:
        return f"""coalesce(nullif(t."{column}", ''), '(not given)')""", ""
    return (
        f"""coalesce(nullif(c."{column}", ''), '(not given)')""",
        "left join given_customers c using (customer_id)",
    )


def _stage_survey(connection, tables) -> None:
    frame = tables["survey_responses"]
    missing = [name for name in _OPTIONAL if name not in frame]
    extra = "".join(f", null::{_OPTIONAL[name]} as {name}" for name in missing)
    connection.execute(
        f"create table survey as select *{extra}, row_number() over () as row_id from given_survey_responses"
    )


def _stage_places(connection, tables, column) -> None:
    """Where each customer belongs in each period, and the word of a customer who is nowhere."""
    word = "'all'" if column is None else "coalesce(seg, '(not given)')"
    connection.execute(f"create macro word(seg) as {word}")
    if column is None:
        connection.execute(
            "create table place as select grain, p_start, '' as customer_id, '' as seg from period"
        )
    elif "customers" in tables and column in tables["customers"]:
        connection.execute(
            f"create table place as select grain, p_start, customer_id, "
            f"""coalesce(nullif("{column}", ''), '(not given)') as seg from period, given_customers"""
        )
    elif "subscriptions" in tables:
        connection.execute(
            "create table subscription_column as select customer_id, start_date, seg from sub"
        )
        connection.execute(_FILES["words_place"])


def _run(connection, words, edition, as_of) -> None:
    for name in words:
        for statement in _filled(_FILES[name], edition, as_of).split(";\n"):
            connection.execute(statement)


def _answers(connection, file, edition, as_of):
    """(variant, frame) of each query of a file."""
    text = _filled(_FILES[file], edition, as_of)
    for variant, query in re.findall(r"-- variant: (\S+)\n(.*?;)", text, flags=re.S):
        yield variant, connection.sql(query.rstrip(";")).df()


def _filled(text, edition, as_of) -> str:
    rules, began = edition.definitions, edition.history_starts
    ces = rules.ces.easy if rules.ces else (5, 7)
    for name, value in {
        "active_window": rules.active_window,
        "response_window": rules.response_window,
        "follow_up_window": rules.follow_up_window,
        "renewal_grace": rules.renewal_grace,
        "cac_lag": rules.cac_lag,
        "gross_margin": rules.gross_margin or "null",
        "satisfied_from": rules.csat.satisfied[0],
        "satisfied_to": rules.csat.satisfied[1],
        "csat_top": rules.csat.scale[1],
        "easy_from": ces[0],
        "easy_to": ces[1],
        "as_of": f"timestamp '{as_of}'",
        "referred": "".join(*(rules.referrals or {"": [""]}).values()),
        "lifetime_horizon": rules.lifetime_horizon,
        "history_starts": f"timestamp '{began}'" if began else "null::timestamp",
    }.items():
        text = text.replace(f"${name}", str(value))
    return text


def _segment(seg: pd.Series, column) -> pd.Series:
    return pd.Series("all", index=seg.index) if column is None else f"{column}=" + seg.astype(str)
