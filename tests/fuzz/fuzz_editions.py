"""Editions that lie: keys misspelt, values of the wrong kind, places that are not there."""

import json
from random import Random

import fuzz_company as company
import yaml
from fuzz_case import EDITION, Case, mutation

NAN, INF = float("nan"), float("inf")
#: key → values that no edition can mean
WRONG = {
    "company": [None, [], {}, ["Tiny"], NAN],
    "currency": ["usd", "US", "€", "", None, 840, ["USD"], "USDT", "US\n"],
    "locale": ["xx_YY", "", None, "english", "../de", 5, [], "en_US\x00"],
    "timezone": ["Mars/Phobos", "", None, "../etc/passwd", "PST8PDT9", 5, [], "utc!", "/etc/localtime"],
    "as_of": ["2026-02-30", "tomorrow", None, "", 0, -1, [], "20226-01-01", NAN, "26-04-01", "2026-04", True,
              1775001600, "0202-04-01", "1600-01-01", "2026-04-01 foo", 1e300],
    "history_starts": ["2026-02-30", "2027-01-01", "2026-04-01", "soon", 12, [], NAN, "0001-01-01"],
    "grains": ["month", "fortnight", ["day"], [None], [[]], {"month": 1}, 5, [""], ["Month"]],
    "min_n": [0, -1, "many", NAN, INF, 1.5, None, [], "", 0.5],
    "confidence": [0, 1, 95, NAN, INF, -0.95, "95%", None, [], 0.5],
    "engine": ["pandas", "", None, "DUCKDB", [], 5],
    "memory_limit": ["lots", "", "-1GB", "0", [], "4 apples", "1e400GB", "NaN", "4XB", 5],
    "spill_dir": ["\x00", [], 5],
    "checkpoint_dir": ["", [], 5],
    "data": ["no/such/folder", "params/tiny.yaml", "\x00", [], 5, "~nobody/x"],
    "segments": ["plan", ["no_such"], [""], [None], [[]], 5, ["customer_id"], ["plan", "plan"], ["mrr"],
                 ["score"], ["PLAN"], {"plan": 1}, ["plan,region"], ["plan=Pro"]],
    "rates": [{"EUR": NAN}, {"EUR": INF}, {"EUR": 0}, {"EUR": -1}, {"eur": 1}, {"EUR": "1,1"}, {"EUR": None},
              ["EUR"], 5, {"EUR": []}, {"": 1}, {"EURO": 1}, {"USD": 2}, {"EUR": "nan"}, {"EUR": 1e-400}],
    "targets": [{"churn": 0.1}, {"nps": NAN}, {"nps": INF}, {"nps": "high"}, {"nps": None}, {"nps": []},
                {"nps": {"plan": 1}}, {"nps": {"plan=Nope": 5}}, {"nps": {"shape=x": 5}}, {"": 1}, ["nps"], 5,
                {"nps": {"": NAN}}, {"nps": "nan"}, {"mrr": {"all": "-inf"}}, {"nps": {}}],
    "reports": [{"segments": ["plan=Nope"]}, {"segments": ["plan="]}, {"segments": ["="]}, {"segments": "all"},
                {"segments": ["shape=x"]}, {"notebooks": ["no_such"]}, {"notebooks": "nps"}, {"book": 1}, [], 5,
                {"notebooks": [""]}, {"segments": [5]}, {"segments": [None]}, {"notebooks": ["../x"]},
                {"segments": ["plan=*,plan=*"]}, {"segments": ["nonsense"]}],
    "definitions": [{"nps": {"scale": [0, 5]}}, {"nps": {"scale": [10, 0]}}, {"nps": {"scale": [0]}},
                    {"nps": {"scale": [0, NAN]}}, {"nps": {"scale": "0-10"}}, {"csat": {"scale": [1, 10]}},
                    {"csat": {"satisfied": [4, 9]}}, {"csat": {"satisfied": [2, 1]}}, {"ces": {}},
                    {"ces": {"scale": [1, 7]}}, {"ces": {"scale": [1, 7], "direction": "up", "easy": [5, 7]}},
                    {"ces": {"scale": [1, 7], "direction": "lower", "easy": [5, 7]}}, {"gross_margin": 0},
                    {"gross_margin": 80}, {"gross_margin": NAN}, {"gross_margin": INF}, {"gross_margin": "80%"},
                    {"active_window": 0}, {"active_window": 99}, {"active_window": 1.5}, {"active_window": NAN},
                    {"response_window": 0}, {"cac_lag": -1}, {"lifetime_horizon": 0}, {"lifetime_horizon": 1e9},
                    {"first_value_feature": "no such"}, {"first_value_feature": []}, {"margin": 0.8}, 5, [],
                    {"csat": {"scale": [1, 10], "satisfied": [1, 2]}}, {"nps": {"scale": [1, 5]}},
                    {"csat": {"scale": [5, 1]}}, {"csat": {"scale": [1, 7]}}, {"nps": {"scale": [0, 100]}},
                    {"response_window": INF}, {"first_value_feature": ""}],
    "tables": [{}, [], None, 5, "subscriptions.csv", {"subscription": "a.csv"}, {"orders": None}, {"orders": []},
               {"": "a.csv"}, {"orders": 5}, {"orders": {}}, {"orders": {"path": "orders.csv", "sql": "SELECT 1"}}],
    "name": ["x"],
    "path": ["x"],
}  # fmt: skip
#: of a table's source
SOURCE = {
    "path": ["", " ", ".", "..", "params", "no_such.csv", "*", "**", "*.nothing", "\x00", "http://x/y.csv",
             "~nobody/x.csv", [], {}, 5, None, "a" * 5000, "/", "params/tiny.yaml", "[", "/dev/null", "s3://b/c"],
    "sql": ["", " ", ";", "SELEC", "SELECT 1", "DROP TABLE x", "SELECT * FROM nothing", "SELECT 1; SELECT 2",
            "-- only", "SELECT * FROM 'no_such.csv'", "SELECT 1/0", "SELECT error('x') AS mrr", [], 5, "(",
            "COPY (SELECT 1) TO 'out.csv'", "CREATE TABLE a AS SELECT 1", "PRAGMA version", "SET threads = 1",
            "SELECT * FROM range(3)", "ATTACH 'x.db'", "SELECT customer_id FROM 'params'", "\x00", "SELECT '"],
    "columns": [[], 5, "a", {"amount": None}, {"amount": 5}, {"amount": []}, {"": "x"}, {"amount": ""},
                {"customer_id": "no_such"}, {"customer_id": "1/"}, {"customer_id": "error('x')"},
                {"customer_id": "sum(1)"}, {"customer_id": "CAST('x' AS INT)"}, {"customer_id": "(SELECT 1"},
                {"customer_id": "1; DROP TABLE x"}, {"customer_id": "row_number() OVER ()) --"},
                {"customer_id": "unnest([1, 2])"}, {"month": "no_such(1)"}, {"occurred_at": "x y"}],
    "decimal": [";", "", None, "comma", 5, [], ".,"],
    "delimiter": ["", "ab", None, [], 5.5, '"', "\n", "\r", "\x00", "\\t"],
    "encoding": ["klingon", "", None, [], 5, "utf-7", "rot13", "base64", "utf8\x00"],
    "date_format": ["%Q", "foo", [], 5, "%", "%Y", "%H", "\x00", "%Y-%m-%d%", "%%", "%y-%m-%d %", "%j"],
    "end_date": ["sometimes", [], 5, ""],
    "latest": ["row", [], 5, "file "],
    "zero_orders": ["maybe", [], "count"],
}  # fmt: skip
TEXTS = (
    "", " ", "\n", "---", "--- {}", "[]", "5", "null", "tables", "a: b: c", "\t- x", "{", "company: {? [a]: b}",
    "? [a]\n: b", "company: !!python/object:os.system x", "company: *unknown", "a: &a [*a]", "%YAML 9.9\n---\na: 1",
    "company: T\ncompany: U", "\x00", "company: \x07", "tables: {orders: orders.csv}\n--- \nx: 1", "- a\n- b",
    "!!binary x", "company: 2026-02-30", "as_of: 2026-02-30\ncompany: T", "as_of: 2026-13-45 99:99:99",
    "1: 2", "null: 1", "2026-01-01: x", "[1]: x", "company: !!int x", "company: 0x", "a: 1e999999999", "<<: 5",
    "<<: [1]", "company: !!float nope", "company: !!timestamp x", "x: 09:99:99", "company: 1:60:99999999999",
    "~: ~", "'': ''", "company: !!set {a}", "company: !!omap [a]", "true: x", "company: " + "9" * 5000, "x: 0o9",
)  # fmt: skip


@mutation(EDITION)
def a_key_misspelt(case: Case, draw: Random):
    place, known = draw.choice(
        [(case.settings, each) for each in case.settings]
        + [(case.settings["definitions"], each) for each in case.settings["definitions"]]
        + [(case.settings["tables"], each) for each in case.settings["tables"]]
    )
    wrong = draw.choice(
        [
            f"{known}s",
            known[:-1],
            known.upper(),
            f" {known}_",
            known.replace("_", "-") + "-",
            f"{known}é",
        ]
    )
    place[wrong] = place.pop(known)
    case.keys, case.note = [wrong.strip(), known], wrong


@mutation(EDITION)
def a_key_of_no_meaning(case: Case, draw: Random):
    case.source()
    place = draw.choice(
        [case.settings, case.settings["definitions"], case.settings["tables"][case.table]]
    )
    key = draw.choice(
        ["", " ", "extra", "Company", 5, None, True, "a.b", "é", "x" * 300, "tables.orders"]
    )
    place[key] = draw.choice([1, "x", None, [], {}])
    case.keys, case.note = [str(key).strip()], repr(key)


@mutation(EDITION)
def a_value_of_the_wrong_kind(case: Case, draw: Random):
    key = draw.choice(list(WRONG))
    value = draw.choice(WRONG[key])
    if key in ("tables", "segments", "reports") and value in ([], ["plan"]):
        value = 5
    if key == "definitions" and isinstance(value, dict):
        case.settings["definitions"] |= value
    else:
        case.settings[key] = value
    if value == ["PLAN"] and any(
        "plan" in row for row in case.rows
    ):  # the same column, by a name of its own
        case.renamed, case.right = {"PLAN": "plan"}, [case.tables]
    inner = [str(each) for each in value] if isinstance(value, dict) else []
    case.keys, case.note = [key, *filter(None, inner)], f"{key}: {value!r}"


@mutation(EDITION)
def a_source_of_the_wrong_kind(case: Case, draw: Random):
    key = draw.choice(list(SOURCE))
    value = draw.choice(SOURCE[key])
    if (
        isinstance(value, dict)
        and "amount" in value
        and not any("amount" in row for row in case.rows)
    ):
        value = {"customer_id": value["amount"]}
    case.write(case.text())
    if key == "sql":
        case.settings["tables"][case.table] = {"sql": value}
    else:
        case.source(**{key: value})
    case.keys, case.note = [f"tables.{case.table}", case.table], f"{key}: {value!r}"
    if key in ("columns", "sql"):
        case.at(None, file="SQL")


@mutation(EDITION)
def no_edition_at_all(case: Case, draw: Random):
    text = draw.choice(TEXTS)
    case.edition = text.encode()
    case.keys, case.note = [""], repr(text)


@mutation(EDITION)
def an_edition_damaged(case: Case, draw: Random):
    """A few letters of the edition's text lost, doubled or replaced: refused, or it says the same."""
    text = _plain(case)
    damage = draw.choice(["cut", "drop", "double", "replace", "tab"])
    at = draw.randrange(len(text))
    if damage == "cut":
        text = text[:at]
    elif damage == "drop":
        text = text[:at] + text[at + draw.randrange(1, 4) :]
    elif damage == "double":
        text = text[:at] + text[at] + text[at:]
    elif damage == "tab":
        text = text.replace("  ", "\t")
    else:
        text = text[:at] + draw.choice("{}[]:,&*!|>'\"%@`#?-\x00é") + text[at + 1 :]
    case.edition, case.keys, case.note = text.encode(), ["?"], f"{damage} at {at}"


def _plain(case: Case) -> str:
    return yaml.safe_dump(case.settings, sort_keys=False)


@mutation(EDITION)
def bytes_that_are_no_text(case: Case, draw: Random):
    text = _plain(case).encode()
    case.edition = draw.choice(
        [b"\xff" + text, text[:20] + b"\xe9\xe8" + text[20:], bytes(range(256)), text.decode().encode("utf-16"),
         b"\xef\xbb\xbf" + text, b"\x00" * 100, text + b"\x00", text.replace(b"\n", b"\r\n"), text.replace(b"\n", b"\r")]
    )  # fmt: skip
    case.keys = [""]


@mutation(EDITION)
def an_edition_written_otherwise(case: Case, draw: Random):
    """The same edition in another spelling of YAML."""
    text = draw.choice(
        [yaml.safe_dump(case.settings, default_flow_style=True, width=10**6),
         yaml.safe_dump(case.settings, sort_keys=True), f"# ours\n\n{_plain(case)}\n# end\n",
         json.dumps({**case.settings, "as_of": "2026-04-01", "history_starts": "2025-09-01"}, default=str),
         _plain(case).replace("as_of: 2026-04-01", "as_of: '2026-04-01'"), f"---\n{_plain(case)}...\n",
         _plain(case).replace("company: Tiny", "company: !!str Tiny"), _plain(case).replace("min_n: 1", "min_n: 1.0")]
    )  # fmt: skip
    case.edition, case.right = text.encode(), [case.tables]


@mutation(EDITION, "subscriptions", "orders", "survey_responses", "customers")
def a_segment_of_any_name(case: Case, draw: Random):
    """A segment column may bear any name."""
    old = company.SEGMENTS[case.room][0]
    new = draw.choice(
        ["unit", "change", "expansion", "begins", "ends", "active", "month", "category", "cohort", "period", "instant",
         "opening", "closing", "n", "value", "segment", "segment_by", "metric", "numerator", "status", "row", "file",
         "_row", "_file", "_unparsed", "rowid", "customer", "age", "size", "lost", "first", "last", "mrr_before", "at",
         "select", "order", "group", "Größe", "a b", "a-b", "a.b", "1st", "end", "start", "weight", "followed", "plan",
         "opening_mrr", "closing_mrr", "kind", "name", "held", "next_start", "period_start", "grain", "variant", "%",
         "tenure", "days", "reached", "censored", "earlier", "_path", "path", "filename", "joined", "left", "all", "sum",
         "joined_on", "new_mrr", "until", "answers", "score_sum", "cell", "moment", "features", "channel", "low", "high"]
    )  # fmt: skip
    if new in case.rows[0]:
        new = f"{new} of ours"
    case.rows = [{new if k == old else k: v for k, v in row.items()} for row in case.rows]
    case.settings["segments"] = [new]
    case.renamed, case.note, case.right, case.keys = (
        {new: old},
        new,
        [case.tables],
        [new, "segments"],
    )
    case.measured = True


@mutation(EDITION, "subscriptions", "orders", "survey_responses")
def a_value_of_a_segment(case: Case, draw: Random):
    """A segment's value may be any text."""
    column = company.SEGMENTS[case.room][0]
    old = case.rows[0][column]
    new = draw.choice(
        ["A B", "A_B", "a,b", "a=b", "=x", "+1", "NaN", "nan", "null", "None", "all", "日" * 42, "x" * 300, "../..", "/", ".",
         "CON", "é", "\U0001f600", "a\tb", "%", "*", "0", "00", "1.0", "true", "(not given)", "<b>", "'", '"', "\\", "a\nb"]
    )  # fmt: skip
    for rows in (case.rows, case.tables[case.table]):
        for row in rows:
            row[column] = new if row[column] == old else row[column]
    case.right, case.note, case.measured = [case.tables], repr(new), True
    case.settings["reports"] = {"segments": ["all", f"{column}=*"]}
    case.keys = ["segment"]
    case.at(None)
