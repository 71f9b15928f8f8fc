"""What opening a kit sets up in a notebook: a trailing semicolon hides a cell's value however it is run."""

from IPython import get_ipython
from IPython.core.displayhook import DisplayHook


def let_semicolons_hide() -> None:
    """Let `sns.lineplot(…);` show the chart alone under nbval too.

    IPython looks for the semicolon in its history, which nbval does not write.
    """
    shell = get_ipython()
    if shell is not None and _with_nothing_shown not in shell.input_transformers_post:
        shell.input_transformers_post.append(_with_nothing_shown)


def _with_nothing_shown(lines: list[str]) -> list[str]:
    """The lines of a cell; of one that ends in a semicolon nothing is the last value."""
    quiet = DisplayHook.semicolon_at_end_of_expression("".join(lines))
    return [*lines, "None\n"] if quiet else lines
