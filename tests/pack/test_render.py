"""The HTML of a report: self-contained, escaped, accessible, and silent about what it leaves out."""

import re
from html.parser import HTMLParser

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cs_lib.edition import read_edition
from cs_lib.errors import ReportError
from cs_lib.pack.pages.header import header_of
from cs_lib.pack.pages.index import size_words
from cs_lib.pack.pages.render import render
from cs_lib.pack.pages.sections import split, what_reaches_outside
from cs_lib.pack.run.lineage import lineage_of
from cs_lib.pack.run.notebook_parameters import read_notebook
from cs_lib.pack.run.plan import Report
from cs_lib.period import Period, Segment

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
VOID = {"meta", "img", "br", "hr", "link", "input", "col"}


class Page(HTMLParser):
    """The elements of a page in order, with their attributes; fails where tags do not match."""

    def __init__(self, text: str):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self._open.pop() == tag

    def of(self, *tags) -> list[dict]:
        return [attrs for tag, attrs in self.elements if tag in tags]


def shows(data: dict, metadata: dict | None = None) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}


def prints(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def leaves_out(what: str, reason: str) -> dict:
    said = {"what": what, "reason": reason}
    return shows({"application/vnd.cs-kit.left-out+json": said, "text/plain": "left out"})


def executed(*cells):
    """An executed notebook: text is a Markdown cell, an output stands under a cell of code."""
    written = [new_markdown_cell("# Score"), new_code_cell("secret = 1", id="p")]
    written[1].metadata["tags"] = ["parameters"]
    for cell in cells:
        if isinstance(cell, str):
            written.append(new_markdown_cell(cell))
        else:
            code = new_code_cell("code = 41 + 1", execution_count=7, outputs=[from_dict(cell)])
            written.append(code)
    return new_notebook(cells=written)


@pytest.fixture
def report(project, measures):
    """The HTML of a report with these cells."""

    def of(*cells, state=None, segment="all") -> str:
        found = state or measures()
        edition = read_edition("tiny", root=project.root)
        path = project.notebook("scorecard", title="The <score>")
        notebook = read_notebook(path, root=project.root)
        asked = Report(notebook, "tiny", Period.parse("2026-05"), Segment.parse(segment))
        lineage = lineage_of(edition, found, root=project.root, figures="f" * 64)
        return render(executed(*cells), header_of(edition, asked, lineage), shown="score.ipynb")

    return of


def visible(text: str) -> str:
    """The words of the page."""
    body = text[text.index("<body") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_a_report_loads_nothing_and_runs_nothing(report):
    page = Page(report("## One", "[more](https://example.com/a)", shows({"image/png": PNG})))
    assert page.of("img")
    assert not page.of("script", "link", "iframe", "object", "embed")
    for tag, attrs in page.elements:
        assert not any(name.startswith("on") for name in attrs)
        assert all(
            attrs[name].startswith("data:image/") for name in ("src", "srcset") if name in attrs
        )
        if "href" in attrs:
            assert tag == "a" and attrs["href"].startswith(("#", "https://example.com/a"))
    [policy] = [m["content"] for m in page.of("meta") if "http-equiv" in m]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def test_the_stylesheet_fetches_nothing(report):
    text = report("## One", prints("1"))
    assert "@import" not in text and "url(" not in text


def test_it_is_light(report):
    assert len(report("## One", prints("1"))) < 70_000


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>x</p><script>1</script>", "<script>"),
        ("<img src='https://a.b/c.png'>", 'src="https://a.b/c.png"'),
        ("<img src=x onerror=alert(1)>", 'src="x"'),
        ("<b onclick='x()'>", "a script (onclick=)"),
        ("<a href='javascript:x()'>", 'href="javascript:x()"'),
        ("<style>@import 'a.css'</style>", "@import"),
        ("<style>a { background: URL( 'http://a.b' ) }</style>", "url(http://a.b' )"),
        ("<i style='background:url(//a.b)'>", "url(//a.b)"),
        ("<link rel=stylesheet href=a.css>", "<link>"),
        ("<iframe srcdoc=x></iframe>", "<iframe>"),
        ("<svg><image xlink:href='http://a.b'/></svg>", 'xlink:href="http://a.b"'),
    ],
)
def test_what_reaches_outside_is_found(html, found):
    assert what_reaches_outside(html).startswith(found[:20])


@pytest.mark.parametrize(
    "html",
    [
        "<a href='#x'>x</a><a href='https://a.b'>x</a>",
        "<img src='data:image/png;base64,AA'>",
        "<style>a { fill: url(#g); color: red }</style>",
        "url(http://a.b) and @import as words",
    ],
)
def test_what_stays_inside_passes(html):
    assert what_reaches_outside(html) is None


def test_an_output_that_reaches_outside_fails_its_report(report):
    with pytest.raises(ReportError) as caught:
        report("## One", shows({"text/html": "<script src='https://a.b'></script>"}))
    assert str(caught.value) == (
        "score.ipynb, cell 4: the output holds <script>. A report holds all that it shows itself "
        "and runs no script."
    )


def test_a_picture_that_is_not_in_the_cell_fails_its_report(report):
    with pytest.raises(ReportError, match=r"the picture logo.png lies outside the notebook"):
        report("![logo](logo.png)")


def test_a_picture_pasted_into_a_cell_is_embedded(report):
    notebook = executed("![logo](attachment:logo.png)")
    notebook.cells[2]["attachments"] = {"logo.png": {"image/png": PNG}}
    assert split(notebook, shown="x")[0].cells[0].html == (
        f'<p><img src="data:image/png;base64,{PNG}" alt="logo" /></p>\n'
    )


def test_scripts_in_markdown_and_data_are_text(report):
    text = report(
        "a <script>a</script> **bold**",
        "<script>b</script>",
        "## <script>c</script>",
        prints("<script>d</script>"),
        shows({"text/plain": "<script>e</script>"}),
        shows({"text/markdown": "**markdown** <script>f</script>"}),
    )
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6
    assert "<strong>bold</strong>" in text and "<strong>markdown</strong>" in text


def test_a_script_with_a_text_beside_it_is_shown_as_the_text(report):
    text = report("## One", shows({"application/javascript": "alert(1)", "text/plain": "plain"}))
    assert "alert" not in text and "plain" in visible(text)


def test_an_output_that_cannot_be_shown_is_never_a_blank(report):
    widget = shows({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}})
    with pytest.raises(ReportError, match="cell 4: a report cannot show an output of type"):
        report("## One", widget)


def test_what_edition_and_notebook_say_is_escaped(project, report):
    text = (project.root / "params" / "tiny.yaml").read_text()
    project.edition(text.replace("Tiny & Sons", "'<script>T</script> & \"Sons\"'"))
    page = report(prints("1"))
    assert "<script" not in page and "&lt;script&gt;T&lt;/script&gt; &amp; &#34;Sons&#34;" in page
    assert "<h1>The &lt;score&gt;</h1>" in page


def test_dollars_stay_dollars(report):
    money = "from $1.2 M to $1.4 M, and $$x$$"
    text = report(f"{money}", shows({"text/markdown": money}))
    assert visible(text).count(money) == 2


def test_alt_text_comes_with_the_picture_or_from_its_section(report):
    told = shows({"image/png": PNG}, {"image/png": {"alt": 'Up "20" <b>'}})
    untold = shows({"image/png": PNG, "text/plain": "<Figure>"})
    page = Page(report("## Money", told, untold))
    assert [image["alt"] for image in page.of("img")] == [
        'Up "20" <b>',
        "Chart in the section Money",
    ]


def test_code_prompts_and_parameters_do_not_show(report):
    words = visible(report("## One", prints("shown"), prints("warned", "stderr")))
    assert "shown" in words and "41 + 1" not in words and "secret" not in words
    assert "Out[" not in words and "[7]" not in words and "warned" not in words


def test_head_and_foot_say_where_the_figures_come_from(report):
    words = visible(report(prints("1"), segment="plan=Pro"))
    for said in ("Tiny &amp; Sons", "May 2026", "Plan Pro", "9 June 2026", "no row left out"):
        assert said in words
    assert "data/subscriptions.csv" in words and "1,200" in words and "0123456789ab " in words
    assert "All customers" in visible(report(prints("1")))


def test_warnings_and_rejected_rows_stand_on_the_face(report, measures):
    state = measures(
        warnings=[
            ("unknown customer", 'x.csv, line 3: "customer-17" is not in customers.', 12),
            ("end-of-extract cliff", "40 % of subscriptions end in June.", 40),
        ],
        rejects=[("value cannot be read", 3)],
    )
    words = visible(report(prints("1"), state=state))
    assert "3 rows of the data left out of every figure" in words.replace("  ", " ")
    assert "subscriptions, value cannot be read (3)" in words
    assert "2 warnings about the data" in words
    assert "subscriptions: unknown customer (12 rows)" in words
    assert "40 % of subscriptions end in June." in words
    assert "customer-17" not in words


def test_contents_anchors_and_heading_order(report):
    text = report("lead", "## A b", prints("1"), "### Inner", prints("2"), "## A b", "x", "# Two")
    page = Page(text)
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for a in page.of("a") if a["href"].startswith("#")]
    assert targets == ["findings", "a-b", "inner", "a-b-2", "two"] and set(targets) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels == [1, 2, 3, 2, 2, 2]
    assert page.of("html") == [{"lang": "en"}]
    assert [len(page.of(tag)) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]


def test_a_heading_inside_a_fence_is_no_section(report):
    page = Page(report("```\n## not a heading\n```\n\n## Real", prints("1")))
    assert [a["href"] for a in page.of("a")] == ["#findings", "#real"]


# --- what is wider than a phone


def test_the_keyboard_reaches_whatever_may_scroll(report):
    frame = '<div>\n<style scoped>\n  .x { a: b; }\n</style>\n<table border="1" class="dataframe"></table></div>'
    text = report(
        "## One",
        shows({"text/html": table("A &amp; &quot;b&quot;")}),
        shows({"text/html": table("")}),
        shows({"text/html": frame}),
        shows({"image/png": PNG}),
        prints("long"),
        shows({"text/plain": "plain"}),
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```",
    )
    page = Page(text)
    boxes = [a for a in page.of("div") if a.get("class") in ("report-table", "frame", "table")]
    assert [box.get("aria-label") for box in boxes[:4]] == ['A & "b"', "Table", "Table", "Table"]
    reached = [*boxes, *page.of("pre")]
    assert len(reached) == 5 + 3 and {each.get("tabindex") for each in reached} == {"0"}


def table(caption: str, note: str = "") -> str:
    """A table as the kit writes it."""
    from cs_lib.report.tables.table_html import TableColumn, build_table

    made = build_table([{"m": "NPS"}], [TableColumn("m", "Metric")], caption="C", notes=[note] * 2)
    named = caption and f"<caption>{caption}</caption>"
    return made.html.replace("<caption>C</caption>", named)


def test_the_notes_of_a_table_stand_below_its_box(report):
    text = report("## One", shows({"text/html": table("C", "a <b> note")}))
    assert "<tfoot" not in text
    assert (
        '</div>\n<div class="notes">\n<p>a &lt;b&gt; note</p>\n<p>a &lt;b&gt; note</p>\n</div>'
        in text
    )


# --- what is left out


def test_a_section_that_is_all_left_out_is_listed_at_the_end(report):
    why = "needs survey_responses, which this edition does not give"
    text = report(
        "## Kept",
        prints("kept"),
        "## Survey",
        "Question?",
        leaves_out("NPS", why),
        leaves_out("NPS chart", why),
        "## Effort",
        leaves_out("CES", why),
        "## Last",
        prints("last"),
    )
    words = visible(text)
    assert "Question?" not in words and 'id="survey"' not in text
    assert words.count(why) == 1
    assert f"Survey · Effort : {why}" in words
    assert words.index("last") < words.rindex("What this report leaves out")


def test_a_left_out_part_of_a_living_section_is_listed_at_the_end(report):
    text = report(
        "## Money",
        prints("kept"),
        leaves_out("Cohort <b>", "needs orders."),
        "## Last",
        prints("last"),
    )
    words = visible(text)
    assert "Cohort &lt;b&gt; : needs orders" in words and "Cohort <b>" not in text
    assert "is left out" not in words and words.count("needs orders") == 1
    assert words.index("last") < words.index("Cohort") > words.rindex("What this report leaves out")


def test_a_section_stands_once_and_sections_that_need_the_same_stand_together(report):
    gives = "which this edition does not give"
    text = report(
        "## Orders",
        leaves_out("Revenue", f"Revenue needs orders, {gives}"),
        leaves_out("Revenue growth", f"Revenue growth rate needs orders, {gives}"),
        "## Mixed",
        leaves_out("NPS", f"NPS needs survey_responses, {gives}"),
        leaves_out("Curve", "no customer was seen for long enough"),
        "## Returns",
        leaves_out("Repeat rate", f"Repeat rate needs orders, {gives}"),
    )
    words = visible(text)
    assert f"Orders · Returns : needs orders, {gives}" in words
    mixed = f"NPS needs survey_responses, {gives}; no customer was seen for long enough"
    assert f"Mixed : {mixed}" in words
    assert all(words.count(title) == 1 for title in ("Orders", "Returns", "Mixed"))


def test_a_section_of_prose_alone_stays(report):
    assert "only words" in visible(report("## Words", "only words", "x = 1"))


# --- the index of a pack


def test_the_index_is_self_contained_and_links_inside_the_pack_and_to_the_shelf(project, run):
    project.notebook("scorecard", "print(1)")
    project.notebook("broken", "1 / 0")
    run(segments=("all", "plan=Pro"))
    text = (project.pack / "index.html").read_text()
    page = Page(text)
    assert not page.of("script", "link", "img")
    for link in page.of("a"):
        file, _, anchor = link["href"].partition("#")
        assert (project.pack / file).exists()
        assert not anchor or f'id="{anchor}"' in (project.pack / file).read_text()
    assert "Customer churn rate" in visible(text) and "10.0%" in visible(text)


def test_the_index_shows_a_figure_with_its_past_its_interval_and_its_target(project, run, measures):
    edition = (project.root / "params" / "tiny.yaml").read_text()
    project.edition(f"{edition}\ntargets: {{customer_churn_rate: 0.2}}\n")
    project.notebook("scorecard", "print(1)")
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:17]
    values = dict.fromkeys(months, 0.2) | {"2026-04": 0.25, "2026-05": 0.1}
    figures = [
        measures.figure("customer_churn_rate", value=v, period=p) | {"numerator": 30 * v}
        for p, v in values.items()
    ]
    run(
        measures(
            *figures, measures.figure("nps", value=40, variant="standard", status="suppressed")
        )
    )
    text = (project.pack / "index.html").read_text()
    [line] = Page(text).of("img")
    # of 17 months the last six have twelve before them: (10 × 20% + 25% + 10%) ÷ 12, and May alone behind it
    assert line["alt"] == "Customer churn rate: 19.6% to 20.4% in the last 6 months, latest 19.6%"
    words = visible(text)
    assert "19.6% Over 12 months, 95% interval 14.2% to 26.4% May 2026 alone 10.0%" in words
    assert "−15.0 pp ≈ on Apr 2026, −10.0 pp ≈ on May 2025" in words
    assert words.count("≈ after a change: within normal variation.") == 1
    assert "Target ≤ 20% a month: ~ too close to call" in words and "NPS" not in words


def test_the_index_gives_one_page_a_segment_and_the_full_reports_behind_it(project, run, measures):
    project.notebook("scorecard", "print(1)", title="Scorecard", order=1)
    project.notebook("other", "assert segment == 'all'", title="The <others>", order=2)
    run(segments=("all", "plan=Basic", "plan=Pro", "region=EMEA"))
    text = (project.pack / "index.html").read_text()
    words = visible(text)
    assert "Reports Scorecard The &lt;others&gt; By plan Basic Full reports of Basic" in words
    full = "Full reports of {} ✗ The &lt;others&gt;"
    assert f"Basic {full.format('Basic')} Pro {full.format('Pro')} By region EMEA" in words
    assert '<p><a href="scorecard--plan-Pro.html">Pro</a></p>' in text
    assert "5, 3 failed" in words and "Reports that failed" in words
    assert words.count("AssertionError") == 3


def test_the_index_of_many_segments_has_ranges_and_figures_beside_the_names(
    project, run, measures, monkeypatch
):
    monkeypatch.setattr("cs_lib.pack.run.figure_files.MANY_SEGMENTS", 2)
    monkeypatch.setattr("cs_lib.pack.pages.index.MANY_SEGMENTS", 2)
    monkeypatch.setattr("cs_lib.pack.pages.index.A_RANGE", 2)
    project.notebook("scorecard", "print(1)")
    plans = [f"plan={name}" for name in ("<A>", "B", "C")]
    known = ["all", *plans[:2], "region=EMEA"]
    figures = [measures.figure("customer_churn_rate", each) for each in known]
    figures.append(measures.figure("customer_churn_rate", plans[2], status="suppressed"))
    run(measures(*figures), segments=("all", *plans, "region=EMEA"))
    text = (project.pack / "index.html").read_text()
    words = visible(text)
    assert "By plan (3) &lt;A&gt; – B (2) &lt;A&gt; Customer churn rate 10.0%" in words
    assert "B Customer churn rate 10.0% C – C (1) C By region EMEA" in words
    assert text.count('<details class="range">') == 2 and text.count("<details") == 2


def test_the_index_offers_its_files_with_their_sizes(project, run):
    project.notebook("scorecard", "print(1)")
    run()
    index = (project.pack / "index.html").read_text()
    workbook = (project.pack / "pack.xlsx").stat().st_size
    row = f'download>pack.xlsx</a></th><td class="source">[^<]+</td><td class="right">{round(workbook / 1000)} kB<'
    assert re.search(row, index)
    assert "rejects.csv" not in index


@pytest.mark.parametrize(
    ("size", "words"), [(3, "1 kB"), (85_400, "85 kB"), (1_234_567, "1.2 MB"), (999_999, "1.0 MB")]
)
def test_a_size_is_said_as_people_do(size, words):
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("rule", "rows", "shown"),
    [
        ("ends mid-period", 0, "the data end on 9 June"),
        ("end-of-extract cliff", 9, "the data end on 9 June"),
        ("unknown customer", 2, "subscriptions: unknown customer (2 rows)"),
        ("unknown customer", 0, "subscriptions: unknown customer"),
    ],
)
def test_a_warning_on_the_face_quotes_no_row(report, measures, rule, rows, shown):
    state = measures(warnings=[(rule, "the data end on 9 June", rows)])
    assert f"<li>{shown}</li>" in report("## One", prints("1"), state=state)


def test_a_report_of_an_owner_says_whose_customers_it_is_of(report):
    owned = report("## One", segment="owner=Ann <b>")
    assert "who are Ann &lt;b&gt;&#39;s today, or were so when they left, whoever had" in owned
    assert "whoever had them before" not in report("## One", segment="plan=Pro")
