"""What people do with a pack: their notes kept to the byte, an approval void once anything differs."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfWriter

from cs_lib.edition import read_edition
from cs_lib.edition.notes import Approval, Notes, read_notes
from cs_lib.errors import EditionError
from cs_lib.pack.pages.months import _packs
from cs_lib.pack.run.publish import PackPaths, locked
from cs_lib.pack.share.approval import ApprovalState, approval_of
from cs_lib.pack.share.approve_command import published
from cs_lib.pack.share.notes_command import write_notes
from cs_lib.pack.share.notes_file import with_entries
from cs_lib.period import Period

SHOWN = Path("params/notes/tiny.yaml")
FORM = {"finding": "target: nps", "since": "2026-05", "value": 0.25, "why": None}
ADDED = '- finding: "target: nps"\n{0}  since: 2026-05\n{0}  value: 0.25\n{0}  why:\n'

# --- the file of notes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# said\nnotes:\n", "# at the end\nprepared_by: Ada\n"),
        ("notes:  # said\n", "decisions: []\n"),
        ("notes:\n- {finding: 'target: csat', since: 2026-04}  # said\n\n", "# next\ndecisions: []\n"),
        ("notes:\n  - finding: 'target: csat'\n    since: 2026-04\n    why: |\n      A.\n\n      B.\n", ""),
        ("notes:\n    - since: 2026-04\n      finding: 'target: csat'\n      due:   # soon\n", "\n\n# end"),
    ],
)  # fmt: skip
def test_a_form_is_added_and_every_byte_kept(tmp_path, before, after):
    for end in ("\n", "\r\n") if before else ("\n",):
        text = (before + after).replace("\n", end)
        new = with_entries(text, "notes", [FORM], SHOWN)
        indent = "    " if "    - " in before else "" if "\n- " in before else "  "
        block = indent + ADDED.format(indent).replace("\n", end)
        assert new.count(block) == 1
        assert any(
            new.startswith(text[:at]) and new.endswith(text[at:]) for at in range(len(text) + 1)
        )
        (tmp_path / "notes.yaml").write_bytes(new.encode())
        found = read_notes(tmp_path / "notes.yaml", SHOWN)
        assert found.notes[-1].finding == "target: nps" and found.notes[-1].value == 0.25
        assert len(found.notes) == 1 + ("csat" in before)


@pytest.mark.parametrize("text", ["notes: [{finding: 'target: csat', since: 2026-04}]\n", "{}\n"])
def test_what_is_written_in_brackets_is_left_alone(text):
    with pytest.raises(
        EditionError, match=r"notes/tiny\.yaml: .* is written in brackets, to which"
    ):
        with_entries(text, "notes", [FORM], SHOWN)


# --- the findings of a month as a form


@pytest.fixture
def notes(project, measures, monkeypatch):
    """`notes(figures)` asks for the notes of the tiny edition; gives what is said, and the file."""

    def ask(*rows):
        found = measures(*rows)
        monkeypatch.setattr("cs_lib.metrics.audit.cache.load_measures", lambda *_, **__: found)
        said = []
        write_notes("tiny", root=project.root, say=said.append)
        path = project.root / SHOWN
        return said, path.read_text() if path.is_file() else ""

    return ask


TARGET = "company: Tiny\ntables: {subscriptions: a.csv}\ntargets: {customer_churn_rate: 0.02}\n"


def churn(measures, value):
    """A year of months in which one in ten leaves, or another share."""
    row = measures.figure("customer_churn_rate", value=value)
    start = row["period_start"]
    return [
        {
            **row,
            "period_start": start - each,
            "period_end": start - each + month(1),
            "numerator": value * 10_000,
            "denominator": 10_000.0,
            "n": 10_000.0,
        }
        for each in map(month, range(12))
    ]


def month(count):
    import pandas as pd

    return pd.DateOffset(months=count)


def test_findings_are_asked_for_once_and_a_restated_one_is_named(project, measures, notes):
    project.edition(TARGET)
    said, text = notes(*churn(measures, 0.1))
    assert said == [
        "params/notes/tiny.yaml: added 1 of 2026-05, to be filled in:",
        "  target: customer_churn_rate",
    ]
    assert text.startswith("# What people wrote about Tiny: why")
    assert text.endswith(
        'notes:\n  - finding: "target: customer_churn_rate"\n    since: 2026-05\n    value: 0.1\n'
        "    why:\n    do:\n    owner:\n    due:\n"
    )
    again, same = notes(*churn(measures, 0.1))
    assert (again, same) == (["params/notes/tiny.yaml: every finding of 2026-05 has a note."], text)
    restated, same = notes(*churn(measures, 0.11))
    assert same == text
    assert restated[1:] == [
        "stale: target: customer_churn_rate, since 2026-05: the figure was 0.1 when it was written, "
        "and is another now."
    ]


def test_a_note_that_is_closed_is_asked_for_anew(project, measures, notes):
    project.edition(TARGET)
    path = project.root / SHOWN
    path.parent.mkdir()
    closed = "{finding: 'target: customer_churn_rate', since: 2026-03, status: done, closed: "
    path.write_text(f"notes:\n- {closed}2026-04}}\n")
    said, text = notes(*churn(measures, 0.1))
    assert "added 1 of" in said[0] and text.count("target: customer_churn_rate") == 2
    path.write_text(f"notes:\n- {closed}2026-05}}\n")
    assert "every finding" in notes(*churn(measures, 0.1))[0][0]


# --- approval


@pytest.fixture
def approve(project):
    from cs_lib.pack.share.approve_command import approve as approve_pack

    def ask(**words):
        said = []
        given = {"by": "Ada <b>", "on": date(2026, 7, 8), **words}
        approve_pack("tiny", root=project.root, say=said.append, **given)
        return said

    return ask


def words_on(project):
    """What each page of the pack says of its approval."""
    said = {}
    for path in sorted(project.pack.glob("*.html")):
        between = path.read_text().partition("<!-- approval -->")[2].partition("<!-- /approval -->")
        said[path.name] = between[0]
    return said


DRAFT = "approval: required\n"
TINY = "company: Tiny\ntables: {subscriptions: data/subscriptions.csv}\nsegments: [plan, region]\n"


def test_an_approval_stands_on_every_page_until_anything_differs(project, run, measures, approve):
    project.edition(TINY + DRAFT)
    project.notebook("scorecard", project.says)
    run()
    pages = words_on(project)
    assert {"index.html", "scorecard--all.html"} <= pages.keys()
    assert all(
        "Draft: not approved." in pages[name] for name in ("index.html", "scorecard--all.html")
    )
    said = approve()
    assert said == [
        "reports/tiny/2026-05: Approved by Ada <b> on 8 July 2026.",
        "Written to params/notes/tiny.yaml.",
    ]
    approved = words_on(project)
    for name in ("index.html", "scorecard--all.html"):
        assert "Approved by Ada &lt;b&gt; on 8 July 2026." in approved[name]
    page = project.pack / "index.html"
    page.write_text(page.read_text().replace("Approved by", "Draft:"))  # as where it was cut off
    assert approve() == ["reports/tiny/2026-05 is approved already."]
    assert words_on(project) == approved
    with (
        locked(PackPaths(project.root, "tiny", "2026-05")),
        pytest.raises(EditionError, match=r"Another run is making tiny 2026-05"),
    ):
        approve()
    again = run()  # the approval itself makes nothing again
    assert [each.status for each in again.entries] == ["unchanged"]
    assert words_on(project) == approved

    (project.root / SHOWN).write_text(
        (project.root / SHOWN).read_text()
        + "notes: [{finding: 'target: nps', since: 2026-05, why: A rival.}]\n"
    )
    with pytest.raises(EditionError, match=r"notes were changed since the pack of 2026-05 was"):
        approve()
    noted = run(measures(measures.figure("customer_churn_rate", value=0.2)))
    assert [each.status for each in noted.entries] == ["made"]
    void = "Approval void: figures and notes changed since Ada &lt;b&gt; approved on 8 July 2026."
    assert void in words_on(project)["scorecard--all.html"]
    approve(by="Eve")
    assert "Approved by Eve on 8 July 2026." in words_on(project)["index.html"]
    project.edition(TINY + DRAFT + "confidence: 0.9\n")
    with pytest.raises(EditionError, match="definitions were changed since"):
        approve()


def test_another_plan_is_another_figure_up_to_the_end_of_the_period(project, measures):
    edition, found = read_edition("tiny", root=project.root), measures()

    def digest(*plan):
        rows = [
            {"month": f"{month}-01", "metric": "mrr", "value": value, "segment": "all"}
            for month, value in plan
        ]
        known = replace(found, data={**found.data, "plan": rows})
        return approval_of(edition, known, Period.parse("2026-05")).digest

    may = digest(("2026-05", 9.0))
    assert digest(("2026-06", 1.0), ("2026-05", 9.0)) == may
    assert may.partition(".")[0] != digest(("2026-05", 8.0)).partition(".")[0]
    assert digest(("2026-06", 1.0)) == digest() != may


def test_an_approval_is_of_what_is_known_of_its_period(project, measures):
    (project.root / SHOWN).parent.mkdir()
    june, may = (measures.figure("customer_churn_rate", period=f"2026-0{m}") for m in (6, 5))
    note = "notes: [{finding: 'target: nps', since: %s, why: A rival.%s}]\n"
    closed = ", status: done, closed: 2026-06, outcome: Won."

    def digest(given, more="", notes=note % ("2026-05", "")):
        project.edition(TINY + more)
        (project.root / SHOWN).write_text(notes)
        edition = read_edition("tiny", root=project.root)
        return approval_of(edition, measures(*given), Period.parse("2026-05")).digest.split(".")

    known = digest([may])
    assert digest([june, may]) == known
    assert digest([may], notes=note % ("2026-05", closed)) == known
    assert digest([may], "events: [{on: 2026-06, label: A}]\n") == known
    assert digest([may], "brand: {accent: '#1b6f6a'}\n" + DRAFT) == known
    # sums of squares are as exact as floats are, and come to other last digits each time
    assert digest([{**may, "low": may["low"] * (1 + 1e-13)}]) == known
    for changed, place in (
        (digest([{**may, "value": 0.3}]), 0),
        (digest([{**may, "low": may["low"] * (1 + 1e-7)}]), 0),
        (digest([may], "targets: {nps: 3}\n"), 1),
        (digest([may], notes=note % ("2026-04", "")), 2),
        (digest([may], "events: [{on: 2026-05, label: A}]\n"), 2),
    ):
        assert [one == other for one, other in zip(changed, known, strict=True)] == [
            at != place for at in range(3)
        ]


@pytest.mark.slow
def test_where_nobody_asks_nothing_is_said(project, run, approve):
    project.notebook("scorecard", (project.says, "board"))
    run()
    assert set(words_on(project).values()) == {""}
    printed = project.pack / "pack.pdf"
    sheet = PdfWriter()
    sheet.add_blank_page(210, 297)
    sheet.write(printed)
    run(force=True)
    assert printed.is_file()
    said = approve()
    assert "Approved by" in words_on(project)["board.html"]
    assert said[-1].endswith("is printed again: python -m cs_lib run tiny --period 2026-05 --pdf")
    assert run().entries[0].status == "unchanged"
    assert not printed.exists()  # it says nothing of the approval


def test_what_was_not_published_cannot_be_approved(project, run, approve):
    with pytest.raises(
        EditionError, match=r"tiny: no pack stands in reports\. There is none yet\."
    ):
        approve()
    project.notebook("scorecard", project.says)
    run()
    with pytest.raises(
        EditionError, match=r"no pack of 2026-04 stands in reports\. There are packs"
    ):
        approve(period="2026-04")


def test_a_copy_of_a_pack_beside_it_is_not_the_pack(project, run):
    project.notebook("scorecard", project.says)
    run()
    shutil.copytree(project.pack, project.pack.with_name("2026-05.bak"))
    shutil.copytree(project.pack, project.pack.with_name("2026-04"))
    edition = read_edition("tiny", root=project.root)
    assert published(edition, project.root, None)[0].pack == project.pack
    assert [folder.name for folder, _, _ in _packs(PackPaths(project.root, "tiny", "2026-05"))] == [
        "2026-05"
    ]
    shutil.rmtree(project.pack)
    with pytest.raises(EditionError, match="There is none yet"):
        published(edition, project.root, None)


def test_an_approval_of_another_shape_is_void():
    last = Approval(period="2026-05", by="Ada", on=date(2026, 7, 8), digest="a.b.c.d")
    words = ApprovalState(asked=True, digest="a.b.c", last=last).words
    assert words == "Approval void: something changed since Ada approved on 8 July 2026."


def test_an_edition_whose_notes_hold_all_is_read(project):
    path = project.root / SHOWN
    path.parent.mkdir()
    path.write_text("approvals: [{period: 2026-05, by: Ada, on: 2026-07-08, digest: a.b.c}]\n")
    assert isinstance(read_edition("tiny", root=project.root).notes, Notes)
