"""A pack of every notebook × six segments: this kit, a shell loop, and plain Python, by turns.

The loop is `papermill` and `jupyter nbconvert` over the same notebooks, two at a time. Plain Python
runs the code cells of the same notebooks in two processes that have their tools imported, and writes
what they show into files: no kernel, no executed copy, no template. Every side starts without
measures, or with `--measured` every side finds them computed, as when only notebooks have changed.
Then the pack is made again with nothing changed, and with the text of one notebook changed.

    python tests/bench/pack.py
    python tests/bench/pack.py --measured
"""

import argparse
import ast
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEGMENTS = ("all", "plan=Solo", "plan=Practice", "plan=Network", "region=EMEA", "region=APAC")
PERIOD = "2026-06"
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
REPORTS = [(name, segment) for segment in SEGMENTS for name in NOTEBOOKS]
EDITED = "survey_scores"
#: what earlier runs leave: measures, published packs, the other sides' output
LEFTOVERS = (".cache", "reports", "out")
KIT = [sys.executable, "-m", "cs_lib", "run", "sample", "--period", PERIOD]
KIT += [part for segment in SEGMENTS for part in ("--segment", segment)]
LOOP = """
printf '%s\\n' "$@" | xargs -P 2 -L 2 sh -c '
  papermill --no-progress-bar "notebooks/$0.ipynb" "out/$0--$1.ipynb" -p period PERIOD -p segment "$1" &&
  jupyter nbconvert --log-level ERROR --no-input --to html "out/$0--$1.ipynb"'
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--measured", action="store_true", help="the measures are there already")
    asked.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    asked = asked.parse_args()
    if asked.plain:
        return plain()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        ignore = shutil.ignore_patterns(".*", "reports", "__pycache__", "*.egg-info")
        shutil.copytree(ROOT, project, ignore=ignore)
        (project / "reports").mkdir()
        for _ in range(asked.rounds):
            one_round(project, ("reports", "out") if asked.measured else LEFTOVERS)
    return None


def one_round(project: Path, gone: tuple[str, ...]) -> None:
    print(f"{len(REPORTS)} reports, load average {os.getloadavg()[0]:.2f}", flush=True)
    if gone != LEFTOVERS:
        timed("measures", [*KIT, "--notebook", EDITED], project, gone)
    first = timed("kit", KIT, project, gone)
    again = timed("kit, nothing changed", KIT, project)
    text = project / "notebooks" / f"{EDITED}.ipynb"
    was = text.read_text(encoding="utf-8")
    text.write_text(edited(was), encoding="utf-8")
    one = timed("kit, one notebook's text changed", KIT, project)
    made = json.loads((project / "reports/sample" / PERIOD / "manifest.json").read_text())[
        "reports"
    ]
    assert {each["notebook"] for each in made if each["status"] == "made"} == {EDITED}
    text.write_text(was, encoding="utf-8")
    words = [part for name, segment in REPORTS for part in (name, segment)]
    command = ["sh", "-c", LOOP.replace("PERIOD", PERIOD), "sh", *words]
    loop = timed("shell loop", command, project, gone)
    assert len(list((project / "out").glob("*.html"))) == len(REPORTS)
    floor = timed("plain Python", [sys.executable, __file__, "--plain"], project, gone)
    # the others take minutes, in which a machine's speed changes: ours stands before and after them
    kit = (first + timed("kit once more", KIT, project, gone)) / 2
    print(f"shell loop ÷ kit       {loop / kit:6.2f}")
    print(f"kit ÷ plain Python     {kit / floor:6.2f}")
    print(f"nothing changed ÷ kit  {again / first:6.3f}")
    print(f"one notebook ÷ kit     {one / first:6.3f}", flush=True)


def timed(name: str, command: list[str], project: Path, gone: tuple[str, ...] = ()) -> float:
    """Seconds on the clock, after these folders of the project have been emptied."""
    for folder in gone:
        shutil.rmtree(project / folder, ignore_errors=True)
        (project / folder).mkdir()
    tools = str(Path(sys.executable).parent)
    told = {**os.environ, "PYTHONPATH": str(project)}
    told["PATH"] = os.pathsep.join((tools, told["PATH"]))
    before = os.times()
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=project,
        env=told,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    seconds = time.perf_counter() - started
    after = os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    print(f"{name:34}{seconds:8.1f} s on the clock {used:8.1f} s of processor", flush=True)
    return seconds


def edited(text: str) -> str:
    """The notebook with a word added to its first cell of prose."""
    notebook = json.loads(text)
    cell = next(each for each in notebook["cells"] if each["cell_type"] == "markdown")
    cell["source"] = "".join(cell["source"]) + "\n\nRead this first."
    return json.dumps(notebook)


# ---------------------------------------------------------------- the floor


def plain() -> None:
    """Measure once, then draw every report in two processes."""
    from cs_lib.edition import read_edition
    from cs_lib.metrics.audit.cache import load_measures

    load_measures(read_edition("sample", root=Path.cwd()), root=Path.cwd())
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cs_lib.kit.kit", "matplotlib.pyplot", "nbformat"])
    with context.Pool(2) as pool:
        for _ in pool.imap_unordered(draw, REPORTS, chunksize=1):
            pass


def draw(report: tuple[str, str]) -> None:
    """Run the code cells of a notebook here, and write what they show into one file."""
    name, segment = report
    notebook = json.loads(Path("notebooks", f"{name}.ipynb").read_text(encoding="utf-8"))
    shown, names = [], {}
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            shown.append(source)
            continue
        code = ast.parse(source)
        last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, name, "exec"), names)
        if "parameters" in cell["metadata"].get("tags", ()):
            names.update(period=PERIOD, segment=segment)
        if last is not None:
            shown += told(eval(compile(ast.Expression(last.value), name, "eval"), names))
    Path("out", f"{name}--{segment}.html").write_text("\n".join(shown), encoding="utf-8")


def told(value) -> list[str]:
    """What a notebook would show of a value."""
    if value is None:
        return []
    if not hasattr(value, "_repr_mimebundle_"):
        return [repr(value)]
    bundle = value._repr_mimebundle_()
    return [str(each) for each in (bundle[0] if isinstance(bundle, tuple) else bundle).values()]


if __name__ == "__main__":
    main()
