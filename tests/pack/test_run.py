"""The run: reports side by side, trouble kept in one report, and what is taken over unchanged."""

import json
import os
import re
import sys
from dataclasses import replace

import pandas as pd
import pytest

from cs_lib.errors import EditionError
from cs_lib.pack.kernels.execute import KIT
from cs_lib.pack.run import figure_files, measured_edition
from cs_lib.pack.run.request import RunRequest
from cs_lib.pack.run.run import _looks_new


def statuses(published) -> dict[str, str]:
    return {entry.slug: entry.status for entry in published.entries}


def test_each_report_gets_its_own_parameters(project, run):
    project.notebook("scorecard", project.says)
    published = run(segments=("all", "plan=Pro"))
    assert statuses(published) == {"scorecard--all": "made", "scorecard--plan-Pro": "made"}
    assert "tiny 2026-05 all" in project.html("scorecard--all")
    assert "tiny 2026-05 plan=Pro" in project.html("scorecard--plan-Pro")


def test_a_pack_holds_reports_figures_and_their_record(project, run, measures):
    project.notebook("scorecard", project.says)
    run(measures(rejects=[("value cannot be read", 3)]))
    files = sorted(str(p.relative_to(project.pack)) for p in project.pack.rglob("*") if p.is_file())
    assert files == [
        "cohorts.csv", "curves.csv", "definitions.html", "findings.csv", "index.html", "manifest.json",
        "measures.csv", "measures.parquet", "notebooks/scorecard--all.ipynb", "pack.xlsx", "restated.csv", "risk.csv",
        "scorecard--all.html",
    ]  # fmt: skip
    manifest = json.loads((project.pack / "manifest.json").read_text())
    assert manifest["period"] == "2026-05" and manifest["as_of"] == "2026-06-10"
    assert manifest["inputs"][0]["rows"] == 1200 and manifest["inputs"][0]["rejected"] == 3
    assert manifest["rejected"] == [
        {"table": "subscriptions", "reason": "value cannot be read", "rows": 3}
    ]
    assert manifest["reports"][0]["status"] == "made" and manifest["versions"]["pandas"]
    lines = (project.pack / "measures.csv").read_text().splitlines()
    assert lines[1].startswith("customer_churn_rate,snapshot,percent,month,2025-02-01,2025-03-01,")
    read = pd.read_csv(project.pack / "measures.csv")
    stored = pd.read_parquet(project.pack / "measures.parquet")
    assert stored["value"].tolist() == read["value"].tolist() and len(stored) == len(lines) - 1
    assert manifest["downloads"]["measures.parquet"] > 0


def test_the_figures_of_the_last_months_alone_where_the_edition_says_so(project, run):
    project.notebook("scorecard", project.says)
    tiny, kept = (project.root / "params" / "tiny.yaml").read_text(), {}
    for history in (12, 15, 16):
        told = f"segments: [all], history: {history}}}"
        project.edition(tiny.replace("segments: [all]}", told))
        run()
        read = pd.read_csv(project.pack / "measures.csv")
        assert len(pd.read_parquet(project.pack / "measures.parquet")) == len(read)
        kept[history] = read["period_start"].min()
    # February of 2025 is the sixteenth month before May of 2026 ends
    assert kept == {12: "2026-05-01", 15: "2026-05-01", 16: "2025-02-01"}


def test_a_failing_notebook_stays_alone_and_keeps_its_traceback(project, run):
    project.notebook("broken", "x = 1", "1 / 0", "print('never')")
    project.notebook("scorecard", project.says)
    published = run()
    assert statuses(published) == {"broken--all": "failed", "scorecard--all": "made"}
    assert published.failed[0].error == "cell 4: ZeroDivisionError: division by zero"
    assert not (project.pack / "broken--all.html").exists()
    assert "ZeroDivisionError" in (project.pack / "notebooks/broken--all.ipynb").read_text()
    index = (project.pack / "index.html").read_text()
    assert "cell 4: ZeroDivisionError: division by zero" in index
    assert 'href="scorecard--all.html"' in index and 'href="broken--all.html"' not in index


@pytest.mark.parametrize("fails", ["from cs_lib.period import Period; Period.parse('x')",
                                   "import json; json.loads('{')", "import pandas; pandas.Timestamp('x')"])  # fmt: skip
def test_a_published_traceback_names_no_folder_of_the_machine(project, run, fails):
    project.notebook("broken", fails)
    run()
    copy = (project.pack / "notebooks/broken--all.ipynb").read_text()
    assert re.search(r"(period|decoder|timestamps)\.pyx?", copy)
    for folder in (KIT, project.root, sys.prefix, sys.base_prefix):
        assert str(folder) not in copy


def test_a_notebook_that_leaves_early_has_failed(project, run):
    project.notebook("exits", "import sys; sys.exit(0)", "print('never')", "print('never')")
    [entry] = run().entries
    assert entry.error == (
        "cell 3 ended the notebook (SystemExit 0); 2 code cells after it never ran."
    )


def test_an_error_that_is_allowed_in_a_cell_is_an_error_all_the_same(project, run):
    project.notebook("allowed", ("1 / 0", "raises-exception"), "print('after')")
    assert run().entries[0].error == "cell 3: ZeroDivisionError: division by zero"


def test_a_kernel_that_dies_is_told_with_its_last_words(project, run):
    words = "import os; os.write(2, b'out of luck\\n'); os._exit(9)"
    project.notebook("dies", "x = 1", words, "print('never')")
    [entry] = run().entries
    assert entry.error == "the kernel died in cell 4. out of luck"
    assert (project.pack / "notebooks/dies--all.ipynb").exists()


def test_the_kernel_stands_in_the_root_and_knows_where_the_data_are(project, run, tmp_path):
    project.notebook("where", "import os; print(os.getcwd(), os.environ['CS_KIT_DATA'])")
    run(data_dir=tmp_path / "notebooks")
    assert f"{tmp_path} {tmp_path / 'notebooks'}" in project.html("where--all")


def test_a_path_with_braces_is_no_template(project, run):
    project.notebook("curly{x}", project.says)
    assert statuses(run()) == {"curly{x}--all": "made"}


def test_stderr_is_counted_and_not_published(project, run):
    project.notebook("warns", "import sys; print('look out', file=sys.stderr)", "print('ok')")
    assert run().entries[0].stderr_lines == 1
    assert "look out" not in project.html("warns--all")


def test_unchanged_reports_are_taken_over(project, run, measures):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run()
    first = project.html()
    project.notebook("other", project.says, "print('more')")
    assert statuses(run()) == {"other--all": "made", "scorecard--all": "unchanged"}
    assert project.html() == first
    assert set(statuses(run(force=True)).values()) == {"made"}
    changed = measures(measures.figure("customer_churn_rate", value=0.2))
    assert set(statuses(run(changed)).values()) == {"made"}


def test_an_index_says_in_short_what_the_pack_before_said_of_the_same_figures(
    project, run, measures, monkeypatch
):
    def index():
        told = json.loads((project.pack / "manifest.json").read_text())["in_short"]
        shown = [re.escape(each["value"]) for each in told["headlines"]]
        assert shown and re.search(".*".join(shown), project.html("index"), re.DOTALL)
        return told

    project.notebook("scorecard", project.says)
    run()
    first, worked_out = index(), figure_files.headlines
    with monkeypatch.context() as patched:
        patched.setattr(figure_files, "headlines", lambda _: pytest.fail("worked out again"))
        project.notebook("scorecard", project.says, "print('more')")
        run()
    assert index() == first
    damaged = project.pack / "manifest.json"
    damaged.write_text(damaged.read_text().replace('"headlines"', '"heads"'))
    asked = []
    monkeypatch.setattr(
        figure_files, "headlines", lambda each: asked.append(each) or worked_out(each)
    )
    project.notebook("scorecard", project.says, "print('and more')")
    run()
    assert index() == first and asked
    run(measures(measures.figure("customer_churn_rate", value=0.2)))
    assert index() != first and len(asked) == 2


def test_a_pack_that_nothing_has_changed_is_left_alone(project, run, pool, monkeypatch):
    project.notebook("scorecard", project.says)
    run()
    before = (project.pack.stat().st_ino, (project.pack / "manifest.json").stat().st_mtime_ns)
    monkeypatch.setattr(
        measured_edition, "_hand_over", lambda *_, **__: pytest.fail("nobody reads it")
    )
    assert statuses(run()) == {"scorecard--all": "unchanged"}
    assert (
        project.pack.stat().st_ino,
        (project.pack / "manifest.json").stat().st_mtime_ns,
    ) == before
    assert not list(project.pack.parent.glob(".*building*"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "lost", ["index.html", "definitions.html", "measures.csv", "pack.xlsx", "../../index.html"]
)
def test_what_was_lost_of_a_pack_is_made_again(project, run, lost):
    project.notebook("scorecard", project.says)
    run()
    text = (project.pack / lost).read_bytes()
    (project.pack / lost).unlink()
    assert statuses(run()) == {"scorecard--all": "unchanged"}
    if lost.endswith((".html", ".csv")):
        assert (project.pack / lost).read_bytes() == text
    else:
        assert (project.pack / lost).is_file()


def test_workers_are_started_only_where_there_is_something_to_make(project, run, pool, monkeypatch):
    started, start = [], pool.start
    monkeypatch.setattr(pool, "start", lambda: (started.append(1), start()))
    project.notebook("scorecard", project.says)
    run()
    assert len(started) == 2, "at once, since there is no pack yet, and with the first job"
    run()
    assert len(started) == 2
    project.notebook("scorecard", project.says, "print('more')")
    run()
    assert len(started) == 4, "at once, since a notebook was written after the pack"


@pytest.mark.parametrize("which", ["examples/shop", "params/examples/shop.yaml"])
def test_a_pack_that_is_there_is_known_by_what_its_edition_is_called(tmp_path, which, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert _looks_new(which, RunRequest(), tmp_path)
    pack = tmp_path / "reports" / "examples" / "shop" / "2026-05"
    pack.mkdir(parents=True)
    (pack / "manifest.json").write_text("{}")
    assert not _looks_new(which, RunRequest(), tmp_path)
    assert not _looks_new(which, RunRequest(period="2026-05"), tmp_path)
    assert _looks_new(which, RunRequest(period="2026-06"), tmp_path)
    edition = tmp_path / "params" / "examples" / "shop.yaml"
    edition.parent.mkdir(parents=True)
    edition.touch()
    os.utime(edition, (0, 0))
    assert not _looks_new(which, RunRequest(), tmp_path)
    os.utime(edition)
    os.utime(pack / "manifest.json", (1, 1))
    assert _looks_new(which, RunRequest(), tmp_path)


def test_a_failed_report_is_made_again(project, run):
    project.notebook("broken", "1 / 0")
    run()
    assert statuses(run()) == {"broken--all": "failed"}


def test_the_same_inputs_give_the_same_bytes(project, run):
    project.notebook("scorecard", "## One", project.says, "{'b', 'a', 'c'}")
    run()
    first = project.html(), (project.pack / "index.html").read_bytes()
    copy = (project.pack / "notebooks/scorecard--all.ipynb").read_bytes()
    run(force=True)
    assert (project.html(), (project.pack / "index.html").read_bytes()) == first
    assert (project.pack / "notebooks/scorecard--all.ipynb").read_bytes() == copy


def test_a_run_of_one_notebook_keeps_the_others_that_agree_with_it(project, run, measures):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run()
    published = run(notebooks=("scorecard",))
    assert statuses(published) == {"scorecard--all": "unchanged", "other--all": "unchanged"}


@pytest.mark.slow
def test_a_report_that_takes_too_long_fails_alone(project, run):
    project.notebook("hangs", "while True: pass")
    project.notebook("scorecard", project.says)
    published = run(timeout=5)
    assert statuses(published) == {"hangs--all": "failed", "scorecard--all": "made"}
    assert published.failed[0].error.startswith(
        "cell 3 was stopped: the report took longer than 5 s"
    )
    assert (project.pack / "notebooks/hangs--all.ipynb").exists()


def test_what_the_data_become_during_a_run_changes_no_report(project, run, measures):
    data = project.root / "data" / "subscriptions.csv"
    breaks = f"import pathlib; pathlib.Path({str(data)!r}).write_text('nonsense')"
    opens = "from cs_lib import open_kit\nkit = open_kit(edition, period, segment)"
    data.parent.mkdir()
    project.notebook(
        "scorecard", breaks, opens, "print(kit.frame('customer_churn_rate')['value'].tolist())"
    )
    found = measures(
        measures.figure("customer_churn_rate", value=0.125),
        measures.figure("customer_churn_rate", "plan=Pro", value=0.25),
    )
    published = run(found, segments=("all", "plan=Pro"))
    assert not published.failed
    assert "[0.125]" in project.html() and "[0.25]" in project.html("scorecard--plan-Pro")


def test_a_report_opens_the_edition_it_was_measured_for(project, run):
    text = (project.root / "params" / "tiny.yaml").read_text()
    project.edition(text, "other")
    project.notebook("scorecard", "from cs_lib import open_kit\nopen_kit('other', period)")
    assert run().failed[0].error == (
        "cell 3: EditionError: The measures handed to this notebook are those of tiny; it opens "
        "other. Open the edition that the parameters cell names."
    )


def test_an_edition_changed_during_its_run_is_told(project, run):
    path = project.root / "params" / "tiny.yaml"
    changes = (
        f"import pathlib; pathlib.Path({str(path)!r}).write_text({path.read_text() + 'min_n: 9'!r})"
    )
    project.notebook("scorecard", changes, "from cs_lib import open_kit\nopen_kit(edition, period)")
    assert run().failed[0].error == (
        "cell 4: EditionError: The edition tiny was changed while its reports were being made. "
        "Run again."
    )


def test_the_definitions_of_a_pack_stand_on_one_page(project, run, measures):
    project.notebook("scorecard", project.says)
    run(measures())
    page = (project.pack / "definitions.html").read_text()
    assert 'id="definition-customer_churn_rate"' in page and 'id="definition-nps"' not in page
    assert "<strong>NPS</strong>: needs survey_responses, which this edition" in page
    assert "<script" not in page and "default-src 'none'" in page
    assert 'href="definitions.html"' in (project.pack / "index.html").read_text()


def test_what_the_edition_calls_right_is_listed_among_the_definitions_and_warned_of_nowhere(
    project, run, measures
):
    project.notebook("scorecard", project.says)
    found = measures()
    known = {"level": "known", "table": "orders", "rule": "orders of 0", "says": "x.csv, line 3", "rows": 4}  # fmt: skip
    run(replace(found, data={**found.data, "findings": [known]}))
    page, report = (
        (project.pack / name).read_text() for name in ("definitions.html", "index.html")
    )
    assert "<li>orders: orders of 0 (4 rows)</li>" in page and "x.csv" not in page
    assert "no row left out; 1 known, listed under Definitions." in report
    assert "orders of 0" not in report


def test_all_packs_stand_on_the_shelf(project, run):
    project.notebook("scorecard", project.says)
    run()
    run(period="2026-04")
    shelf = (project.root / "reports" / "index.html").read_text()
    assert shelf.index("tiny/2026-05/index.html") < shelf.index("tiny/2026-04/index.html")
    assert "Tiny &amp; Sons (tiny)" in shelf


def test_an_edition_in_a_folder_has_its_packs_in_a_folder(project, run, monkeypatch):
    import cs_lib.pack.run.run as module

    text = (project.root / "params" / "tiny.yaml").read_text()
    project.edition(text, "examples/deep")
    project.notebook("scorecard", project.says)
    run()
    told = module.RunRequest(jobs=1)
    module.run_packs(("examples/deep",), told, root=project.root, progress=lambda _: lambda _: None)
    folder = project.root / "reports" / "examples" / "deep" / "2026-05"
    assert "examples/deep 2026-05 all" in (folder / "scorecard--all.html").read_text()
    assert "examples/deep/2026-05/index.html" in (project.root / "reports/index.html").read_text()


def test_two_runs_of_one_pack_do_not_fight(project, run):
    from cs_lib.pack.run.publish import PackPaths, building

    project.notebook("scorecard", project.says)
    place = PackPaths(project.root, "tiny", "2026-05")
    with building(place), pytest.raises(EditionError, match="Another run is making tiny 2026-05"):
        run()
    assert statuses(run()) == {"scorecard--all": "made"}


def test_no_kernel_and_no_scratch_folder_is_left(project, run, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    project.notebook("scorecard", "import os; print('pid', os.getpid())")
    run()
    pid = int(project.html().split("pid ")[1].split("<")[0])
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not list(tmp_path.glob("cs-kit-*"))
