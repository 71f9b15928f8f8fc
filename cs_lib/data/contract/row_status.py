"""Rows that say themselves that they do not count: by a status, by a flag, by how likely they are."""

import re
from collections.abc import Iterable, Iterator

import narwhals as nw

from cs_lib.data.contract.column_words import Words, told, words
from cs_lib.data.contract.data_findings import DataFinding, counted
from cs_lib.data.contract.edition_keys import SAY_SO, kept
from cs_lib.data.contract.table_declaration import WARNING
from cs_lib.data.engines.dialect import DUCKDB
from cs_lib.data.sources.headers import as_column, folded, inside_quotes
from cs_lib.data.sources.staged_table import Staged
from cs_lib.data.sources.typing_sql import ROW

#: words of a status, folded, beside which a row does not count
_VOID = (
    "void", "voided", "draft", "failed", "rejected", "declined", "deleted", "test", "spam", "entwurf", "fehlgeschlagen",
    "brouillon", "échoué", "borrador", "fallido", "bozza", "fallito", "rascunho",
)  # fmt: skip
_PLANNED = ("planned", "plan", "forecast", "budget", "budgeted", "canceled", "cancelled", "quoted")
_UNDONE = (
    "canceled", "cancelled", "refunded", "chargedback", "abandoned", "trash", "trashed", "expired", "uncollectible",
    "reversed", "writtenoff", "storniert", "annulliert", "erstattet", "zurückerstattet", "annulé", "annulée",
    "remboursé", "remboursée", "cancelado", "cancelada", "anulado", "reembolsado", "reembolsada", "annullato",
    "rimborsato", "geannuleerd", "terugbetaald",
)  # fmt: skip
_NEVER = {
    "subscriptions": (
        *_VOID, "trial", "trialing", "trialling", "intrial", "freetrial", "pending", "future", "scheduled",
        "incomplete", "incompleteexpired", "unpaid", "closedlost", "lost", "prospecting", "prospect", "lead",
        "qualification", "negotiation", "proposal", "quote", "quoted", "paused", "onhold", "suspended", "frozen",
        "pausiert", "ruhend", "testphase", "probezeit", "essai", "enessai", "enpause", "prueba", "enprueba", "pausado",
        "prova", "inprova", "inpausa", "proefperiode", "gepauzeerd",
    ),
    "orders": (
        *_VOID, *_UNDONE, "authorization", "authorisation", "authorizationexpired", "pending", "pendingpayment",
        "processordeclined", "gatewayrejected", "settlementdeclined", "denied", "proforma", "proformainvoice", "quotation", "estimate", "replacement",
    ),
    "survey_responses": (
        *_VOID, "surveypreview", "preview", "surveytest", "partial", "incomplete", "disqualified", "screenedout",
    ),
    "acquisition_costs": (*_VOID, *_PLANNED),
    "success_costs": (*_VOID, *_PLANNED),
    "usage_events": ("test", "bot", "internal", "synthetic", "failed", "failure", "error", "denied"),
}  # fmt: skip
#: documents that take off what others have added
_BACK = (
    "refund", "chargeback", "reversal", "creditnote", "creditmemo", "salescreditnote", "gutschrift", "stornorechnung",
    "rückerstattung", "avoir", "remboursement", "notadicredito", "notadecrédito", "notadecredito", "reembolso",
    "creditnota", "rimborso",
)  # fmt: skip
#: where credit is a way to pay
_OF_PAYING = re.compile(r"pay|card|tender|method|fund")
_GONE = (
    "canceled", "cancelled", "expired", "ended", "churned", "terminated", "inactive", "lapsed", "closed", "deleted",
    "gekündigt", "beendet", "abgelaufen", "inaktiv", "résilié", "résiliée", "inactif", "expiré", "cancelado",
    "cancelada", "inactivo", "vencido", "disdetto", "scaduto", "inattivo", "opgezegd", "beëindigd", "inactief",
    "inativo", "encerrado",
)  # fmt: skip
#: the column of a row that counts only where it holds something
_WEIGHED = {
    "subscriptions": "mrr",
    "orders": "amount",
    "survey_responses": "score",
    "acquisition_costs": "amount",
    "success_costs": "amount",
}
_STATUS = re.compile(
    r"status|state|stage|phase|type|kind|lifecycle|outcome|result|scenario|szenario|statut|estado|stato|zustand|^typ$|^art$"
)
#: columns of yes and no, by which of the two a row does not count
_NOT_IF_SO = re.compile(
    r"^(fivetran|airbyte)?(is|was)?(soft)?(deleted|voided|void|test|testmode|testaccount|testorder|preview|archived|bot"
    r"|internal|internalaccount|impersonated|impersonation|automated|estimate|estimated|demo|sandbox|employee|staff|duplicate|paused|onhold|trial|refunded|intern|pausiert)$"
)
_GONE_IF_SO = re.compile(rf"^(is|was|has)?({'|'.join(_GONE)}|storniert|annulé)$")
_NOT_UNLESS = re.compile(
    r"^(is|was)?(paid|completed?|finished|success|successful|succeeded|livemode|live|valid|billable|captured|bezahlt|payé"
    r"|pagado|pagato)$"
)
_GONE_UNLESS = re.compile(r"^(is)?(active|enabled|current|aktiv|actif|activo|attivo|actief|ativo)$")
TRUE = ("true", "1", "yes", "t", "y", "ja", "oui", "si", "sí", "sim", "wahr", "vrai", "x")
_FALSE = ("false", "0", "no", "f", "n", "nein", "non", "nee", "não", "falsch", "faux")
#: the day on which a row was taken back
_UNDONE_ON = re.compile(
    r"^(deleted|voided|archived|trashed|removed|cancell?ed|refunded|reversed|disputed|chargedback|storniert|gelöscht|annul[ée]+"
    r"|cancell?ation|deletion|refund|void)(at|on|date|time|timestamp|datum|am|le)$"
)
_DELETED = re.compile(r"^(deleted|voided|archived|trashed|removed|deletion|gelöscht)")
_LIKELY = re.compile(r"^(win|close|deal|forecast)?(probability|likelihood)(percent|pct)?$")


def is_status(name: str, values: Iterable[str]) -> bool:
    """Whether a column says of its rows that they are active, over or do not count, by its name and its values."""
    plain = folded(name)
    if any(each.fullmatch(plain) for each in (_NOT_IF_SO, _NOT_UNLESS, _GONE_IF_SO, _GONE_UNLESS)):
        return True
    known = {*_GONE, *_BACK}.union(*_NEVER.values())
    return _STATUS.search(plain) is not None and any(folded(each) in known for each in values)


def is_flag_of_no_customer(name: str) -> bool:
    """Whether a column of yes and no says yes of rows that do not count: is_deleted, test."""
    return _NOT_IF_SO.fullmatch(folded(name)) is not None


def status_findings(staged: Staged, name: str) -> Iterator[DataFinding]:
    """What a column that nothing reads says of its rows: that they do not count, are over, or take off."""
    plain, table = folded(name), staged.table.name
    never: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    if _STATUS.search(plain):
        never, gone = _NEVER.get(table, ()), _GONE
    elif _NOT_IF_SO.fullmatch(plain):
        never = TRUE
    elif _NOT_UNLESS.fullmatch(plain):
        never = _FALSE
    elif _GONE_IF_SO.fullmatch(plain):
        never, gone = ((), TRUE) if table == "subscriptions" else (TRUE, ())
    elif _GONE_UNLESS.fullmatch(plain):
        gone = _FALSE
    elif _UNDONE_ON.fullmatch(plain):
        yield from _undone(staged, name)
        return
    elif not (_LIKELY.fullmatch(plain) and table == "subscriptions"):
        return
    rows = _that_weigh(staged)
    found = words(staged, name, rows)
    if _LIKELY.fullmatch(plain):
        never = tuple(folded(word) for word, *_ in found if _below_all(word))
    void = [each for each in found if folded(each[0]) in never]
    if void:
        keep = [each[0] for each in found if each not in void]
        # a blank says nothing against a row, where the other words do
        judged = keep and not _NOT_UNLESS.fullmatch(plain)
        if judged and staged.count(rows.filter(nw.col(name).is_null()).head(1)):
            keep.append("")
        yield _do_not_count(staged, name, void, keep)
    if table == "orders" and _STATUS.search(plain):
        back = _BACK if _OF_PAYING.search(plain) else (*_BACK, "credit")
        yield from _taken_off(staged, name, [each for each in found if folded(each[0]) in back])
    if table == "subscriptions" and gone:
        yield from _gone(staged, name, rows, gone)


def _undone(staged: Staged, name: str) -> Iterator[DataFinding]:
    """Rows with the day on which they were taken back; of subscriptions those that were deleted and have no end."""
    rows, of_subscriptions = _that_weigh(staged), staged.table.name == "subscriptions"
    if of_subscriptions:
        if not staged.has("end_date") or not _DELETED.search(folded(name)):
            return
        rows = rows.filter(nw.col("end_date").is_null())
    text = nw.col(name).cast(nw.String)
    days = rows.select(nw.col(ROW), value=text).filter(nw.col("value").str.contains(r"\d"))
    many, first = staged.how_many(days)
    if not many:
        return
    end = as_column(staged.spelled.get("end_date", "end_date"))
    as_end = (
        f', or, if it is their end, columns: {{end_date: "coalesce({end}, {as_column(name)})"}}'
    )
    says = (
        f"{staged.called}: {counted(many, 'row')} that {'counts has' if many == 1 else 'count have'} a day in {name}, the first "
        f"in {staged.location(first)}, and nothing reads {name}. If such rows do not count, say {kept(name, [''])} for this "
        f"table{as_end if of_subscriptions else ''}; if they do, {SAY_SO}."
    )
    yield DataFinding(WARNING, staged.table.name, "status not read", says, many, name)


def _that_weigh(staged: Staged) -> nw.LazyFrame:
    weighed = _WEIGHED.get(staged.table.name)
    if not weighed or not staged.has(weighed):
        return staged.held
    value = nw.col(weighed)
    return staged.held.filter(value > 0 if weighed != "score" else ~value.is_null())


def _below_all(word: str) -> bool:
    """Whether a chance is less than certain: 20%, 0.2, 60."""
    number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*%?", word.strip())
    return number is not None and float(number[1].replace(",", ".")) not in (1, 100)


def _do_not_count(staged: Staged, name: str, void: Words, keep: list[str]) -> DataFinding:
    many, start = told(staged, name, void, "that counts says", "that count say")
    says = (
        f"{start}, and nothing reads {name}. Say which rows count with {kept(name, keep or ['…'])} for this table; "
        "list every word if all do."
    )
    return DataFinding(WARNING, staged.table.name, "status not read", says, many, name)


def _taken_off(staged: Staged, name: str, back: Words) -> Iterator[DataFinding]:
    """Credit notes and refunds that add to what they should take off."""
    if not back:
        return
    many, start = told(
        staged, name, back, "with an amount above 0 says", "with an amount above 0 say"
    )
    own = as_column(staged.spelled.get("amount", "amount"))
    listed = inside_quotes(", ".join(DUCKDB.literal(word) for word, *_ in back))
    says = (
        f"{start}, and {'adds' if many == 1 else 'add'} to what {'it' if many == 1 else 'they'} should take off. Say columns: "
        f"{{amount: \"CASE WHEN {as_column(name)} IN ({listed}) THEN concat('-', {own}) ELSE {own} END\"}} for this table; "
        f"if they take nothing off, {SAY_SO}."
    )
    yield DataFinding(WARNING, "orders", "refund that adds", says, many, name)


def _gone(
    staged: Staged, name: str, rows: nw.LazyFrame, gone: tuple[str, ...]
) -> Iterator[DataFinding]:
    """Subscriptions that are said to be over and have no end."""
    if staged.has("end_date"):
        rows = rows.filter(nw.col("end_date").is_null())
    found = words(staged, name, rows)
    over = [each for each in found if folded(each[0]) in gone]
    if over:
        many, start = told(staged, name, over, "without end_date says", "without end_date say")
        keep = [word for word, *_ in found if folded(word) not in gone]
        # where others that are over do have an end, leaving out the word would leave out whoever left
        ended = ~nw.col("end_date").is_null() if staged.has("end_date") else nw.lit(False)
        of_over = nw.col(name).cast(nw.String).is_in([word for word, *_ in over])
        only = not staged.count(_that_weigh(staged).filter(ended, of_over).head(1))
        other = f". Or list the words that count: {kept(name, keep or ['…'])}" if only else ""
        says = (
            f"{start}, and {'counts' if many == 1 else 'count'} as paid for to this day. Name the column with the day on "
            f"which they ended: columns: {{end_date: …}}{other}."
        )
        yield DataFinding(WARNING, staged.table.name, "ended without an end", says, many, name)
