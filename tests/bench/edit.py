"""What an analyst waits for after an edit: a run of the one notebook against a preview that is open, by turns.

python tests/bench/edit.py --notebook cohort_retention
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
NEEDED = ("params", "notebooks", "cs_lib/data/sample")
RUN = ("run", "sample", "--segment", "all", "--notebook")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebook", default="cohort_retention")
    notebook = parser.parse_args().notebook
    print(f"{notebook}, load average {os.getloadavg()[0]:.2f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in NEEDED:
            shutil.copytree(ROOT / name, root / name)
        command(root, *RUN, notebook).wait()
        preview = command(root, "preview", notebook, "--no-open")
        try:
            times = [both(root, notebook, number) for number in range(ROUNDS + 1)][1:]
        finally:
            preview.terminate()
            preview.wait()
    for name, own in zip(("run --notebook", "preview"), zip(*times, strict=True), strict=True):
        print(f"{name:16}{median(own):8.2f} s")
    print(f"preview ÷ run: {median(after / before for before, after in times):.2f}", flush=True)


def command(root: Path, *words: str) -> subprocess.Popen:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-m", "cs_lib", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def both(root: Path, notebook: str, number: int) -> tuple[float, float]:
    """Seconds from an edit to the page: of the preview, which sees it at once, then of a run."""
    page = root / ".cache" / "preview" / f"{notebook}--sample--all.html"
    text, started = edited(root, notebook, number), time.perf_counter()
    while not (page.is_file() and text in page.read_text(encoding="utf-8")):
        time.sleep(0.01)
    seen = time.perf_counter() - started
    started = time.perf_counter()
    if command(root, *RUN, notebook).wait():
        raise SystemExit("the run failed")
    return time.perf_counter() - started, seen


def edited(root: Path, notebook: str, number: int) -> str:
    """Put a sentence of its own under the title of the notebook."""
    file, text = root / "notebooks" / f"{notebook}.ipynb", f"Edit number {number} of many."
    content = json.loads(file.read_text(encoding="utf-8"))
    title = content["cells"][0]
    was = re.sub(r"\n\nEdit number .*", "", "".join(title["source"]))
    title["source"] = f"{was}\n\n{text}"
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(content), encoding="utf-8")
    beside.replace(file)
    return text


if __name__ == "__main__":
    main()
