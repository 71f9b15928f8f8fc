"""Mutate small companies and editions by a seed, and count what the kit makes of them.

    python tests/fuzz/fuzz.py --count 5000 --seed 1      # counts by class, and each bad case
    python tests/fuzz/fuzz.py --seed 1 --case 17         # one case: its files, edition and verdict
    python tests/fuzz/fuzz.py --only quote               # mutations whose name holds this

A figure that differs from what the mutation says, rows gone in silence, a traceback and a hang make
the exit status 1. Cases run in processes of their own, held to time and memory.
"""

import argparse
import contextlib
import os
import resource
import select
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

MEMORY, SECONDS, PATIENCE = 4 * 2**30, 60, 240
HANG, START = "HANG", "__ready__"


@dataclass(frozen=True)
class Asked:
    """Which cases: their seed, the mutations whose name holds `only`; `quick` measures none whose rows are right."""

    seed: int
    only: str = ""
    quick: bool = False


@dataclass(frozen=True)
class Result:
    number: int
    name: str
    kind: str
    verdict: str
    says: str


def main() -> int:
    asked = _arguments()
    if asked.work:
        return _work(asked)
    if asked.case is not None:
        return _show(asked)
    started = time.monotonic()
    wanted = Asked(asked.seed, asked.only, asked.quick)
    numbers = range(asked.start, asked.start + asked.count)
    results = run(wanted, numbers, jobs=asked.jobs, quiet=False)
    listed = [each for each in results if asked.list and asked.list in each.verdict]
    print(*(described(each, asked.seed, asked.only) for each in listed), counted(results), sep="\n")
    print(f"{len(results)} mutations in {time.monotonic() - started:.0f} s")
    return int(bool(bad(results)))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--only", default="", help="mutations whose name holds this")
    parser.add_argument("--case", type=int, help="show this case alone")
    parser.add_argument("--list", default="", help="list the cases of a class as well")
    parser.add_argument("--quick", action="store_true", help="measure none whose rows are right")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


# ---------------------------------------------------------------- the process that judges


def _work(asked) -> int:
    """Judge the cases whose numbers come on stdin, one line for each on stdout."""
    from fuzz_judge import Judge

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    judge = Judge(quick=asked.quick)
    print(START, file=answers)
    for line in sys.stdin:
        print("\x1f".join(_judged(judge, asked, int(line))), file=answers)
    return 0


def _judged(judge, asked, number: int) -> tuple[str, ...]:
    from fuzz_catalogue import case_of

    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + SECONDS, resource.RLIM_INFINITY))
    case = case_of(asked.seed, number, asked.only)
    verdict = judge.judge(case)
    says = f"{case.note} | {verdict.says}".replace("\n", "\x1e").replace("\x1f", " ")
    return (
        str(number),
        case.name,
        f"{case.kind}/{case.table}",
        verdict.kind,
        says.replace("\r", " "),
    )


def _show(asked) -> int:
    import yaml
    from fuzz_catalogue import case_of
    from fuzz_judge import GOOD, Judge

    case = case_of(asked.seed, asked.case, asked.only)
    print(f"{case.name} ({case.kind}, {case.table}): {case.note}")
    print(
        (case.edition or yaml.safe_dump(case.settings, sort_keys=False).encode()).decode(
            errors="replace"
        )
    )
    for name, content in case.files.items():
        if name.startswith((case.table, "parts", "billing")):
            print(f"--- {name}\n{content.decode(errors='replace')}")
    verdict = Judge().judge(case)
    print(f"--- {verdict.kind}\n{verdict.says}")
    return int(verdict.kind not in GOOD)


# ---------------------------------------------------------------- the process that asks


def run(asked: Asked, numbers, *, jobs: int = 1, quiet: bool = True) -> list[Result]:
    """The results of these cases, in their order."""
    numbers = list(numbers)
    if jobs > 1:
        parts = [numbers[n::jobs] for n in range(jobs)]
        with ThreadPoolExecutor(jobs) as pool:
            found = pool.map(lambda part: run(asked, part, quiet=quiet), parts)
        return sorted((each for part in found for each in part), key=lambda each: each.number)
    worker, results = None, []
    for number in numbers:
        worker = worker or Worker(asked)
        result = worker.ask(number)
        if result is None:
            worker.stop()
            worker, result = None, lost(asked, number)
        results.append(result)
        if not quiet:
            _tell(asked, results, len(numbers))
    if worker:
        worker.stop()
    return results


def _tell(asked: Asked, results: list[Result], count: int) -> None:
    """How far it is, and what is bad as soon as it is found."""
    found = bad(results[-1:])
    if found:
        print(described(found[0], asked.seed, asked.only), flush=True)
    if len(results) % 50 == 0 or len(results) == count:
        print(f"{len(results)} of {count}, {len(bad(results))} bad", file=sys.stderr, flush=True)


def lost(asked: Asked, number: int) -> Result:
    from fuzz_catalogue import case_of

    case = case_of(asked.seed, number, asked.only)
    says = f"{case.note} | no answer within {SECONDS} s of work and {MEMORY >> 30} GiB"
    return Result(number, case.name, f"{case.kind}/{case.table}", HANG, says)


class Worker:
    """A process that judges cases, held to time and memory."""

    def __init__(self, asked: Asked):
        command = [sys.executable, str(HERE / "fuzz.py"), "--work", "--seed", str(asked.seed)]
        command += ["--only", asked.only, *(["--quick"] if asked.quick else [])]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            preexec_fn=_limit_memory, env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        if self._answer() != START:
            raise RuntimeError("the process that judges cases does not start")

    def ask(self, number: int) -> Result | None:
        try:
            print(number, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return None
        line = self._answer()
        if not line:
            return None
        own, name, kind, verdict, says = line.split("\x1f", 4)
        return Result(int(own), name, kind, verdict, says.replace("\x1e", "\n"))

    def _answer(self) -> str:
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        return self.process.stdout.readline().rstrip("\n") if ready else ""

    def stop(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


# ---------------------------------------------------------------- what is said of it


def bad(results: list[Result]) -> list[Result]:
    return [each for each in results if each.verdict.isupper()]


def described(each: Result, seed: int, only: str = "") -> str:
    """What a case gave, and the line that shows it."""
    says = each.says[:900].replace("\n", "\n    ")
    chosen = f" --only {only}" if only else ""
    again = f"python tests/fuzz/fuzz.py --seed {seed}{chosen} --case {each.number}"
    return f"{each.verdict}: {each.name} ({each.kind})\n    {says}\n    {again}"


def counted(results: list[Result]) -> str:
    """How many cases there are of each class, the bad ones last."""
    counts = Counter(each.verdict for each in results)
    ordered = sorted(counts.items(), key=lambda pair: (pair[0].isupper(), -pair[1]))
    return "\n".join(f"{count:>7,}  {verdict}" for verdict, count in ordered)


if __name__ == "__main__":
    sys.exit(main())
