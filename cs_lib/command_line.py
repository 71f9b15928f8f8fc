"""What the commands of the command line share: options, how errors are shown, how a run is stopped."""

import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from cs_lib.errors import KitError, KitWarning

if TYPE_CHECKING:
    from tqdm import tqdm

#: the exit status where nobody reads what is said, as a shell gives it for a broken pipe
CLOSED = 141
DATA = click.option(
    "--data",
    "data_dir",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="Folder that the edition's data paths start from, in place of its own.",
)
NOTEBOOK = click.option(
    "--notebook", "notebooks", multiple=True, metavar="NAME", help="Only this notebook; may repeat."
)
PERIOD = click.option(
    "--period", metavar="P", help="2026-06, 2026-Q2, 2026-W24 or 2026. Default: the last one."
)
REJECTS = click.option(
    "--allow-rejects", is_flag=True, help="Leave out the rows that break the contract."
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(min=1, max=256),
    help="Reports made side by side. Default: one per core.",
)


def a_number(ctx: click.Context, option: click.Parameter, value: float) -> float:
    if value != value:
        raise click.BadParameter("nan is not a number of seconds.")
    return value


class CommandLine(click.Group):
    """Shows an error of the kit as its message alone, with an exit status for each kind."""

    def invoke(self, ctx: click.Context) -> Any:
        warnings.showwarning = _show_warning
        try:
            return super().invoke(ctx)
        except KitError as error:
            click.echo(f"{error}", err=True)
            ctx.exit(error.exit_status)
        except KeyboardInterrupt:
            click.echo("Stopped. Nothing was published.", err=True)
            ctx.exit(130)
        except BrokenPipeError:  # nobody reads any more: `| head`
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            ctx.exit(CLOSED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # the one net: what falls in is one sentence, never a traceback
            from cs_lib import crash

            known = crash.understood(error)
            click.echo(f"{known or crash.kept(error)}", err=True)
            ctx.exit(known.exit_status if known else crash.UNEXPECTED)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """What the kit warns of, as its words alone; what libraries warn of is not for this reader."""
    if issubclass(category, KitWarning):
        click.echo(f"{message}", err=True)


class RunCommand(click.Command):
    """Takes `--pdf` with the word `all` after it, or with none; any other word is an edition."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for place in [place for place, word in enumerate(args) if word == "--pdf"][::-1]:
            everything = args[place + 1 : place + 2] == ["all"]
            args[place : place + 1 + everything] = [f"--pdf={'all' if everything else 'book'}"]
        return super().parse_args(ctx, args)


def say(text: str) -> None:
    click.echo(text, err=True)


def stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int], Callable[[str], None]]]:
    """One bar over all reports of the run, on a terminal only."""
    bars: list[tqdm] = []

    def of(total: int) -> Callable[[str], None]:
        from tqdm import tqdm

        if not bars:
            bars.append(tqdm(total=0, unit="report", disable=None, leave=False))
        bar = bars[0]
        bar.total += total
        bar.refresh()

        def tick(slug: str) -> None:
            bar.set_postfix_str(slug, refresh=False)
            bar.update()

        return tick

    try:
        yield of
    finally:
        for bar in bars:
            bar.close()
