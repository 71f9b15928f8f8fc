"""A proposed edition as the text of a params file: a comment on each choice, and on what could not be told."""

from collections.abc import Iterator
from datetime import timedelta

import yaml

from cs_lib.data.contract.tables import TABLES
from cs_lib.pack.new.folder_files import MOST_FILES, FoundFile
from cs_lib.pack.new.proposal import ADDED_UP, NO_CURRENCY, Proposal

#: columns of a file that a comment lists, and values of a segment
_MOST_COLUMNS, _MOST_VALUES = 14, 6


def edition_text(proposal: Proposal) -> str:
    """The whole file."""
    parts = (_head, _money, _time, _tables, _segments, _definitions, _targets)
    return "\n".join("\n".join(part(proposal)) + "\n" for part in parts)


def _yaml(value: object) -> str:
    """A value on one line, quoted where YAML asks for it."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


def _said(text: str) -> str:
    """Words of a file on one line of a comment: without line breaks and signs that YAML refuses."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


def _head(proposal: Proposal) -> Iterator[str]:
    yield f"# Proposed by `python -m cs_lib new {proposal.name}` from the files of a folder. Each choice says where it"
    yield "# comes from; nothing else is known of the company. Change what is wrong and run `check` again."
    yield ""
    yield f"company: {_yaml(proposal.company)}   # the edition's name: write the company's own"


def _money(proposal: Proposal) -> Iterator[str]:
    look, own = proposal.look, proposal.currency
    if look.currencies:
        counts = ", ".join(f"{n:,} of {_said(code)}" for code, n in look.currencies.most_common())
        yield f"currency: {own}   # rows by currency: {counts}"
    else:
        yield f"currency: {NO_CURRENCY}   # no file says a currency: correct it if this is wrong"
    if proposal.no_currencies:
        words = ", ".join(_said(each) for each in proposal.no_currencies)
        yield f"# No code of a currency: {words}. `check` refuses those rows; `map` of a table says what a word means."
    if proposal.other_currencies:
        yield f"# One unit of each in {own}. No file says what it is worth; until you do, `check` refuses those rows."
        yield "# rates:"
        yield from (f"#   {_said(code)}: " for code in proposal.other_currencies)
    yield f"locale: {proposal.locale}   # decides the size of paper, by the currency"


def _time(proposal: Proposal) -> Iterator[str]:
    yield "timezone: UTC   # months begin at midnight here; no file says where the company is"
    look, as_of = proposal.look, proposal.look.as_of
    if as_of is None or look.history_starts is None:
        yield "# as_of:            # the day after the last one that the files speak of: no date was found"
        yield "# history_starts:   # the first day that they speak of"
        return
    last = max(look.last.values())
    table = next(name for name, day in sorted(look.last.items()) if day == last)
    why = f"the last row is of {last} ({table})"
    if as_of[1]:
        why += f", so {as_of[0] - timedelta(days=1):%B %Y} is taken for whole"
    yield f"as_of: {as_of[0]}   # {why}: the first day that the export no longer covers"
    first = look.first.get("subscriptions") or look.first.get("orders") or min(look.first.values())
    yield f"history_starts: {look.history_starts}   # the first row is of {first}; later, if those who left before are not in the files"


def _tables(proposal: Proposal) -> Iterator[str]:
    yield f"data: {_yaml(proposal.data)}"
    yield ""
    yield "tables:"
    if proposal.taking:
        for name, found in proposal.guesses.items():
            yield from (f"  {line}" for line in _guess(found, proposal.columns_of(name)))
        return
    if not proposal.chosen:
        yield "  # No file is an export that is known here, or has the columns of a table. Name yours:"
        yield from (f"  #   {line}" for line in _known_tables())
    for name, found in proposal.chosen.items():
        yield from _table(proposal, name, found)
    yield from _missing(proposal)
    yield from _others(proposal)


def _table(proposal: Proposal, name: str, found: FoundFile) -> Iterator[str]:
    rows = proposal.look.rows.get(name)
    counted = f", {rows:,} rows" if rows is not None else ""
    if found.more:
        yield f"  {name}:   # one table from {1 + len(found.more)} exports{counted}"
        for each in (found, *found.more):
            yield from _source(each)
        return
    title = found.adapter.title if found.adapter else "it has the columns of this table"
    yield f"  {name}:   # {title}{counted}"
    if found.adapter:
        yield f"    adapter: {found.adapter.name}"
    yield f"    path: {_yaml(found.path)}"
    yield from (f"    {key}: {_yaml(value)}" for key, value in found.keys.items())
    columns = proposal.columns_of(name)
    if columns:
        yield f"    columns: {_yaml(columns)}"
    if len(found.paths) > 1:
        yield "    # latest: file   # if each file is a full export: the newest counts, by its name"


def _source(found: FoundFile) -> Iterator[str]:
    """One of several exports that a table is read from."""
    if found.adapter:
        yield f"    - adapter: {found.adapter.name}   # {found.adapter.title}"
        yield f"      path: {_yaml(found.path)}"
        yield from (f"      {key}: {_yaml(value)}" for key, value in found.keys.items())


def _missing(proposal: Proposal) -> Iterator[str]:
    absent = [each.name for each in TABLES if each.name not in proposal.chosen]
    if proposal.chosen and absent:
        yield f"  # not found, and left out of the reports: {', '.join(absent)}"


def _others(proposal: Proposal) -> Iterator[str]:
    for each in proposal.others:
        path = _said(each.shown)
        if each.table and each.adapter:
            yield (
                f"  # {path} is {each.adapter.title} as well, and may hold the same: adapter: {each.adapter.name} reads it in an "
                f"edition of its own, or, where no row is in both, with the other: {_both(proposal, each)}"
            )
        elif each.table:
            yield (
                f"  # {path} has the columns of {each.table} as well. If both count, and no row is in both: "
                f"{_both(proposal, each)}"
            )
        elif each.names:
            names = each.likely.header if each.likely else [name for name in each.names if name]
            shown = _said(", ".join(names[:_MOST_COLUMNS]))
            more = ", …" if len(names) > _MOST_COLUMNS else ""
            yield f"  # {path}: no adapter knows it. Its columns: {shown}{more}"
        else:
            why = _said(each.why) or "it is no export of rows, or cannot be read"
            yield f"  # {path}: not looked into: {why}"
        yield from _likely(proposal, each)
    for each in proposal.chosen.values():
        yield from _likely(proposal, each)
    if proposal.unseen:
        yield f"  # not looked at: {proposal.unseen:,} files beyond the first {MOST_FILES}, by their names"


def _likely(proposal: Proposal, found: FoundFile) -> Iterator[str]:
    """What a file may be by the names of its columns, to be taken from behind the # by whoever knows it."""
    if found.likely is None:
        return
    table = found.likely.table
    be = "may hold" if found.table else "may be"
    if proposal.guesses.get(table) == found:
        yield f"  # By these names it {be} {table}. If so, look at each column, and take away the # before:"
    elif table in proposal.chosen and table in ADDED_UP:
        yield f"  # By these names it {be} {table} as well. If so, its rows are added as one more of a list: write each source"
        yield f"  # of {table} behind a -, as this one is:"
        yield from (f"  # {line}" for line in _as_one_more(found, proposal.columns_of(table)))
        yield ""
        return
    else:
        other = proposal.chosen.get(table) or proposal.guesses[table]
        yield f"  # By these names it {be} {table} as well, and a table stands once. If this is the file, put it in the place of"
        yield f"  # {_said(other.shown)}:"
    yield from (f"  # {line}" for line in _guess(found, proposal.columns_of(table)))
    yield ""


def _both(proposal: Proposal, found: FoundFile) -> str:
    """A table as the list of what is chosen for it and of another file."""
    first = proposal.chosen[found.table or ""]
    return _said(_yaml({found.table: [_asked(each) for each in (first, *first.more, found)]})[1:-1])


def _asked(found: FoundFile) -> str | dict[str, str]:
    """A source as it stands in a list."""
    adapter = {"adapter": found.adapter.name} if found.adapter else {}
    more = {**adapter, **found.keys}
    return {**more, "path": found.path} if more else found.path


def _as_one_more(found: FoundFile, more: dict[str, str]) -> Iterator[str]:
    """A guess as one of the sources of its table."""
    _, first, *others = _guess(found, more)
    yield f"  - {first.strip()}"
    yield from (f"  {line}" for line in others)


def _guess(found: FoundFile, more: dict[str, str]) -> Iterator[str]:
    likely = found.likely
    if likely is None:
        return
    yield f"{likely.table}:"
    yield f"  path: {_yaml(found.path)}"
    yield from (f"  {key}: {_yaml(value)}" for key, value in found.keys.items())
    if likely.skip:
        yield f"  skip: {likely.skip}"
    if likely.footer:
        yield f"  footer: {likely.footer}   # totals or remarks below the rows"
    yield from (f"  {key}: {_yaml(value)}" for key, value in likely.keys.items())
    own = {name: column for name, column in more.items() if column in likely.header}
    yield f"  columns: {_yaml({**likely.columns, **own})}"
    if likely.values:
        yield f"  values: {_yaml(likely.values)}"
    if likely.remark:
        yield f"  # {likely.remark}"


def _known_tables() -> Iterator[str]:
    for each in TABLES:
        needed = [c.name for c in each.columns if c.required or c.present]
        yield f"{each.name}: {{path: …, columns: {{{', '.join(f'{c}: …' for c in needed)}}}}}"


def _segments(proposal: Proposal) -> Iterator[str]:
    own, later = proposal.segments, proposal.later_segments
    if own or later:
        yield "# Columns that figures are split by: those of few values, with customers enough behind each."
    for each in later or own:
        shown = _said(", ".join(each.values[:_MOST_VALUES]))
        more = ", …" if len(each.values) > _MOST_VALUES else ""
        yield f"#   {_said(each.name)} ({each.table}): {shown}{more}"
    line = f"segments: {_yaml([each.name for each in own])}"
    if later:
        named = _yaml([each.name for each in later])
        line += f"   # once the tables behind a # are taken: {named}"
    elif not own:
        line += "   # no column of the files has few values with customers enough behind each"
    yield line


def _definitions(proposal: Proposal) -> Iterator[str]:
    yield "# What no file says. Without the margin there is no lifetime value and no payback."
    yield "# definitions:"
    yield "#   gross_margin: 0.80"
    if "ces" in proposal.look.instruments:
        yield "# Your files hold answers of ces, and no file says which end of its scale is good: `check` asks for it."
        yield "#   ces: {scale: [1, 7], direction: higher, easy: [5, 7]}"


def _targets(proposal: Proposal) -> Iterator[str]:
    if not proposal.baselines:
        yield "# targets: none is proposed, since nothing could be measured yet"
        return
    yield "# Where the company stands, not where it should be: write your own."
    yield "targets:"
    for each in proposal.baselines:
        span = str(each.last) if each.first == each.last else f"{each.first} to {each.last}"
        yield f"  {each.metric}: {_yaml(each.value)}   # {each.title}, {span}"
