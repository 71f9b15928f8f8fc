"""An adapter: a readable query that makes a table of the kit of one vendor's export, with its rules in words."""

from typing import Any, ClassVar

from pydantic import Field

from cs_lib.params import Part, Text


class Notice(Part):
    """What is to be said of the export's rows for which a condition, in SQL over `export`, holds.

    `column` is the one that a refusal names; nothing is said where the edition gives the column `unless`.
    """

    where: Text
    says: Text
    column: Text | None = None
    unless: Text | None = None


class Adapter(Part):
    """How one vendor's export is read: the columns by which it is recognised, the query, and the rules.

    `reading` are keys of a table, which the edition's own go before. `words` are the words that a column
    may hold, without regard to case: any other is refused. `names` say which column of the export an error
    names for one of ours. `may` are columns that the query reads and the export may lack, `without` those that tell
    another vendor's export, and `hides`
    those that do not come along. `picks` are columns that bear another name in every export: patterns, of
    which the first that fits names one; where a pattern has a group, what the group holds is the name. The
    query reads them by our name, and the name that was found as `…_name`. `ends_are_past`: what has an end has ended when the export was made.
    `asks` is what a database that holds the vendor's tables is asked for, in SQL that databases share;
    {schema} is where the tables are.
    """

    FILLED: ClassVar[dict[str, str]] = {
        "name": "The file's own name is the adapter's.",
        "sql": "The query stands in a file of its own, beside this one.",
    }

    name: str
    sql: str
    title: Text
    table: Text
    needs: tuple[Text, ...] = Field(min_length=1)
    may: tuple[Text, ...] = ()
    without: tuple[Text, ...] = ()
    hides: tuple[Text, ...] = ()
    picks: dict[str, tuple[Text, ...]] = Field(default_factory=dict)
    reading: dict[str, Any] = Field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    names: dict[str, str] = Field(default_factory=dict)
    rules: dict[str, Text] = Field(min_length=1)
    ends_are_past: bool = False
    asks: Text | None = None
    refuses: tuple[Notice, ...] = ()
    warns: tuple[Notice, ...] = ()

    def statement(self, schema: str) -> str | None:
        """What a database is asked for whose schema has the vendor's tables."""
        return self.asks.replace("{schema}", schema) if self.asks else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the export that the query reads."""
        return (*self.needs, *self.may)
