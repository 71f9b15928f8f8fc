"""What can be said of a table in an edition: each key with an example and its meaning, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableKey:
    """A key under a table, as one would write it, and what it says."""

    example: str
    means: str

    @property
    def name(self) -> str:
        return self.example.partition(":")[0]


#: in the order in which a reader asks: what is read, what its lines, columns and values are, which rows count
TABLE_KEYS = (
    TableKey("path: billing/*.csv", "a file, or several by a pattern"),
    TableKey("sql: SELECT … FROM 'billing.csv'", "a query that makes the rows, instead of path"),
    TableKey(
        "connection: env:ACME_DB",
        "the variable with a database's address; table or sql is asked of it",
    ),
    TableKey(
        "table: billing.subscriptions",
        "a table there, or in the SQLite or DuckDB file that path names",
    ),
    TableKey(
        "tables_in: stripe",
        "the schema with the tables that an adapter asks a database for",
    ),
    TableKey(
        "timeout: 600",
        "seconds after which PostgreSQL or Snowflake stops the query, 1800 unless said",
    ),
    TableKey("adapter: stripe", "the vendor whose export it is; its rules make the rows"),
    TableKey("picks: {csat: Q2}", "which column an adapter reads, where each export names it anew"),
    TableKey("sheet: Accounts", "the sheet of a workbook"),
    TableKey("encoding: cp1252", "of text that is neither UTF-8 nor marked as UTF-16"),
    TableKey('delimiter: ";"', "what parts the columns, where that is not told by the header"),
    TableKey("skip: 2", "lines above the names of the columns"),
    TableKey("header_rows: 3", "rows of names; a column has the first one that it is given"),
    TableKey("footer: 1", "lines below the last row, such as a total"),
    TableKey(
        "columns: {customer_id: Account ID}",
        "the header of a column, or an expression; headers match without case and blanks",
    ),
    TableKey("values: {instrument: nps}", "one value for every row, whatever the file says"),
    TableKey("map: {score: {good: 5, bad: 1, offered: null}}", "words, and what they mean"),
    TableKey(
        "where: {Status: [active, canceled]}",
        "rows that count, by the words of a column; {Account: {not: [Total*, '']}}: rows that do not",
    ),
    TableKey("rename: {region: {AMER: Americas}}", "what a segment's value is called now"),
    TableKey('empty: ["NULL", "-"]', "words that stand for no value"),
    TableKey('decimal: ","', "the mark before a fraction"),
    TableKey('thousands: ","', "the mark between thousands: a comma, a point, a blank or '"),
    TableKey("currency_sign: $", "a sign before or behind amounts, in the edition's currency"),
    TableKey("negative: parentheses", "(12.50) is below zero"),
    TableKey("percent: true", "12% is 0.12, in scores and plain numbers"),
    TableKey(
        "cents: true",
        "amounts are in the currency's smallest unit (hundredths; whole yen); or a list of columns",
    ),
    TableKey(
        'date_format: ["%d/%m/%Y", iso]',
        "one or several, for all columns or {start_date: epoch}; epoch, epoch_ms, excel, iso are words",
    ),
    TableKey("zones: {IST: Asia/Kolkata}", "abbreviations of time zones that name several"),
    TableKey("end_date: inclusive", "it is the last day paid for, not the first one that is not"),
    TableKey("latest: file", "several exports of the same rows, of which the newest counts"),
    TableKey("repeats: count", "rows that are alike are each meant"),
    TableKey(
        "fill_down: [Customer]",
        "a name that stands once above its rows; {customer_id: Date} where rows have their own word in its column",
    ),
    TableKey("months: columns", "a column for each month, of mrr, costs or a plan"),
    TableKey(
        "movements: after",
        "rows are new business, upgrades and churn; mrr is what is paid after one, or its change",
    ),
)


def listing() -> str:
    """Every key with its meaning, as text."""
    width = max(len(each.example) for each in TABLE_KEYS)
    return "\n".join(f"{each.example:<{width}}  {each.means}" for each in TABLE_KEYS)
