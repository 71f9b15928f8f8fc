"""What people add to a month: events, notes, decisions; brand and mail. Read whole, or refused by key."""

from datetime import date
from pathlib import Path

import pytest

from cs_lib.edition import edition_names, read_edition
from cs_lib.edition.brand import contrast
from cs_lib.edition.events import events_of
from cs_lib.edition.notes import Note, Notes
from cs_lib.errors import EditionError
from cs_lib.metrics.audit import cache, handed_measures
from cs_lib.metrics.catalogue import check_metric_names
from cs_lib.period import Period, Segment

BASE = "company: Acme\ntables: {orders: orders.csv}\nsegments: [plan, region]\n"
JUNE, MAY, JULY = (Period.parse(f"2026-0{month}") for month in (6, 5, 7))
CHURN = "segment apart: customer_churn_rate, region=APAC"


@pytest.fixture
def read(tmp_path):
    """Write a params file and notes, and read them as an edition."""
    (tmp_path / "params" / "notes").mkdir(parents=True)

    def _read(text="", notes=None):
        (tmp_path / "params" / "acme.yaml").write_text(BASE + text, encoding="utf-8")
        if notes is not None:
            (tmp_path / "params" / "notes" / "acme.yaml").write_text(notes, encoding="utf-8")
        return read_edition("acme", root=tmp_path)

    return _read


# --- events


def test_a_month_stands_for_its_first_day_and_at_the_end_for_its_last(read):
    edition = read(
        "events:\n"
        "- {on: 2026-03, until: 2026-04, label: Short of people, metrics: [csat]}\n"
        "- {on: 2025-10-13, label: Price rise}\n"
    )
    assert [(each.label, each.on, each.last) for each in edition.events] == [
        ("Price rise", date(2025, 10, 13), date(2025, 10, 13)),
        ("Short of people", date(2026, 3, 1), date(2026, 4, 30)),
    ]


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ("all", {"all", "plan=Pro", "region=APAC", "region=EMEA", "region=APAC,plan=Pro"}),
        ("region=APAC", {"all", "region=APAC", "region=APAC,plan=Pro"}),
        ("plan=Pro,region=APAC", {"all", "plan=Pro", "region=APAC", "region=APAC,plan=Pro"}),
    ],
)
def test_an_event_is_told_where_its_scope_and_the_segment_hold_each_other(read, scope, shown):
    events = read(f"events: [{{on: 2026-03, label: Rival, segments: ['{scope}']}}]\n").events
    asked = ("all", "plan=Pro", "region=APAC", "region=EMEA", "region=APAC,plan=Pro")
    whole = (date(2026, 1, 1), date(2026, 6, 30))
    assert {s for s in asked if events_of(events, "nps", Segment.parse(s), *whole)} == shown


@pytest.mark.parametrize(
    ("first", "last", "metric", "there"),
    [
        ((2026, 4, 30), (2026, 6, 30), "csat", True),  # its last day
        ((2026, 5, 1), (2026, 6, 30), "csat", False),
        ((2025, 1, 1), (2026, 3, 1), "csat", True),  # its first day
        ((2025, 1, 1), (2026, 2, 28), "csat", False),
        ((2026, 3, 5), (2026, 3, 9), "csat", True),  # inside it
        ((2026, 3, 5), (2026, 3, 9), "nps", False),
        ((2026, 3, 5), (2026, 3, 9), None, True),
    ],
)
def test_an_event_is_of_its_days_and_its_metrics(read, first, last, metric, there):
    events = read("events: [{on: 2026-03, until: 2026-04, label: A, metrics: [csat]}]\n").events
    assert bool(events_of(events, metric, Segment(), date(*first), date(*last))) == there


def test_an_event_of_no_metric_is_of_all(read):
    events = read("events: [{on: 2026-03, label: A}]\n").events
    assert events_of(events, "nps", Segment(), date(2026, 1, 1), date(2026, 6, 30)) == events


# --- notes


def note(**given) -> Note:
    return Note(**{"finding": CHURN, "since": "2026-05", "why": "A rival.", **given})


def test_a_note_is_carried_until_it_is_closed():
    notes = Notes(notes=(note(since="2026-03", status="done", closed="2026-05", outcome="Won."),))
    shown = {m: notes.for_finding(CHURN, Period.parse(f"2026-0{m}")) for m in range(2, 7)}
    assert [month for month, found in shown.items() if found] == [3, 4, 5]
    assert (shown[4].status, shown[4].closed, shown[4].outcome) == ("open", None, None)
    assert (shown[5].status, shown[5].outcome) == ("done", "Won.")


def test_the_last_note_written_of_a_finding_counts():
    first, last = note(), note(since="2026-06", why="Two rivals.")
    notes = Notes(notes=(last, first))
    assert notes.for_finding(CHURN, MAY) == first
    assert notes.for_finding(CHURN, JUNE) == notes.for_finding(CHURN, JULY) == last
    assert notes.for_finding("target: nps", JUNE) is None
    over = last.model_copy(update={"status": "dropped", "closed": "2026-06"})
    assert Notes(notes=(first, over)).for_finding(CHURN, JULY) is None


def test_a_form_that_nobody_filled_in_shows_nothing():
    blank = note(since="2026-06", why=None, value=0.04, owner="VP")
    assert Notes(notes=(blank,)).for_finding(CHURN, JUNE) is None
    assert Notes(notes=(note(), blank)).for_finding(CHURN, JUNE) == note()


def test_notes_of_months_show_in_the_quarter_that_holds_them():
    notes = Notes(notes=(note(since="2026-05", status="done", closed="2026-06"),))
    assert notes.for_finding(CHURN, Period.parse("2026-Q2")).status == "done"
    assert notes.for_finding(CHURN, Period.parse("2026-Q1")) is None
    assert notes.for_finding(CHURN, Period.parse("2026-Q3")) is None


def test_what_belongs_to_a_period_is_what_stood_in_it(read):
    edition = read(
        notes="prepared_by: Ada\n"
        f"notes:\n- {{finding: '{CHURN}', since: 2026-05, why: A rival.}}\n"
        "- {finding: 'target: nps', since: 2026-07, do: Call them.}\n"
        "decisions:\n- {period: 2026-06, text: Cut the fair budget.}\n"
        "approvals:\n- {period: 2026-06, by: Ada, on: 2026-07-08, digest: ab}\n"
    )
    then = edition.notes.at(JUNE)
    assert [each.finding for each in then.notes] == [CHURN]
    assert [each.text for each in then.decisions] == ["Cut the fair budget."]
    assert (then.prepared_by, then.approvals, len(edition.notes.approvals)) == ("Ada", (), 1)


def test_a_note_is_restated_where_its_figure_is_another_now():
    written = note(value=0.0402858)
    assert [written.is_restated(figure) for figure in (0.04028581, 0.0403, 0.05, None)] == [
        False, True, True, True,
    ]  # fmt: skip
    assert not note().is_restated(None)


def test_an_edition_without_notes_has_none(read):
    assert read().notes == read(notes="# nothing yet\n").notes == Notes()


def test_the_folder_of_notes_holds_no_editions(read, tmp_path):
    read(notes="")
    (tmp_path / "params" / "notes" / "ACME.yml").write_text(BASE)
    assert edition_names(tmp_path) == ["acme"]
    assert read_edition("acme", root=tmp_path).name == "acme"
    for which in ("notes/acme", str(tmp_path / "params" / "notes" / "acme.yaml")):
        with pytest.raises(EditionError, match=r"There is no edition .*notes/acme"):
            read_edition(which, root=tmp_path)


def test_notes_stand_under_the_editions_name_or_beside_it(tmp_path):
    (tmp_path / "params").mkdir()
    for home, name in (("params", "examples/shop"), (".", "loose")):
        path, notes = (tmp_path / home / f"{each}.yaml" for each in (name, f"notes/{name}"))
        for each, text in ((path, BASE), (notes, "prepared_by: Ada\n")):
            each.parent.mkdir(parents=True, exist_ok=True)
            each.write_text(text)
        assert read_edition(path, root=tmp_path).notes.prepared_by == "Ada"


# --- what is refused, and how


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("events: [{on: 2026-03}]", "events.0.label is missing."),
        ("events: [{on: 2026-13, label: A}]", "events.0.on: period '2026-13' is not a period."),
        ("events: [{on: 2026-03, lable: A}]", "events.0.lable is not a key. Did you mean label?"),
        (
            f"events: [{{on: 2026-03, label: {'A' * 29}}}]",
            f"events.0.label: '{'A' * 29}' does not fit a chart, which has room for 28 characters",
        ),
        (
            "events: [{on: 2026-03, until: 2026-02, label: A}]",
            "events.0: until 2026-02-28 comes before on 2026-03-01.",
        ),
        (
            "events: [{on: 2026-03, label: A, segments: [regio=APAC]}]",
            "events: A: segment 'regio=APAC': regio is not among this edition's segments. "
            "Did you mean region?",
        ),
        ("notes: {}", "notes is not a key. Notes stand in a file of their own, under params/notes."),
        ("not: {}", "not is not a key. Known: approval, as_of, benchmarks, brand, "),
        (
            'brand: {accent: "#f5a623"}',
            "brand.accent: #f5a623 on white has a contrast of 2.02, and text needs 4.5. Take a "
            "darker one, such as #9f6b16.",
        ),
        ("brand: {accent: teal}", "brand.accent: 'teal' is not a colour such as \"#1b6f6a\"."),
        ("brand: {logo: a.gif}", "'a.gif' is not the path of a picture that ends in .svg or .png."),
        ("brand: {logo: a.png}", "brand.logo: there is no file a.png."),
        ("mail: {from: a@b.c}", "mail.recipients is missing."),
        ("mail: {fron: a@b.c, recipients: {all: a@b.c}}", "mail.fron is not a key. Did you mean from?"),
        ("mail: {from: 'Board) <a@b.c>', recipients: {all: a@b.c}}", "'Board) <a@b.c>' is not a mail"),
        ("mail: {from: 'Bo[ard <a@b.c>', recipients: {all: a@b.c}}", "'Bo[ard <a@b.c>' is not a mail"),
        ("mail: {from: '\"Bo\\\" <a@b.c>', recipients: {all: a@b.c}}", " is not a mail address"),
        ("mail: {from: nobody, recipients: {all: a@b.c}}", "mail.from: 'nobody' is not a mail address"),
        (
            'mail: {from: "a@b.c\\nBcc: d@e.f", recipients: {all: a@b.c}}',
            "mail.from: 'a@b.c\\nBcc: d@e.f' is not a mail address",
        ),
        (
            "mail: {from: a@b.c, recipients: {plam=Pro: a@b.c}}",
            "mail.recipients: segment 'plam=Pro': plam is not among this edition's segments. "
            "Did you mean plan?",
        ),
        ("mail: {from: a@b.c, recipients: {all: []}}", "mail.recipients.all: [] does not fit"),
        (
            "mail: {from: a@b.c, recipients: {all: a@b.c}, link: reports.example}",
            "mail.link: 'reports.example' is not an address such as https://reports.example.com/.",
        ),
        ("approval: maybe", "approval: 'maybe' does not fit: input should be 'required'."),
    ],
)  # fmt: skip
def test_a_fault_of_the_edition_is_said_with_its_key(read, text, says):
    with pytest.raises(EditionError) as caught:
        read(f"{text}\n")
    assert str(caught.value).startswith("params/acme.yaml: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("note: []", "note is not a key. Did you mean notes?"),
        ("- a", "a params file is a mapping of keys to values; this file is not."),
        ("notes: [{finding: nps, since: 2026-05}]", "notes.0.finding: 'nps' is not the key of a "),
        (
            "notes: [{finding: 'segment apt: nps', since: 2026-05}]",
            "notes.0.finding: 'segment apt' is not a kind of finding. Did you mean segment apart?",
        ),
        ("notes: [{finding: 'target: nps', since: May}]", "notes.0.since: period 'May' is not a "),
        (
            "notes: [{finding: 'target: nps', since: 2026-05, ownr: VP}]",
            "notes.0.ownr is not a key. Did you mean owner?",
        ),
        (
            "notes: [{finding: 'target: nps', since: 2026-05, status: don}]",
            "notes.0.status: 'don' does not fit: input should be 'open', 'done' or 'dropped'.",
        ),
        (
            "notes: [{finding: 'target: nps', since: 2026-05, status: done}]",
            "notes.0: status done needs closed, the period in which it was.",
        ),
        (
            "notes: [{finding: 'target: nps', since: 2026-05, closed: 2026-06}]",
            "notes.0: closed 2026-06 needs status: done or dropped.",
        ),
        (
            "notes: [{finding: 'target: nps', since: 2026-05, status: done, closed: 2026-04}]",
            "notes.0: closed 2026-04 comes before since 2026-05.",
        ),
        (
            "notes:\n- {finding: 'target: nps', since: 2026-05}\n"
            "- {finding: 'target: nps', since: 2026-05}",
            "notes: 'target: nps' is there twice since 2026-05.",
        ),
    ],
)
def test_a_fault_of_the_notes_is_said_with_their_file(read, text, says):
    with pytest.raises(EditionError) as caught:
        read(notes=f"{text}\n")
    assert str(caught.value).startswith("params/notes/acme.yaml: ")
    assert says in str(caught.value)


def test_metrics_of_events_and_notes_are_those_of_the_catalogue(read):
    with pytest.raises(EditionError) as caught:
        check_metric_names(read("events: [{on: 2026-03, label: A, metrics: [npss]}]\n"))
    assert str(caught.value) == (
        "params/acme.yaml: events: A: npss is not a metric. Did you mean nps?"
    )
    for key, said in (
        ("target: csatt", "csatt is not a metric. Did you mean csat?"),
        ("target: nps, pln=Pro", "nps is not split by pln. Did you mean plan?"),
    ):
        with pytest.raises(EditionError) as caught:
            check_metric_names(read(notes=f"notes: [{{finding: '{key}', since: 2026-05}}]\n"))
        assert str(caught.value) == f"params/notes/acme.yaml: notes: {key!r}: {said}"
    by_feature = "signal: feature_adoption, feature=Waitlist"
    check_metric_names(read(notes=f"notes: [{{finding: '{by_feature}', since: 2026-05}}]\n"))


def test_what_people_add_has_nothing_measured_anew(read):
    bare = read()
    full = read(
        'events: [{on: 2026-03, label: A}]\nbrand: {accent: "#1b6f6a"}\napproval: required\n'
        "mail: {from: a@b.c, recipients: {plan=Pro: The board <c@d.e>}}\n",
        notes=f"notes: [{{finding: '{CHURN}', since: 2026-05, why: A rival.}}]\n",
    )
    assert full.mail.recipients == {"plan=Pro": ("The board <c@d.e>",)}
    assert full.asks_approval and not bare.asks_approval
    assert cache._key(bare, {}, False) == cache._key(full, {}, False)
    assert handed_measures._told(bare) != handed_measures._told(full)


def test_contrast_is_that_of_the_web_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_the_notes_of_this_project_are_valid():
    root = Path(__file__).resolve().parents[1]
    for name in edition_names(root):
        check_metric_names(read_edition(name, root=root))


def test_a_key_is_kept_in_its_one_spelling():
    assert (
        note(finding="segment apart: cac, channel = Events").finding
        == "segment apart: cac, channel=Events"
    )
    assert note(finding="target: nps, all").finding == "target: nps"


def test_what_is_written_on_several_lines_is_shown_on_one():
    assert note(do="Call\n them.\n").do == "Call them."


def test_notes_in_a_file_that_is_not_read_are_refused(read, tmp_path):
    read()
    folder = tmp_path / "params" / "notes"
    folder.mkdir(exist_ok=True)
    (folder / "acme.yml").write_text("prepared_by: Ada\n")
    with pytest.raises(EditionError, match=r"rename acme\.yml to acme\.yaml"):
        read_edition("acme", root=tmp_path)


def test_a_blank_form_changes_neither_the_reports_nor_what_was_approved(read):
    form = f"notes:\n- {{finding: '{CHURN}', since: 2026-06, value: 0.04}}\n"
    assert read(notes=form).as_shown() == read(notes="").as_shown()
    assert read(notes=form).notes.at(JUNE) == Notes()
