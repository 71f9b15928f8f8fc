"""Nothing published is lost: the last good reports stand, marked, and what goes is told."""

import json

import pytest
from click.testing import CliRunner

from cs_lib.__main__ import cli

pytestmark = pytest.mark.slow

FAILS = "1 / 0"
BOTH = ("all", "plan=Pro")


@pytest.fixture
def changed(measures):
    return measures(
        measures.figure("customer_churn_rate", value=0.2),
        measures.figure("customer_churn_rate", "plan=Pro", value=0.3),
    )


def statuses(published) -> dict[str, str]:
    return {entry.slug: entry.status for entry in published.entries}


def entries(project) -> dict[str, dict]:
    manifest = json.loads((project.pack / "manifest.json").read_text())
    return {each["slug"]: each for each in manifest["reports"]}


def body(page: str) -> str:
    """A page without its links and its notice."""
    return page.partition("<!-- around -->")[0] + page.partition("<!-- /around -->")[2]


def published_in_march(project) -> None:
    """Let the pack's reports be made on another day."""
    path = project.pack / "manifest.json"
    manifest = json.loads(path.read_text())
    for each in manifest["reports"]:
        each["made_on"] = "2026-03-09"
    path.write_text(json.dumps(manifest))


def test_a_failed_report_leaves_the_last_good_one_in_its_place(project, run, changed):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run()
    published_in_march(project)
    good, copy = project.html(), (project.pack / "notebooks/scorecard--all.ipynb").read_bytes()
    project.notebook("scorecard", project.says, FAILS)
    for _ in range(2):  # and does so however often it fails
        published = run(changed)
        assert statuses(published)["scorecard--all"] == "failed"
        page = project.html()
        assert body(page) == body(good)
        assert "This report is the last good one, made on 9 March 2026." in page
        assert "cell 4: ZeroDivisionError: division by zero" in page
        failing = (project.pack / "notebooks/scorecard--all.ipynb").read_text()
        assert "ZeroDivisionError" in failing
        kept = project.pack / "notebooks/last_good/scorecard--all.ipynb"
        assert kept.read_bytes() == copy
    entry = entries(project)["scorecard--all"]
    assert (entry["status"], entry["made_on"]) == ("failed", "2026-03-09") and entry["failed_on"]
    index = (project.pack / "index.html").read_text()
    assert "of 9 March 2026, failed since" in index and "stands in its place" in index
    assert "1 failed" in (project.root / "reports" / "index.html").read_text()


def test_a_report_that_is_made_again_bears_no_mark(project, run, changed):
    project.notebook("scorecard", project.says)
    run()
    project.notebook("scorecard", project.says, FAILS)
    run(changed)
    project.notebook("scorecard", project.says)
    assert statuses(run(changed)) == {"scorecard--all": "made"}
    assert "last good" not in project.html()
    assert not (project.pack / "notebooks/last_good").exists()
    assert "stands in its place" not in (project.pack / "index.html").read_text()


def test_a_report_that_failed_is_made_again_though_its_page_is_good(project, run):
    project.notebook("scorecard", "import pathlib; assert not pathlib.Path('fail').exists()")
    run()
    (project.root / "fail").touch()
    assert statuses(run(force=True)) == {"scorecard--all": "failed"}
    assert "last good one" in project.html()
    (project.root / "fail").unlink()
    assert statuses(run()) == {"scorecard--all": "made"}


def test_without_a_good_one_a_failed_report_has_no_page(project, run):
    project.notebook("scorecard", FAILS)
    run()
    run(period="2026-04")
    assert not (project.pack / "scorecard--all.html").exists()


def test_a_run_of_one_notebook_takes_nothing_out(project, run, changed):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    project.notebook("broken", FAILS)
    run(segments=BOTH)
    published_in_march(project)
    good = project.html("other--plan-Pro")
    published = run(changed, notebooks=("scorecard",), segments=("all",))
    assert statuses(published) == {
        "scorecard--all": "made", "other--all": "older", "other--plan-Pro": "older",
        "scorecard--plan-Pro": "older", "broken--all": "failed", "broken--plan-Pro": "failed",
    }  # fmt: skip
    assert body(project.html("other--plan-Pro")) == body(good)
    assert "made on 9 March 2026, of older figures" in project.html("other--plan-Pro")
    assert "older figures" not in project.html("scorecard--all")
    index = (project.pack / "index.html").read_text()
    assert "Reports of older figures" in index and "made on 9 March 2026" in index
    assert "3 of older figures" in (project.root / "reports" / "index.html").read_text()


def test_reports_of_the_same_figures_stay_as_they_are(project, run):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run(segments=BOTH)
    published = run(notebooks=("scorecard",), segments=("all",))
    assert set(statuses(published).values()) == {"unchanged"} and len(published.entries) == 4
    assert "made on" not in project.html("other--plan-Pro")


def test_the_mark_goes_when_the_figures_are_those_again(project, run, changed):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run()
    before = project.html("other--all")
    run(changed, notebooks=("scorecard",))
    assert "of older figures" in project.html("other--all")
    run(notebooks=("scorecard",))
    assert project.html("other--all") == before


def test_a_run_of_the_whole_pack_makes_again_what_was_of_older_figures(project, run, changed):
    project.notebook("scorecard", project.says)
    project.notebook("other", project.says)
    run()
    run(changed, notebooks=("scorecard",))
    assert statuses(run(changed)) == {"scorecard--all": "unchanged", "other--all": "made"}
    assert "of older figures" not in project.html("other--all")


def test_what_a_run_takes_out_it_says_before_and_after(project, measures, monkeypatch):
    monkeypatch.setattr(
        "cs_lib.pack.run.measured_edition._load_measures", lambda *_, **__: measures()
    )
    monkeypatch.setattr("signal.signal", lambda *_: None)
    project.notebook("scorecard", project.says)

    def call(*arguments) -> list[str]:
        done = CliRunner().invoke(cli, ["run", "tiny", "--jobs", "1", *arguments])
        assert done.exit_code == 0, done.output
        return done.stderr.splitlines()

    assert call("--segment", "plan=Pro") == []
    assert call("--segment", "all") == []
    assert call() == [
        "To be taken out of the pack, since the edition does not name them: scorecard--plan-Pro.",
        "Taken out of the pack: scorecard--plan-Pro. Ask for them again with --notebook and --segment.",
    ]
    assert not (project.pack / "scorecard--plan-Pro.html").exists()


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "nonsense", '{"reports": 3}', '{"reports": [{"slug": "a"}]}', "{}", "\x00", "[" * 5000],
)  # fmt: skip
def test_a_manifest_that_is_damaged_is_none(project, run, damage):
    project.notebook("scorecard", project.says)
    run()
    (project.pack / "manifest.json").write_text(damage)
    assert statuses(run()) == {"scorecard--all": "made"}
