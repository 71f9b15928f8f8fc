"""Changes that change nothing: the same rows, written in another way."""

import io
import json
from random import Random

import fuzz_company as company
from fuzz_case import NEUTRAL, Case, mutation
from fuzz_company import COLUMNS, Writing, packed_up


@mutation(NEUTRAL)
def rows_in_another_order(case: Case, draw: Random):
    draw.shuffle(case.rows)


@mutation(NEUTRAL)
def columns_in_another_order(case: Case, draw: Random):
    names = list(case.rows[0])
    draw.shuffle(names)
    case.rows = [{name: row[name] for name in names} for row in case.rows]


@mutation(NEUTRAL)
def written_otherwise(case: Case, draw: Random):
    how = Writing(
        delimiter=draw.choice(",;\t|"),
        newline=draw.choice(["\n", "\r\n"]),
        quote_all=draw.random() < 0.5,
        last_newline=draw.random() < 0.7,
    )
    case.note = repr(how)
    case.write(case.text(how))


@mutation(NEUTRAL)
def delimiter_of_its_own(case: Case, draw: Random):
    mark = draw.choice("^~:#!§")
    case.source(delimiter=mark)
    case.note = mark
    case.write(case.text(Writing(delimiter=mark, quote_all=draw.random() < 0.5)))


@mutation(NEUTRAL)
def old_mac_line_ends(case: Case, draw: Random):
    case.write(case.text(Writing(newline="\r")))
    case.at(None)


@mutation(NEUTRAL)
def mixed_line_ends(case: Case, draw: Random):
    ends = ["\n", "\r\n", *(["\r"] if draw.random() < 0.3 else [])]
    case.write("".join(line.rstrip("\n") + draw.choice(ends) for line in case.lines()))
    case.note = repr(ends)
    case.at(None)


@mutation(NEUTRAL)
def byte_order_mark(case: Case, draw: Random):
    case.write(b"\xef\xbb\xbf" + case.text().encode())


@mutation(NEUTRAL)
def utf_16(case: Case, draw: Random):
    case.write(case.text().encode(draw.choice(["utf-16", "utf-16"])))
    if draw.random() < 0.5:
        case.source(encoding="utf-16")
    case.at(None)


@mutation(NEUTRAL, "subscriptions", "orders", "survey_responses", "customers")
def old_encodings(case: Case, draw: Random):
    column = company.SEGMENTS[case.room][0]
    word, encoding = draw.choice(
        [("Café", "latin-1"), ("Zürich €", "cp1252"), ("Œuvre – “1”", "cp1252"), ("Größe", "utf-8")]
    )
    old = case.rows[0][column]
    for rows in (case.rows, case.tables[case.table]):
        for row in rows:
            row[column] = row[column].replace(old, word)
    case.source(encoding=encoding)
    case.note = f"{word} as {encoding}"
    case.write(case.text().encode(encoding))


@mutation(NEUTRAL)
def header_spelled_otherwise(case: Case, draw: Random):
    def spelled(name):
        return draw.choice(
            [name, name.upper(), name.title(), f" {name} ", name.replace("_", " "), f'"{name}"',
             name.replace("_", " ").title(), name.replace("_", "-")]
        )  # fmt: skip

    known = [*COLUMNS[case.table]]
    header = [spelled(name) if name in known and name != "plan" else name for name in case.rows[0]]
    for segment in company.SEGMENTS[case.room]:
        header = [segment if name.strip().lower() == segment else name for name in header]
    case.note = ",".join(header)
    lines = case.lines()
    case.write(",".join(header) + "\n" + "".join(lines[1:]))
    case.at(None, 1)


@mutation(NEUTRAL)
def further_columns(case: Case, draw: Random):
    names = draw.sample(
        ["unit", "active", "month", "period", "category", "cohort", "age", "change", "begins",
         "ends", "expansion", "row", "_row", "file", "filename", "rowid", "n", "value", "segment",
         "notes", "select", "Größe", "a b", "", "numerator", "instant", "MRR total", "first", "past", "there", "still", "left", "used", "day", "before", "_age", "_last", "a.b", "opening_mrr"],
        draw.randrange(1, 4),
    )  # fmt: skip
    names = [each for each in names if each not in case.rows[0]]
    for row in case.rows:
        row.update({name: draw.choice(["", "x", "12", "2026-01-01"]) for name in names})
    case.note, case.measured = ",".join(names), True
    case.at(None, 1)


@mutation(NEUTRAL)
def blank_lines(case: Case, draw: Random):
    lines = case.lines()
    where = draw.choice(["end", "middle", "start"])
    place = {"end": len(lines), "middle": draw.randrange(1, len(lines)), "start": 0}[where]
    for _ in range(draw.randrange(1, 4)):
        lines.insert(place, "\n")
    case.note = where
    case.write("".join(lines))
    case.at(None, place + 1)


@mutation(NEUTRAL)
def lines_that_end_in_a_delimiter(case: Case, draw: Random):
    case.write("".join(line.rstrip("\n") + ",\n" for line in case.lines()))


@mutation(NEUTRAL)
def packed(case: Case, draw: Random):
    name = case.table + draw.choice([".csv.gz", ".CSV.GZ", ".csv.GZ", ".CSV", ".tsv", ".txt"])
    text = case.text(Writing(delimiter="\t" if name.endswith("tsv") else ","))
    case.write(packed_up(text) if name.lower().endswith("gz") else text, name)
    case.path(name)
    case.note = name


@mutation(NEUTRAL)
def mislabelled_packing(case: Case, draw: Random):
    if draw.random() < 0.5:
        case.write(packed_up(case.text()))
        case.at(None)
    else:
        case.write(case.text(), f"{case.file}.gz")
        case.path(f"{case.file}.gz")
        case.at(None, file=f"{case.file}.gz")


@mutation(NEUTRAL)
def split_in_files(case: Case, draw: Random):
    count = draw.randrange(2, 4)
    folder = draw.choice(["parts", "parts/deep", "my parts (1)", "été [x]"])
    header = list(case.rows[0])
    for number in range(count):
        own = case.rows[number::count]
        names = draw.sample(header, len(header)) if draw.random() < 0.5 else header
        own = [{name: row[name] for name in names} for row in own]
        case.write(company.written(own), f"{folder}/p{number}.csv")
    case.path(draw.choice([f"{folder.replace('[', '[[]')}/*.csv", "**/p?.csv"]))
    case.note = folder


@mutation(NEUTRAL)
def file_names(case: Case, draw: Random):
    name = draw.choice(
        ["orders (1).csv", "a'b.csv", "été.csv", "a;b.csv", "x[1].csv", 'q"q.csv', "%41.csv",
         "a b/c d.csv", "..csv", "x.csv.bak.csv", "#1.csv", "-x.csv", "日本.csv"]
    )  # fmt: skip
    case.write(case.text(), name)
    case.path(name)
    case.note = name
    case.keys = [name]


@mutation(NEUTRAL)
def other_formats(case: Case, draw: Random):
    kind = draw.choice(["json", "jsonl", "json.gz", "ndjson", "parquet"])
    name = f"{case.table}.{kind}"
    rows = [{key: value or None for key, value in row.items()} for row in case.rows]
    if kind == "parquet":
        case.write(_parquet(rows), name)
    else:
        listed = kind.startswith("json") and kind != "jsonl" and draw.random() < 0.5
        text = json.dumps(rows) if listed else "".join(json.dumps(row) + "\n" for row in rows)
        case.write(packed_up(text) if kind.endswith("gz") else text, name)
    case.path(name)
    case.note = name


def _parquet(rows: list[dict]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    buffer = io.BytesIO()
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}
    parquet.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


@mutation(NEUTRAL)
def by_a_query(case: Case, draw: Random):
    case.write(case.text())
    query = draw.choice(
        [f"SELECT * FROM read_csv('{case.file}', all_varchar = true)",
         f"SELECT * FROM read_csv('{case.file}', all_varchar = true, header = true);",
         f"-- ours\nWITH a AS (FROM read_csv('{case.file}', all_varchar = true)) SELECT * FROM a"]
    )  # fmt: skip
    case.settings["tables"][case.table] = {"sql": query}
    case.note = query


@mutation(NEUTRAL)
def columns_renamed(case: Case, draw: Random):
    names = {name: f"{name.upper()} {draw.choice('xyz')}" for name in case.rows[0]}
    chosen = draw.sample(list(names), draw.randrange(1, len(names)))
    spelled = {name: names[name] if name in chosen else name for name in names}
    case.rows = [{spelled[name]: value for name, value in row.items()} for row in case.rows]
    case.source(columns={name: names[name] for name in chosen})
    case.note = ", ".join(chosen)


@mutation(NEUTRAL)
def optional_columns_gone(case: Case, draw: Random):
    """Without a column that may be absent, or with it blank throughout: the same company."""
    given = set(company.SEGMENTS[case.room]) | set(company.NEEDED[case.table])
    can = [name for name in case.rows[0] if name not in given]
    gone = draw.sample(can, min(len(can), draw.randrange(1, 4)))
    absent = draw.random() < 0.5
    for rows in (case.rows, case.tables[case.table]):
        for row in rows:
            for name in gone:
                if absent and rows is case.rows:
                    del row[name]
                else:
                    row[name] = ""
    case.note, case.measured = f"{', '.join(gone)} {'absent' if absent else 'blank'}", True
