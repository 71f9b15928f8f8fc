"""Customers whose rows are another's or nobody's, as the table of customers says: merged into another, one company
under two ids, an account for tests, an owner of whom it is said until when."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time

import narwhals as nw

from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO, quoted
from cs_lib.data.contract.row_status import TRUE, is_flag_of_no_customer
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.sources.headers import as_column, folded
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.edition import Edition
from cs_lib.vocabulary import OWNER, VALID_FROM

ID = "customer_id"
_MERGED = re.compile(
    r"^(merged|migrated|moved|transferred)(in)?to(id|customer|account|customerid|accountid)?$|^successor(id)?$"
)
_PARENT = re.compile(r"^(ultimate)?(parent|master|head|mother)(account|customer|company)?(id)?$")
_OF_ONE = re.compile(
    r"^(billing|contact|primary|company|account|customer)?e?mail(address)?$|^(vat|tax|ust|tva)(id|idnr|number|no|nr|code)?$|^ein$"
)
_KIND = re.compile(r"^(account|customer|company|record|client)?(type|kind|class|category|status)$")
#: kinds of accounts, folded, that are no customers, and names that say so
_NO_CUSTOMER = (
    "internal", "internalaccount", "test", "testaccount", "demo", "demoaccount", "sandbox", "employee", "staff", "dummy", "competitor",
    "intern", "interne", "interno", "prueba",
)  # fmt: skip
_NAMED_SO = r"(?i)^(test|dummy|sandbox|demo|qa)[ _-]?(account|customer|company|user|org|kunde)?[ _-]?[0-9]*$|[ (\[_-](internal|sandbox|do not use|test account|demo account)[)\]]?$"
_UNTIL = re.compile(
    r"^(valid|owned|owner|assigned|gültig|effective)?(to|until|till|bis|end|enddate|through)$"
)
#: an e-mail of more customers than these is that of a reseller or an agency
SEVERAL = 4
MOST_SHOWN, MOST_STEPS = 30, 20


def whose_findings(staged: list[Staged], edition: Edition, as_of: date) -> Iterator[DataFinding]:
    paying = [each for each in staged if each.table.name in ("subscriptions", "orders")]
    for customers in staged:
        if customers.table.name != "customers" or customers.source.recipe:
            continue
        read = [*edition.segments, *customers.source.columns.values(), *customers.source.where]
        for name in customers.columns:
            own = customers.table.column(name) is None and not {folded(name)} & {*map(folded, read)}
            plain = folded(name)
            if own and _MERGED.search(plain):
                yield from _merged(customers, name, paying)
            if own and _PARENT.search(plain):
                yield from _children(customers, name, paying)
            if own and _OF_ONE.search(plain):
                yield from _one_company(customers, name, paying)
            if name == "name" or (own and (_KIND.search(plain) or is_flag_of_no_customer(name))):
                yield from _no_customers(customers, name, paying)
            if own and _UNTIL.search(plain) and customers.has(OWNER) and customers.has(VALID_FROM):
                yield from _until(customers, name, as_of)


def _paid(
    customers: Staged, rows: nw.LazyFrame, paying: list[Staged]
) -> Iterator[tuple[Staged, nw.LazyFrame]]:
    """Each table in which any of these customers pays, and those that do."""
    for each in paying:
        theirs = distinct(each.held.select(ID), ID)
        met = rows.join(theirs, on=ID, how="inner")
        if customers.count(met.head(1)):
            yield each, met


def _texts(customers: Staged, name: str) -> nw.LazyFrame:
    """The rows whose cell in a column holds something: their number, their customer and the `word`."""
    rows = customers.held.select(ROW, ID, word=nw.col(name).cast(nw.String))
    return rows.filter(~nw.col("word").is_null() & (nw.col("word") != ""))


def _merged(customers: Staged, name: str, paying: list[Staged]) -> Iterator[DataFinding]:
    others = _texts(customers, name)
    for each, met in _paid(customers, others, paying):
        many, first = customers.how_many(met)
        yield _said(
            customers, name, many, first, "a customer who went into another",
            f"another customer in {name}", f"rows of their own in {each.called} count as theirs: the one is lost and the other new. If "
            f"both are one customer, {_with_ids(customers, each, _last_of(customers, name, others))}",
        )  # fmt: skip


def _children(customers: Staged, name: str, paying: list[Staged]) -> Iterator[DataFinding]:
    """Customers of whom another is said to be the parent: whether they are one is the company's to say."""
    others = _texts(customers, name).filter(nw.col("word") != nw.col(ID))
    for each, met in _paid(customers, others, paying):
        many, first = customers.how_many(met)
        yield _said(
            customers, name, many, first, "a customer of a parent", f"a parent in {name}", f"in {each.called} each counts as a customer of "
            f"its own, who comes and leaves by itself. If a parent and its children are one customer, "
            f"{_with_ids(customers, each, _last_of(customers, name, others))}",
        )  # fmt: skip


def _last_of(customers: Staged, name: str, others: nw.LazyFrame) -> str:
    """The query that names for each of these customers the one that it belongs to: of a chain of them the last."""
    cell, who, rows = as_column(name), _who(customers), _rows(customers)
    further = others.join(others.select(word=nw.col(ID)), on="word", how="inner")
    if not customers.count(further.head(1)):
        return f"SELECT {who} AS id, max({cell}) AS one FROM {rows} WHERE {cell} IS NOT NULL GROUP BY 1"
    given = f"{cell} IS NOT NULL AND {cell} <> {who}"
    return (
        f"SELECT id, arg_max(one, steps) AS one FROM (WITH RECURSIVE up AS (SELECT {who} AS id, {cell} AS one, 1 AS steps FROM {rows} "
        f"WHERE {given} UNION ALL SELECT up.id, further.one, steps + 1 FROM up JOIN (SELECT {who} AS id, {cell} AS one FROM {rows} WHERE "
        f"{given}) AS further ON further.id = up.one WHERE steps < {MOST_STEPS}) FROM up) GROUP BY 1"
    )


def _one_company(customers: Staged, name: str, paying: list[Staged]) -> Iterator[DataFinding]:
    for each in paying:
        theirs = distinct(each.held.select(ID), ID)
        word = nw.col("word").str.to_lowercase().str.strip_chars()
        met = _texts(customers, name).with_columns(word=word).join(theirs, on=ID, how="inner")
        ids = met.group_by("word").agg(ids=nw.col(ID).n_unique())
        shared = ids.filter((nw.col("ids") > 1) & (nw.col("ids") <= SEVERAL))
        many, first = customers.how_many(met.join(shared, on="word", how="inner"))
        if many:
            cell, who = as_column(name), _who(customers)
            same = f"SELECT {who} AS id, min({who}) OVER (PARTITION BY lower(trim({cell}))) AS first FROM {_rows(customers)} WHERE {cell} IS NOT NULL"
            one = f"SELECT id, max(first) AS one FROM ({same}) GROUP BY 1"
            yield _said(
                customers, name, many, first, "one customer under several ids", f"in {name} what another has too", f"they count as "
                f"customers of their own in {each.called}. If those with one {name} are one customer, {_with_ids(customers, each, one)}",
            )  # fmt: skip


def _no_customers(customers: Staged, name: str, paying: list[Staged]) -> Iterator[DataFinding]:
    rows = _texts(customers, name)
    if name == "name":
        rows = rows.filter(nw.col("word").str.contains(_NAMED_SO))
    words = customers.engine.collect(distinct(rows.select("word"), "word").head(MOST_SHOWN + 1))[
        "word"
    ]
    told = TRUE if is_flag_of_no_customer(name) else _NO_CUSTOMER
    chosen = [each for each in words if name == "name" or folded(each) in told]
    if not chosen or len(words) > MOST_SHOWN:
        return
    for each, met in _paid(customers, rows.filter(nw.col("word").is_in(chosen)), paying):
        many, first = customers.how_many(met)
        words = ", ".join(map(quoted, chosen))
        listed = f"SELECT {_who(customers)} FROM {_rows(customers)} WHERE {as_column(customers.spelled.get(name, name))} IN ({words})"
        yield _said(
            customers, name, many, first, "an account that is no customer", f"{' or '.join(map(quoted, chosen))} in {name}",
            f"they pay in {each.called} and count. If they are no customers, "
            + (
                f'say sql: "SELECT * FROM {_rows(each)} WHERE {_who(each)} NOT IN ({listed})" instead of path for {each.table.name}'
                if _plain(customers) and _plain(each) else f"take their rows out of {each.called}"
            ),
        )  # fmt: skip


def _until(customers: Staged, name: str, as_of: date) -> Iterator[DataFinding]:
    """Stretches that end before the next begins, or that nothing follows: nobody's from then on."""
    rows = customers.rows_with(name).filter(~nw.col(ID).is_null())
    after = nw.col(VALID_FROM).shift(-1).over(ID, order_by=[VALID_FROM, ROW])
    rows = rows.with_columns(after=after).filter(nw.col("word").str.contains(r"^\d{4}-\d\d-\d\d"))
    rows = rows.with_columns(
        until=nw.col("word").str.slice(0, 10).str.to_datetime(format="%Y-%m-%d")
    )
    until, end = nw.col("until"), datetime.combine(as_of, time())
    own = nw.col(VALID_FROM).is_null() | (until > nw.col(VALID_FROM))
    gap = rows.filter(
        own, until < end, nw.col("after").is_null() | (until.dt.offset_by("1d") < nw.col("after"))
    )
    many, first = customers.how_many(gap)
    if not many:
        return
    who, since, cell = (
        _who(customers),
        as_column(customers.spelled.get(VALID_FROM, VALID_FROM)),
        as_column(name),
    )
    owner = as_column(customers.spelled.get(OWNER, OWNER))
    follows = f"CAST(b.{since} AS DATE) - CAST(a.{cell} AS DATE) IN (0, 1)"
    way = (
        f"say sql: \"SELECT * FROM {_rows(customers)} UNION ALL SELECT * REPLACE (NULL AS {owner}, {cell} AS {since}) FROM "
        f"{_rows(customers)} AS a WHERE {cell} < '{as_of}' AND NOT EXISTS (SELECT 1 FROM {_rows(customers)} AS b WHERE b.{who} = a.{who} "
        f'AND {follows})" instead of path: a row of its own from that day on, without an owner'
        if _plain(customers) else "write a row of its own from that day on, without an owner"
    )  # fmt: skip
    yield _said(
        customers, name, many, first, "end of ownership not read", f"a day in {name} from which nobody follows",
        f"the owner before has the customer to this day, or until the next. If it is nobody's then, {way}",
    )  # fmt: skip


# ---------------------------------------------------------------- words and keys


def _said(
    customers: Staged,
    name: str,
    many: int,
    first: int,
    rule: str,
    what: str,
    then: str,
) -> DataFinding:
    verb, reads = (
        ("has" if many == 1 else "have"),
        "" if name == "name" else f"nothing reads {name}, and ",
    )
    says = f"{customers.called}: {counted(many, 'row')} {verb} {what}, the first in {customers.location(first)}, {reads or 'and '}{then}; if not, {SAY_SO}."
    return DataFinding(WARNING, "customers", rule, says, many, name)


def _with_ids(customers: Staged, other: Staged, one: str) -> str:
    """The key that gives the rows of another table other ids."""
    if not (_plain(customers) and _plain(other)):
        return f"give their rows in {other.called} one id in the export"
    own = f"own.* REPLACE (coalesce(same.one, own.{_who(other)}) AS {_who(other)})"
    joined = f"{_rows(other)} AS own LEFT JOIN ({one}) AS same ON same.id = own.{_who(other)}"
    return f'say sql: "SELECT {own} FROM {joined}" instead of path for {other.table.name}'


def _plain(staged: Staged) -> bool:
    """Whether a query can read the source as the kit does: a file of CSV, as it is."""
    source = staged.source
    return bool(source.path and staged.of_csv and staged.is_own(ID)) and not (
        source.engine_sql or source.cuts or source.part or staged.renames
    )


def _rows(staged: Staged) -> str:
    return f"read_csv({quoted(staged.source.path or '')}, all_varchar = true)"


def _who(staged: Staged) -> str:
    return as_column(staged.spelled.get(ID, ID))
