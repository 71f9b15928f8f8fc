"""Words of a row that say of it what its amount does not: a gift card, a test, a transfer of money, a row that takes off,
a subscription that ended because it was a duplicate or went on elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw

from cs_lib.data.contract.column_words import Words, told, words
from cs_lib.data.contract.data_findings import DataFinding
from cs_lib.data.contract.edition_keys import SAY_SO, left_out
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.contract.tables import COSTS
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import folded, inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW
from cs_lib.vocabulary import FOREVER

MOST_SHOWN = 30


@dataclass(frozen=True)
class _Worded:
    """Columns of such names, folded, the words in small letters that tell, and what they tell.

    `{out}` is the key that leaves such rows out, `{known}` the one that reads the column.
    """

    rule: str
    tables: tuple[str, ...]
    names: re.Pattern[str]
    words: str
    then: str
    unless: re.Pattern[str] | None = None


_USED_UP = (
    "use up what was paid before, and it counts again. Say {out} for this table, or leave them in if what was paid before is not "
    "among the rows"
)
_WORDED = (
    _Worded(
        "gift cards sold",
        ("orders",),
        re.compile(r"product|item|sku|article|artikel|title|description|category|^name$|^type$"),
        r"\bgift[ _-]?(card|voucher|certificate)s?\b|geschenk(gutschein|karte)|carte[- ]cadeau|tarjeta[- ]regalo|buono[- ]regalo",
        "count as sold, and what is bought with them counts again. Say {out} for this table, or leave them in if nothing that "
        "is paid with them is among the rows",
    ),
    _Worded(
        "status not read",
        ("orders",),
        re.compile(r"^(order)?(tags?|labels?|etiketten)$"),
        r"(^|[,;|]) *test(ing| order)? *($|[,;|])",
        "count as sold. Say {out} for this table, or leave them in if they are orders",
    ),
    _Worded(
        "transfers among the orders",
        ("orders",),
        re.compile(r"^(?!.*(payment|method)).*(type|kind|^typ$|^art$|category|event)"),
        r"\b(withdrawal|currency conversion|payout|bank deposit|account hold|internal transfer|auszahlung|umbuchung)s?\b|^transfers?$",
        "move money and sell nothing. Say {out} for this table, or leave them in if they are sales",
    ),
    _Worded(
        "credit that is used up",
        ("orders",),
        re.compile(r"^(?!.*(payment|method)).*(type|kind|^typ$|^art$|category|event|description|memo|item|product)"),
        r"\bdraw[ _-]?downs?\b|\b(used|burned|consumed|redeemed) credits?\b|guthaben(verbrauch|einlösung)"
        r"|\bcredits? (used|usage|consumed|consumption|burn(ed)?|redeemed|redemption)\b",
        _USED_UP,
    ),
    _Worded(
        "credit that is used up",
        ("orders",),
        re.compile(r"pay(ment|ed|ing)?(method|type|source|by|with|mode)?$|tender|zahlungs?(art|weise)"),
        r"\b(prepaid|store|account|customer)[ _-](credits?|balance|wallet)\b|\bcredit[ _-]balance\b|\bguthaben\b",
        _USED_UP,
    ),
    _Worded(
        "parts of a term",
        ("subscriptions",),
        re.compile(r"description|memo|detail|line|item|type|kind|reason|product|^name$|^text$|beschreibung|libellé"),
        r"\b(unused|remaining) time\b|\bpro[- ]?rat(a|ed|ion)\b|\banteilig|\bau prorata\b|\bprorrat",
        "are the price of a part of a month or a year, and count as that of a month. Say {out} for this table and give the row of "
        "the plan its whole price, or leave them in if they are whole",
    ),
    _Worded(
        "refund not read",
        ("orders",),
        re.compile(r"status|state|^stand$"),
        r"^partial(ly)?[ _-]?(refund|refunded|reimbursed)$|^teilweise erstattet$|^partiellement rembours",
        "count whole, though a part was given back. Export also what was given back, as rows below 0 or in a column of its own; "
        "if the amount is what is left, {known}",
        unless=re.compile(r"refund|credited|chargeback|erstattet"),
    ),
)  # fmt: skip
_SIDE = re.compile(
    r"^(dr|debit|soll|s)(or)?(cr|credit|haben|h)(type|flag|indicator|sign|kz|kennzeichen)?$"
    r"|^(cr|credit)(or)?(dr|debit)(type|flag|indicator|sign)?$"
)
_DEBIT, _CREDIT = ("dr", "d", "debit", "soll", "s"), ("cr", "c", "credit", "haben", "h")
_NEVER_WAS = r"\bduplicates?\b|\bdoppelt|(created|opened|entered|signed up) (in error|by mistake)|^test( account)?$|\berroneous"
_WENT_ON = (
    r"\bupgrad|\bmigrat|\bmerged?\b|\b(moved|switched|changed|converted) to\b|\breplaced by\b"
)


def worded_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What the words of a column that nothing reads tell of their rows."""
    plain, table = folded(name), staged.table.name
    for each in _WORDED:
        if table in each.tables and each.names.search(plain) and not _another(staged, name, each):
            yield from _said(staged, name, each)
    if table in ("orders", *COSTS) and _SIDE.search(plain):
        yield from _of_two_sides(staged, name)


def _another(staged: Staged, name: str, worded: _Worded) -> bool:
    """Whether another column says already what these words do."""
    others = (each for each in staged.columns if each != name)
    return worded.unless is not None and any(worded.unless.search(folded(each)) for each in others)


def _with(rows: nw.LazyFrame, staged: Staged, name: str, pattern: str) -> Words:
    """The words of a column that are of a pattern: each with its rows and the first of them."""
    text = nw.col(name).cast(nw.String)
    given = rows.select(nw.col(ROW), value=text)
    given = given.filter(nw.col("value").str.to_lowercase().str.contains(pattern))
    groups = given.group_by("value").agg(rows=nw.len(), first=nw.col(ROW).min())
    found = staged.engine.collect(groups.sort("first").head(MOST_SHOWN))
    return [(str(v), int(n), int(r)) for v, n, r in found.itertuples(index=False, name=None)]


def _finding(staged: Staged, name: str, rule: str, many: int, says: str) -> DataFinding:
    return DataFinding(WARNING, staged.table.name, rule, says, many, name)


def _said(staged: Staged, name: str, worded: _Worded) -> Iterator[DataFinding]:
    money = nw.col("mrr" if staged.table.name == "subscriptions" else "amount") != 0
    found = _with(staged.held.filter(money), staged, name, worded.words)
    many = sum(rows for _, rows, _ in found)
    if not found or many == staged.count(staged.held.filter(money)):
        return
    _, start = told(staged, name, found[:3])
    out = dict.fromkeys(_beginning(word, worded.words) for word, *_ in found)
    keys = {"out": left_out(name, out), "known": SAY_SO}
    yield _finding(staged, name, worded.rule, many, f"{start}: they {worded.then.format(**keys)}.")


def _beginning(word: str, pattern: str) -> str:
    """A word as `where` leaves it out: by how it begins, where what tells stands there and the rest is of its row."""
    tells = re.match(pattern, word.lower())
    return f"{word[: tells.end()]}*" if tells and len(word) > tells.end() + 8 else word


def _of_two_sides(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Debits and credits that all add up, none of them below 0: the fewer of them take off."""
    rows = staged.held.filter(nw.col("amount") != 0)
    found = words(staged, name, rows)
    sides = [[each for each in found if folded(each[0]) in side] for side in (_DEBIT, _CREDIT)]
    if not all(sides) or sum(map(len, sides)) < len(found):
        return
    if staged.count(rows.filter(nw.col("amount") < 0).head(1)):
        return
    fewer, more = sorted(sides, key=lambda side: sum(rows for _, rows, _ in side))
    many, start = told(staged, name, fewer)
    listed = inside_quotes(", ".join(DUCKDB.literal(word) for word, *_ in fewer))
    own, cell = staged.cell("amount"), staged.cell(name)
    says = (
        f"{start}, nothing reads {name}, and {'it adds' if many == 1 else 'they add'} up with those that say "
        f'"{more[0][0]}". If one takes off what the other adds, say columns: {{amount: "CASE WHEN {cell} IN ({listed}) THEN '
        f"concat('-', {own}) ELSE {own} END\"}} for this table; if not, {SAY_SO}."
    )
    yield _finding(staged, name, "refund that adds", many, says)


def reason_findings(staged: Staged) -> Iterator[DataFinding]:
    """Ends that are no customer's leaving by their reason: the subscription never was, or went on as another."""
    name = "end_reason"
    if staged.table.name != "subscriptions" or not staged.has(name) or not staged.has("end_date"):
        return
    own = staged.spelled.get(name, name)
    ended = staged.held.filter(~nw.col("end_date").is_null(), nw.col("mrr") > 0)
    if found := _with(ended, staged, name, _NEVER_WAS):
        many, start = told(staged, own, found[:3])
        out = left_out(own, staged.as_written(name, *(word for word, *_ in found)))
        says = f"{start}, and {'counts' if many == 1 else 'count'} as won and as lost. Say {out} for this table, or leave them in if they were customers."
        yield _finding(
            staged, ", ".join(word for word, *_ in found), "an end that is no leaving", many, says
        )
    last = staged.rows.group_by("customer_id").agg(
        until=nw.col("end_date").fill_null(FOREVER).max()
    )
    ended = ended.join(last, on="customer_id", how="inner")
    ended = ended.filter(nw.col("end_date") == nw.col("until"))
    if found := _with(ended, staged, name, _WENT_ON):
        many, start = told(staged, own, found[:3])
        says = (
            f"{start}, and no row of the same customer goes on: {'it counts' if many == 1 else 'they count'} as lost. Write the "
            "subscription that each went on with, under the same customer_id, or leave end_date empty."
        )
        yield _finding(
            staged, ", ".join(word for word, *_ in found), "an end that is no leaving", many, says
        )
