"""The command line: `python -m cs_lib new | run | check | preview | notes | approve | send | metrics | refresh`.

Heavy packages are imported inside the commands, so that `--help` answers at once.
"""

import atexit
import contextlib
import gc
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cs_lib.command_line import (
    CLOSED,
    DATA,
    JOBS,
    NOTEBOOK,
    PERIOD,
    REJECTS,
    CommandLine,
    RunCommand,
    a_number,
    progress_bar,
    say,
    stop,
)
from cs_lib.errors import ReportError

if TYPE_CHECKING:
    from cs_lib.pack.run.make_pack import MadePack
    from cs_lib.pack.run.manifest import ReportEntry


@click.group(cls=CommandLine, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Customer-success reports from your exports: measured once, proved, published whole."""


@cli.command(cls=RunCommand)
@click.argument("editions", nargs=-1, metavar="[EDITION]...")
@click.option(
    "--period",
    metavar="P",
    help="2026-06, 2026-Q2, 2026-W24 or 2026. Default: the last complete month.",
)
@click.option(
    "--segment", "segments", multiple=True, metavar="S", help="all, plan=Pro, plan=*; may repeat."
)
@NOTEBOOK
@JOBS
@DATA
@REJECTS
@click.option(
    "--against",
    metavar="P",
    help="Say what changed since the pack of this period. Default: the last pack before.",
)
@click.option(
    "--pdf",
    type=click.Choice(["book", "all"]),
    metavar="[all]",
    help="Print the board book as PDF; with `all` every report, and the whole pack, too.",
)
@click.option("--force", is_flag=True, help="Make reports again that are already there unchanged.")
@click.option("--cold", is_flag=True, help="Start each kernel anew, not from a warm process.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1, max=604_800),
    callback=a_number,
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a report that takes longer.",
)
def run(editions: tuple[str, ...], **words: Any) -> None:
    """Make and publish the pack of an edition (default: sample).

    Reports whose data, definitions and notebook are unchanged are taken over as they are.
    """
    from cs_lib.edition import find_root
    from cs_lib.pack.run.request import RunRequest
    from cs_lib.pack.run.run import run_packs

    started = time.perf_counter()
    signal.signal(signal.SIGTERM, stop)
    with progress_bar() as progress:
        packs = run_packs(
            editions or ("sample",),
            RunRequest(**words),
            root=find_root(),
            progress=progress,
            say=say,
        )
    for pack in packs:
        _tell(pack)
    click.echo(f"{time.perf_counter() - started:.1f} s")
    failed = [_failed_words(each) for pack in packs for each in pack.failed]
    failed += [words for pack in packs for words in pack.unprinted]
    if failed:
        raise ReportError("\n".join(failed))


def _tell(pack: "MadePack") -> None:
    """Where a pack is, and what whoever ran it should know about it."""
    from cs_lib.pack.pages.index import shown_path

    for entry in pack.entries:
        if entry.stderr_lines:
            lines = f"{entry.stderr_lines} lines on stderr"
            click.echo(f"{entry.slug}: {lines}, kept in {entry.executed}", err=True)
    if pack.taken_out:
        say(
            f"Taken out of the pack: {', '.join(pack.taken_out)}. "
            "Ask for them again with --notebook and --segment."
        )
    if pack.older:
        say(
            f"Kept, of older figures and marked so: {', '.join(e.slug for e in pack.older)}. "
            "Run without --notebook and --segment to make the whole pack."
        )
    if pack.paths.rejects.is_file():
        rejects = pack.paths.rejects.relative_to(pack.paths.root).as_posix()
        say(f"Rows left out: {rejects}. They name customers: keep the file to yourself.")
    counts = Counter(entry.status for entry in pack.entries)
    click.echo(f"{shown_path(pack.paths)}  ({', '.join(f'{n} {s}' for s, n in counts.items())})")


def _failed_words(entry: "ReportEntry") -> str:
    stands = f" The report of {entry.made_on} stays in its place." if entry.has_page else ""
    return f"{entry.slug} failed: {entry.error}{stands}"


@cli.command()
@click.argument("edition", default="sample")
@DATA
@click.option(
    "--keys",
    is_flag=True,
    help="List what can be said of a table, and the defaults; check nothing.",
)
def check(edition: str, data_dir: Path | None, keys: bool) -> None:
    """Check an edition, its data and its targets, and make nothing."""
    from cs_lib.edition import defaults, find_root, table_keys

    if keys:
        click.echo(table_keys.listing())
        click.echo(
            f"\nunder definitions, and of the edition, unless said otherwise:\n{defaults.listing()}"
        )
        return
    from cs_lib.pack.run.check_command import check_edition

    check_edition(edition, root=find_root(), data_dir=data_dir, say=click.echo)


@cli.command()
@click.argument("name")
@click.option(
    "--from",
    "folder",
    required=True,
    type=click.Path(resolve_path=True, path_type=Path),
    help="The folder that holds the exports.",
)
def new(name: str, folder: Path) -> None:
    """Write an edition for a folder of exports, and check it. Asks nothing, overwrites nothing."""
    from cs_lib.edition import find_root
    from cs_lib.pack.new.new_command import new_edition

    new_edition(name, folder, root=find_root(), say=click.echo)


@cli.command()
@click.argument("name", required=False)
def metrics(name: str | None) -> None:
    """List the metrics, or print the definition of one."""
    from cs_lib.pack.run.metric_listing import definition, listing

    click.echo(definition(name) if name else listing())


@cli.command()
@NOTEBOOK
@JOBS
def refresh(notebooks: tuple[str, ...], jobs: int | None) -> None:
    """Run the notebooks with their default parameters and store the outputs in them."""
    from cs_lib.edition import find_root
    from cs_lib.pack.run.refresh import refresh as refresh_notebooks

    signal.signal(signal.SIGTERM, stop)
    with progress_bar() as progress:
        changed = refresh_notebooks(notebooks, root=find_root(), jobs=jobs, progress=progress)
    click.echo(f"changed: {', '.join(changed)}" if changed else "nothing changed")


@cli.command()
@click.argument("notebook")
@click.option("--edition", default="sample", metavar="NAME", help="Default: sample.")
@click.option("--segment", default="all", metavar="S", help="all, plan=Pro. Default: all.")
@PERIOD
@DATA
@REJECTS
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
@click.option("--once", is_flag=True, help="Make the page once, and end.")
def preview(
    notebook: str, open_page: bool, once: bool, data_dir: Path | None, **words: Any
) -> None:
    """Show one report outside the pack, made again whenever its files change.

    They are the notebook, the edition, its notes, and cs_lib. Ctrl-C ends it.
    """
    from cs_lib.edition import find_root
    from cs_lib.pack.preview.preview_command import preview as keep_showing
    from cs_lib.pack.preview.preview_page import PreviewRequest

    signal.signal(signal.SIGTERM, stop)
    name = Path(notebook).name.removesuffix(".ipynb")
    asked = PreviewRequest(name, data_dir=str(data_dir or ""), **words)
    with contextlib.suppress(KeyboardInterrupt):
        keep_showing(asked, root=find_root(), open_page=open_page, once=once, say=say)


@cli.command()
@click.argument("edition", default="sample")
@PERIOD
@DATA
def notes(edition: str, period: str | None, data_dir: Path | None) -> None:
    """Put the findings of a period into the edition's notes, as a form to fill in.

    What stands there is kept as it is; a note that is open already is not asked for again.
    """
    from cs_lib.edition import find_root
    from cs_lib.pack.share.notes_command import write_notes

    write_notes(edition, root=find_root(), period=period, data_dir=data_dir, say=click.echo)


@cli.command()
@click.argument("edition", default="sample")
@PERIOD
@click.option("--by", required=True, metavar="NAME", help="Who approves it.")
def approve(edition: str, period: str | None, by: str) -> None:
    """Approve a published pack. Figures, definitions or notes that change make it void."""
    from cs_lib.edition import find_root
    from cs_lib.pack.share.approve_command import approve as approve_pack

    approve_pack(edition, root=find_root(), period=period, by=by, say=click.echo)


@cli.command()
@click.argument("edition", default="sample")
@PERIOD
@click.option("--segment", metavar="S", help="Only the recipients of this segment.")
@click.option("--dry-run", is_flag=True, help="Write the mails beside the pack, and send nothing.")
@click.option("--again", is_flag=True, help="Send to those too who have got these figures.")
@DATA
@REJECTS
def send(edition: str, **words: Any) -> None:
    """Mail the front page of a published pack to whom the edition names.

    The server is CS_KIT_SMTP of the environment: smtp[s]://user:password@host:port.
    """
    from cs_lib.edition import find_root
    from cs_lib.pack.share.send_command import send as send_pack

    send_pack(edition, root=find_root(), say=click.echo, **words)


def main() -> NoReturn:
    """Answer the command line, and leave at once: clearing pandas away piece by piece takes half a second."""
    # what a command makes it needs to its end: a twentieth of its time went into looking for garbage
    gc.set_threshold(500_000)
    status = 0
    try:
        cli(prog_name="python -m cs_lib")
    except SystemExit as end:
        status = int(end.code or 0)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more (`| head`), or the disk is full
        status = status or CLOSED
    atexit._run_exitfuncs()  # temporary folders go
    os._exit(status)


if __name__ == "__main__":
    main()
