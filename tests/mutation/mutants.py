"""Seed small faults into facts, metrics and pages, one at a time, and see whether the tests notice.

    python tests/mutation/mutants.py                # all, two at a time
    python tests/mutation/mutants.py churn window   # those whose name holds one of these words

Each mutant is a change of text in a copy of the tree; the tree itself is never touched. A mutant is *killed*
when one of its tests fails that passed before (tests/metrics, unless it names others). One that lives, takes
too long or no longer finds its text makes the exit status 1.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE, TIMEOUT = 2, 600
FACTS, METRICS, FIGURES = "cs_lib/data/facts", "cs_lib/metrics", "cs_lib/report/figures"
#: what the pages show, and the tests that look at it
SHOWN = ("tests/report/test_marks.py", "tests/report/test_tables.py")
FRONT, WHOLE, PREVIOUS = (
    ("tests/kit/test_front.py",), ("tests/pack/test_whole_notebook.py",), ("tests/pack/test_previous_pack.py",)
)  # fmt: skip
#: the tests that look at a file most closely: they are run first, so that a mutant dies early
NEAREST = {
    "subscription_facts.py": ("movements", "lifetimes", "segments"),
    "movements.py": ("movements", "segments", "rates"),
    "calendar.py": ("orders",),
    "order_facts.py": ("orders",),
    "survey_facts.py": ("surveys",),
    "cost_facts.py": ("economics",),
    "cohort_facts.py": ("cohorts",),
    "cohorts.py": ("cohorts",),
    "duration_facts.py": ("survival", "lifetimes"),
    "derived.py": ("economics",),
    "estimate.py": ("movements", "follow_up", "surveys"),
    "survey.py": ("declarations", "surveys"),
    "customer_retention.py": ("declarations", "rates"),
    "revenue_retention.py": ("declarations", "rates"),
    "recurring.py": ("declarations", "rates"),
    "acquisition.py": ("declarations", "economics"),
    "intervals.py": ("intervals",),
    "suppression.py": ("populations", "segments", "suppression", "surveys"),
}
PYTEST = [
    sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:nbval",
    "-o", "addopts=--import-mode=importlib", "-k", "not duckdb and not spark and not wholesaler", "--no-header",
]  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: in this file (of a folder: in the one file that holds it) the first `old` becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ("tests/metrics",)

    def place(self, tree: Path) -> Path | None:
        """The file that holds the text; None where it has moved."""
        at = tree / self.file
        files = sorted(at.rglob("*.py")) if at.is_dir() else [at]
        return next((each for each in files if self.old in each.read_text(encoding="utf-8")), None)


MUTANTS = [
    Mutant("what has ended is still paid", f"{FACTS}/subscription_facts.py", 'change=-nw.col("amount")', 'change=0 * nw.col("amount")'),
    Mutant("a change lasts a period too long", f"{FACTS}/movements.py", 'nw.col("period") < nw.col("following")', 'nw.col("period") <= nw.col("following")'),
    Mutant("what changed long before is lost", f"{FACTS}/movements.py", 'nw.col("bucket") < start).then(start)', 'nw.col("bucket") < start).then(nw.col("bucket"))'),
    Mutant("an end counts where it began", f"{FACTS}/subscription_facts.py", 'bucket=calendar.bucket(nw.col("until"))', 'bucket=calendar.bucket(nw.col("start_date"))'),
    Mutant("free plans pay", f"{FACTS}/subscription_facts.py", 'nw.col("mrr") > 0', 'nw.col("mrr") >= 0'),
    Mutant("rows of no length pay", f"{FACTS}/subscription_facts.py", 'nw.col("end_date") > nw.col("start_date")', 'nw.col("end_date") >= nw.col("start_date")'),
    Mutant("touching intervals are two spells", f"{FACTS}/subscription_facts.py", 'nw.col("before") < nw.col("start_date")', 'nw.col("before") <= nw.col("start_date")'),
    Mutant("a spell reaches only to its last row's end", f"{FACTS}/subscription_facts.py", 'along(nw.col("until").cum_max())', 'along(nw.col("until"))'),
    Mutant("every spell starts a customer", f"{FACTS}/subscription_facts.py", '(nw.col("begins") == 1) & (nw.col("spell") == 1)', '(nw.col("begins") == 1)'),
    Mutant("a spell ends with its first row to end", f"{FACTS}/subscription_facts.py", 'nw.col("until").max()', 'nw.col("until").min()'),
    Mutant("a spell that is over is followed on", f"{FACTS}/duration_facts.py", "followed=-1", "followed=0"),
    Mutant("a spell that is over lasts on", f"{FACTS}/duration_facts.py", 'lasted=nw.when(kind == GOING_ON)', 'lasted=nw.when(kind != ENTERED)'),
    Mutant("new and reactivated change places", f"{FACTS}/movements.py", 'first = nw.col("all_started") > 0', 'first = nw.col("all_started") == 0'),
    Mutant("lost by segment, not by customer", f"{FACTS}/movements.py", '(nw.col("opening") > 0) & ~still', '(nw.col("opening") > 0) & (nw.col("closing") == 0)'),
    Mutant("expansion of new customers", f"{FACTS}/movements.py", 'there & still & (nw.col("closing") > nw.col("opening"))', 'still & (nw.col("closing") > nw.col("opening"))'),
    Mutant("contraction of lost customers", f"{FACTS}/movements.py", 'there & still & (nw.col("closing") < nw.col("opening"))', 'there & (nw.col("closing") < nw.col("opening"))'),
    Mutant("joined and left without leaving", f"{FACTS}/movements.py", 'only(~still, "started")', 'only(still, "started")'),
    Mutant("what moves is the larger side", f"{FACTS}/movements.py", 'moved=nw.min_horizontal("gains", "losses")', 'moved=nw.max_horizontal("gains", "losses")'),
    Mutant("transfers out not taken from contraction", f"{FACTS}/movements.py", '(nw.col("loss") + nw.col("transfer_out"))', 'nw.col("loss")'),
    Mutant("gross retention without the minimum", f"{FACTS}/movements.py", 'nw.min_horizontal("all_opening", "all_closing")', 'nw.col("all_closing")'),
    Mutant("twelve months' gross without the minimum", f"{FACTS}/movements.py", 'nw.min_horizontal("all_year_ago", "all_closing")', 'nw.col("all_closing")'),
    Mutant("retention of the segment's own closing", f"{FACTS}/movements.py", 'retained=left("opening", nw.col("all_closing"))', 'retained=left("opening", nw.col("closing"))'),
    Mutant("a stretch lasts a period too long", f"{FACTS}/movements.py", 'until=following(order).fill_null(own.stop)', 'until=following(order).fill_null(own.stop) + 1'),
    Mutant("a change lasts for good", f"{FACTS}/movements.py", 'nw.col("period") + nw.col("turn") * nw.col("lasts")', 'nw.col("period")'),
    Mutant("a year before a year is its closing", f"{FACTS}/movements.py", 'year_ago=nw.col("opening")', 'year_ago=nw.col("closing")'),
    Mutant("eleven months ago", f"{FACTS}/movements.py", 'later = nw.col("period") + year', 'later = nw.col("period") + year - 1'),
    Mutant("eleven months of orders", f"{FACTS}/movements.py", "before(column, PERIODS_A_YEAR[grain])", "before(column, PERIODS_A_YEAR[grain] - 1)"),
    Mutant("an opening is the closing", f"{FACTS}/movements.py", 'nw.col("closing") - nw.col("change")', 'nw.col("closing")'),
    Mutant("an opening is the closing before last", f"{FACTS}/order_facts.py", 'opening=movements.before("closing")', 'opening=movements.before("closing", 2)'),
    Mutant("the window is a month short", f"{FACTS}/calendar.py", "months_before(period.end, months)", "months_before(period.end, months - 1)"),
    Mutant("only one margin hides a second cell", f"{METRICS}/compute/suppression.py", "for at in range(len(pairs))]", "for at in range(min(len(pairs), 1))]"),
    Mutant("refunds are orders", f"{FACTS}/order_facts.py", 'is_order = nw.col("amount") > 0', 'is_order = nw.col("amount") != 0'),
    Mutant("an order is dated by its last row", f"{FACTS}/order_facts.py", 'nw.col("bucket").min()', 'nw.col("bucket").max()'),
    Mutant("refunds are not netted", f"{FACTS}/order_facts.py", "rows.select(*keys", "positive.select(*keys"),
    Mutant("repeat is three orders", f"{FACTS}/order_facts.py", 'nw.col("orders_12") > 1', 'nw.col("orders_12") > 2'),
    Mutant("the window is fixed", f"{FACTS}/order_facts.py", "context.edition.definitions.active_window", "3"),
    Mutant("six and a half is passive", f"{FACTS}/survey_facts.py", 'nw.col("score") >= 7 * MICROS', 'nw.col("score") >= 6.5 * MICROS'),
    Mutant("promoters above nine", f"{FACTS}/survey_facts.py", 'nw.col("score") >= 9 * MICROS', 'nw.col("score") > 9 * MICROS'),
    Mutant("the first answer counts", f"{FACTS}/survey_facts.py", 'nw.col("answer").max()', 'nw.col("answer").min()'),
    Mutant("touchpoints are one", f"{FACTS}/survey_facts.py", '"alone", "touchpoint", *CELL)', '"alone", *CELL)'),
    Mutant("answers without a respondent are one person's", f"{FACTS}/survey_facts.py", '.then(nw.col("answer"))', '.then(nw.lit(-1))'),
    Mutant("of two answers at one moment the lower id", f"{FACTS}/survey_facts.py", '.sort("responded_at", "tie")', '.sort("responded_at", "tie", descending=[False, True])'),
    Mutant("satisfied above the lowest satisfied score", f"{FACTS}/survey_facts.py", '(nw.col("score") >= low * MICROS)', '(nw.col("score") > low * MICROS)'),
    Mutant("late answers count", f"{FACTS}/survey_facts.py", "is_null() & in_time)", "is_null())"),
    Mutant("the window includes its last moment", f"{FACTS}/survey_facts.py", 'nw.col("responded_at") < nw.col("sent_at")', 'nw.col("responded_at") <= nw.col("sent_at")'),
    Mutant("all costs are marketing", f"{FACTS}/cost_facts.py", 'only(marketing, "amount")', 'nw.col("amount")'),
    Mutant("a cohort's floor is what it has now", f"{FACTS}/cohort_facts.py", 'least=nw.col("amount").cum_min()', 'least=nw.col("amount").cum_max()'),
    Mutant("a gap is forgiven", f"{FACTS}/cohort_facts.py", 'nw.col("months_seen") == nw.col("until")', 'nw.col("months_seen") <= nw.col("until")'),
    Mutant("the mean over cohorts takes immature ones", f"{METRICS}/compute/cohorts.py", 'observed = cells[~cells["immature"]]', "observed = cells"),
    Mutant("immature cells are shown", f"{METRICS}/compute/cohorts.py", '(grid["month_end"] > pd.Timestamp(as_of)) | before_history', 'before_history'),
    Mutant("the last period is mature", f"{METRICS}/compute/estimate.py", 'unknown = ends > pd.Timestamp', 'unknown = starts > pd.Timestamp'),
    Mutant("nobody waits for the window", f"{METRICS}/compute/estimate.py", "pd.Timestamp(as_of - wait)", "pd.Timestamp(as_of)"),
    Mutant("history is forgotten", f"{METRICS}/compute/estimate.py", "unknown |= starts < known_from", "pass"),
    Mutant("looking back is free", f"{METRICS}/compute/estimate.py", "months=rule.looks_back) < known_from", "months=rule.looks_back) < pd.Timestamp.min"),
    Mutant("no second cell is hidden", f"{METRICS}/compute/suppression.py", "hidden[_second(hidden, counted, many, sums, min_n, order)] = True", "pass"),
    Mutant("answers by score are never hidden", f"{METRICS}/compute/suppression.py", 'hidden[~by_score], hidden[by_score] = gone[: len(rates)], gone[len(rates) + len(totals) :]', 'hidden[~by_score] = gone[: len(rates)]'),
    Mutant("exactly the minimum is hidden", f"{METRICS}/compute/suppression.py", "counted & (numbers < min_n)", "counted & (numbers <= min_n)"),
    Mutant("nps is a fraction", METRICS, "times=100", "times=1"),
    Mutant("stripe forgets the new", METRICS, 'column("at_opening") + column("started")', 'column("at_opening")'),
    Mutant("the mean base is a sum", METRICS, '(column("at_opening") + column("at_closing")) / 2', '(column("at_opening") + column("at_closing"))'),
    Mutant("end less new keeps the new", METRICS, 'column("closing") - column("new")', 'column("closing")'),
    Mutant("the quick ratio forgets who came back", METRICS, 'column("new") + column("reactivation") + column("expansion")', 'column("new") + column("expansion")'),
    Mutant("arr of eleven months", METRICS, 'column("closing") * 12', 'column("closing") * 11'),
    Mutant("six months pooled as twelve", f"{METRICS}/compute/derived.py", "rolling(months, min_periods=months)", "rolling(months, min_periods=1)"),
    Mutant("pooled a month early", f"{METRICS}/compute/derived.py", "pd.Timedelta(days=1)", "pd.Timedelta(days=32)"),
    Mutant("margin left out of payback", METRICS, '"denominator": arpa * margin', '"denominator": arpa'),
    Mutant("wilson without its correction", f"{METRICS}/compute/intervals.py", "z**2 / (4 * n**2)", "0"),
    Mutant("student's n for n − 1", f"{METRICS}/compute/intervals.py", "* n / (n - 1) / y**2", "/ y**2"),
    Mutant("the delta method without covariance", f"{METRICS}/compute/intervals.py", "xx - 2 * ratio * xy + ratio**2 * yy", "xx + ratio**2 * yy"),
    Mutant("one answer is added for nps", f"{METRICS}/compute/intervals.py", "(square_sum + value_sum) / 2 + 0.75", "(square_sum + value_sum) / 2 + 0.25"),
    Mutant("the wrong side of a target is shaded", FIGURES, "if direction == LOWER_IS_BETTER:", "if direction == HIGHER_IS_BETTER:", SHOWN),
    Mutant("white on light in a heat map", FIGURES, "> 1.05 / light", "< 1.05 / light", SHOWN),
    Mutant("an own target stands at the figure", FIGURES, "[dot.own_target] * 2", "[dot.shown.value] * 2", SHOWN),
    Mutant("the hollow dot is the year", FIGURES, "(dot.now.value, place)", "(dot.shown.value, place)", SHOWN),
    Mutant("good news is bad", "cs_lib/report/tables", "high == (direction == HIGHER_IS_BETTER)", "high != (direction == HIGHER_IS_BETTER)", SHOWN),
    Mutant("the missed target is not told first", "cs_lib/judgement", "_varied([*missed[:1], *(", "_varied([*missed[:0], *(", FRONT),
    Mutant("good news is dropped from the front page", "cs_lib/judgement", "good = good[: MOST - len(chosen)]", "good = good[:0]", FRONT),
    Mutant("a segment's mirror image is told", "cs_lib/judgement", "each.side == GOOD and (each.metric, each.segment_by) in bad", "False", FRONT),
    Mutant("a rerun is restated against itself", "cs_lib/pack/run", '["period_end"] < end', '["period_end"] <= end', PREVIOUS),
    Mutant("a cell that never ran counts as run", "cs_lib/pack/kernels", "cell.execution_count is None:", "cell.execution_count == 0:", WHOLE),
]  # fmt: skip


def main(words: list[str]) -> int:
    chosen = [each for each in MUTANTS if not words or any(word in each.name for word in words)]
    missing = [each for each in chosen if each.place(ROOT) is None]
    for mutant in missing:
        print(f"moved   {mutant.name}: {mutant.file} no longer holds its text")
    running = [each for each in chosen if each not in missing]
    failing = _failing_before(sorted({test for each in running for test in each.tests}))
    print(
        f"{len(failing)} tests fail without any mutant and are left out"
        if failing
        else "all tests pass before"
    )
    with ThreadPoolExecutor(AT_ONCE) as pool:
        fates = list(pool.map(lambda mutant: _fate(mutant, failing), running))
    killed = fates.count("killed")
    print(f"{killed} of {len(chosen)} killed")
    return 0 if killed == len(chosen) else 1


def _failing_before(tests: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        done = _tests(_copy(Path(folder)), tests, [], stop=False)
    return re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, flags=re.M)


def _fate(mutant: Mutant, failing: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(Path(folder))
        path = mutant.place(tree)
        path.write_text(
            path.read_text(encoding="utf-8").replace(mutant.old, mutant.new, 1), encoding="utf-8"
        )
        try:
            nearest = [f"tests/metrics/test_{each}.py" for each in NEAREST.get(path.name, ())]
            done = _tests(tree, nearest or mutant.tests, failing, stop=True)
            if nearest and done.returncode == 0:
                done = _tests(tree, mutant.tests, failing, stop=True)
            fate = "alive" if done.returncode == 0 else "killed"
            by = re.findall(r"^(?:FAILED|ERROR) \S+?::(\S+)", done.stdout, flags=re.M)
        except subprocess.TimeoutExpired:
            fate, by = "late", ["time ran out: nothing is known"]
    print(f"{fate:7} {mutant.name}" + (f"  ({by[0]})" if by else ""), flush=True)
    return fate


def _copy(folder: Path) -> Path:
    for name in ("cs_lib", "tests", "params"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _tests(tree: Path, tests: Iterable[str], left_out: list[str], *, stop: bool):
    deselected = [part for each in left_out for part in ("--deselect", each)]
    return subprocess.run(
        [*PYTEST, *tests, *(["-x"] if stop else []), *deselected],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT if stop else 3 * TIMEOUT,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
