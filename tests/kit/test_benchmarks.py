"""Benchmarks: read whole or refused by line, shown beside the same figure only, and never a verdict. All are made up."""

import re
import shutil

import pytest
from small import SUBSCRIPTIONS, Small

from cs_lib.edition import find_root, read_edition
from cs_lib.edition.benchmarks import read_benchmarks
from cs_lib.errors import EditionError
from cs_lib.judgement.beside_others import benchmarks, why_nowhere
from cs_lib.kit.kit import Kit
from cs_lib.kit.selection import Selection
from cs_lib.metrics.audit import cache, handed_measures
from cs_lib.metrics.audit.changed_inputs import Change, changes, stated
from cs_lib.metrics.catalogue import CATALOGUE, check_metric_names
from cs_lib.pack.preview.watched_files import files_of_data
from cs_lib.pack.run.check_command import check_edition
from cs_lib.period import Segment
from cs_lib.report.display import LeftOut
from cs_lib.report.text.changed_sentences import changed_sentences
from cs_lib.report.text.formatting import Formatter

HEAD = "metric,variant,grain,unit,population,year,n,lower_quartile,median,upper_quartile,source\n"
CHURN = "customer_churn_rate,,month,percent,Makers of kites,2024,210,1.8%,3.2%,4.4%,Kite Survey\n"
OTHER = "customer_churn_rate,,month,percent,Sellers of string,2025,48,,0.9%,,String Letter\n"
YEARLY = "customer_churn_rate,,year,percent,Makers of kites,2024,210,18%,32%,44%,Kite Survey\n"
ARPA = "arpa,,,USD,Makers of kites,2024,210,60,75.50,90,Kite Survey\n"
FACTS = ("movements",)


@pytest.fixture
def kit(sample, tmp_path):
    """`kit(rows)`: the sample's kit with a file of these benchmarks."""

    def _kit(rows, *, segment="all", period="2026-06"):
        (tmp_path / "bench.csv").write_text(HEAD + rows, encoding="utf-8")
        found = read_benchmarks(tmp_path / "bench.csv", "bench.csv")
        own = sample(period, segment).selection
        edition = own.edition.model_copy(update={"benchmark_rows": found})
        return Kit(Selection(edition, own.measures, own.period, own.segment))

    return _kit


def beside(kit):
    """The benchmarks that stand beside a figure of the kit's edition."""
    return benchmarks(kit.selection.judgement.figures, kit.selection.period)


@pytest.fixture
def read(tmp_path):
    """`read(rows)`: the edition alone."""

    def _read(rows="", *, head=HEAD, more=""):
        (tmp_path / "bench.csv").write_text(head + rows, encoding="utf-8")
        Small("subscriptions", SUBSCRIPTIONS, more=f"benchmarks: bench.csv\n{more}").write(tmp_path)
        return read_edition("small", root=tmp_path)

    return _read


# --- read whole, or refused by line and column


def test_shares_are_written_in_per_cent_and_money_in_a_currency(read):
    churn, arpa = read(CHURN + ARPA).benchmark_rows
    assert (churn.lower_quartile, churn.median, churn.upper_quartile) == pytest.approx(
        (0.018, 0.032, 0.044)
    )
    assert (churn.year, churn.n, churn.source, churn.line) == (2024, 210, "Kite Survey", 2)
    assert (arpa.unit, arpa.median, arpa.grain, arpa.line) == ("USD", 75.5, "", 3)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("median", "3.2", "'3.2' has no % sign. Write 3.2% for 3.2 of a hundred."),
        ("median", "0,032", "'0,032' is not a number. Write it as 3.2%."),
        ("median", "", "'' is not a number."),
        ("lower_quartile", "", "it is blank. Give both quartiles, or neither."),
        ("upper_quartile", "", "it is blank. Give both quartiles, or neither."),
        ("median", "5%", "does not lie between lower_quartile 1.8% and upper_quartile 4.4%."),
        ("unit", "per cent", "'per cent' is not a unit. Did you mean percent?"),
        ("unit", "money", "money is in a currency. Write its code, such as USD."),
        ("unit", "", "it is blank. Write one of percent, "),
        ("grain", "monthly", "'monthly' is not a kind of period. Did you mean month?"),
        ("year", "24", "'24' is not a year. Write it in four digits, such as 2025."),
        ("year", "2924", "'2924' is not a year."),
        ("n", "about 200", "'about 200' does not say how many stand behind the figure."),
        ("n", "0", "'0' does not say how many stand behind the figure."),
        ("source", " ", "it is blank. Say it: a benchmark is shown with it."),
        ("population", "", "it is blank. Say it: a benchmark is shown with it."),
    ],
)  # fmt: skip
def test_a_wrong_value_is_said_by_file_line_and_column(read, column, value, says):
    cells = dict(zip(HEAD.strip().split(","), CHURN.strip().split(","), strict=True))
    wrong = ",".join(f'"{each}"' for each in (cells | {column: value}).values())
    with pytest.raises(EditionError) as caught:
        read(f"{ARPA}{wrong}\n")
    assert str(caught.value).startswith(f"bench.csv, line 3, column {column}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD, "bench.csv: there is no row."),
        (HEAD + CHURN + CHURN, "bench.csv, line 3: the same metric, population, year and source stand in line 2."),
        (HEAD + "nps,,,points\n", "bench.csv, line 2: it has 4 values, and the header 11 names."),
        (HEAD.replace("median", "mean") + CHURN, "line 1: 'mean' is not a column of benchmarks. Did you mean median?"),
        (HEAD.replace("population", "year") + CHURN, "line 1: the column year is there twice."),
        ("metric,unit,year,n,median,source\n", "line 1: there is no column population."),
        (HEAD.replace(",", ";"), "line 1: the columns stand apart by commas"),
        (HEAD + 'nps,"a\n', "this is no CSV"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_said_by_name(read, text, says):
    with pytest.raises(EditionError) as caught:
        read("", head=text)
    assert says in str(caught.value)


def test_every_wrong_value_is_said_at_once(read):
    with pytest.raises(EditionError) as caught:
        read(CHURN.replace("210", "") + ARPA.replace("75.50", "$75"))
    assert [each.partition(":")[0] for each in str(caught.value).splitlines()] == [
        "bench.csv, line 2, column n",
        "bench.csv, line 3, column median",
    ]


def test_the_file_is_looked_for_from_the_root_and_its_absence_is_said(tmp_path):
    Small("subscriptions", SUBSCRIPTIONS, more="benchmarks: gone.csv\n").write(tmp_path)
    with pytest.raises(EditionError, match=r"gone\.csv: this cannot be read: No such file"):
        read_edition("small", root=tmp_path)
    Small("subscriptions", SUBSCRIPTIONS, more="benchmarks: a.xlsx\n").write(tmp_path)
    with pytest.raises(EditionError, match=r"benchmarks: 'a.xlsx' is not the path of a file"):
        read_edition("small", root=tmp_path)


def test_a_name_that_the_catalogue_does_not_have_is_said_with_its_line(read):
    for rows, says in (
        (CHURN.replace("churn_rate", "churn_rat"), "bench.csv, line 2, column metric: "),
        (CHURN.replace("rate,,", "rate,strip,"), "bench.csv, line 2, column variant: strip is no variant of "),
    ):  # fmt: skip
        with pytest.raises(EditionError) as caught:
            check_metric_names(read(rows))
        assert str(caught.value).startswith(says) and "Did you mean" in str(caught.value)
    check_metric_names(read(CHURN.replace("rate,,", "rate,stripe,")))


# --- beside the same figure only


@pytest.mark.parametrize(
    ("row", "more", "says"),
    [
        (CHURN, "", ""),
        (ARPA, "", ""),
        (YEARLY, "", ""),
        (YEARLY, "grains: [month]", "this edition is not measured by years: add year to its grains"),
        (CHURN.replace(",month,", ",,"), "", "it is of a month, a quarter or a year: say which under grain"),
        (ARPA.replace("USD", "EUR"), "", "its unit is EUR, and the figure here is in USD"),
        (ARPA, "currency: EUR", "its unit is USD, and the figure here is in EUR"),
        (ARPA.replace("arpa,,,", "arpa,,month,"), "", "it means the same at any grain: leave grain blank"),
        ("nps,,,points,A,2024,9,,30,,B\n", "", "needs survey_responses, which this edition does not give"),
        ("survival,,,percent,A,2024,9,,30%,,B\n", "", "it is a curve"),
        ("mrr,,month,USD,A,2024,9,,30,,B\n", "", "it means the same at any grain"),
        ("new_customers,,,count,A,2024,9,,30,,B\n", "", "say which under grain"),
        ("net_revenue_retention,,,percent,A,2024,9,,99%,,B\n", "", ""),
        ("net_revenue_retention,one_period,,percent,A,2024,9,,99%,,B\n", "", "say which under grain"),
    ],
)  # fmt: skip
def test_why_a_benchmark_stands_beside_no_figure(read, row, more, says):
    edition = read(row, more=more)
    (benchmark,) = edition.benchmark_rows
    why = why_nowhere(benchmark, edition, FACTS)
    assert says in why and bool(says) == bool(why)


def test_a_years_churn_is_never_held_against_a_months(kit):
    own = kit(YEARLY + ARPA)
    shown = own.benchmarks()
    assert "churn" not in shown.text and "Kite Survey" in shown.text
    assert [each.benchmark.metric for each in beside(own)] == ["arpa"]
    assert isinstance(kit(YEARLY).benchmarks(), LeftOut)
    (year,) = beside(kit(CHURN + YEARLY, period="2025"))
    assert year.benchmark.grain == "year" and year.now.value > 0.2 and year.year is None


def test_ours_is_the_figure_of_the_scorecard(kit):
    own = kit(CHURN)
    (found,) = beside(own)
    (row,) = own.frame("customer_churn_rate").itertuples()
    assert found.now.value == row.value
    assert found.year == own.selection.judgement.year_figure("customer_churn_rate")
    assert "2.32%" in own.benchmarks().text, "METRICS: 222 of 9,553 a month over twelve"
    assert "customer_churn_rate" in own.selection.used, "so that the report defines it"


def test_population_year_n_and_source_stand_beside_and_two_that_disagree_are_both_shown(kit):
    other = (
        ARPA.replace("75.50", "300").replace("90", "400").replace("Kite Survey", "<b>Letter</b>")
    )
    shown = kit(ARPA + other).benchmarks()
    lines = [each for each in shown.text.splitlines() if "Makers of kites" in each]
    assert len(lines) == 2 and all("2024" in each and "210" in each for each in lines)
    assert "$75.50" in lines[0] and "Kite Survey" in lines[0]
    assert "$300" in lines[1] and "<b>Letter</b>" in lines[1]
    assert "&lt;b&gt;Letter" in shown.html and "<b>Letter" not in shown.html
    assert "Where sources differ, each is shown." in shown.text
    assert "Where sources differ" not in kit(ARPA).benchmarks().text


def test_no_verdict_comes_of_a_benchmark(kit, sample):
    own, bare = kit(CHURN + ARPA), sample()
    said = own.benchmarks().text.replace("Metric", "")
    assert not re.search("[✓✗≈▲▼]|missed|met|good|bad|better|worse", said)
    keys = [
        [each.key for each in one.selection.judgement.findings(Segment())] for one in (own, bare)
    ]
    assert keys[0] == keys[1]
    assert own.selection.judgement.standing("arpa") is None


def test_a_segment_has_none_and_says_where_they_are(kit):
    shown = kit(ARPA, segment="plan=Solo").benchmarks()
    assert isinstance(shown, LeftOut) and "whole companies" in str(shown)


# --- known to packs


@pytest.mark.slow
def test_check_says_which_stands_beside_nothing_and_why(read, tmp_path):
    read(CHURN + YEARLY + ARPA.replace("USD", "EUR"))
    (tmp_path / "notebooks").mkdir()
    shutil.copy(find_root() / "notebooks" / "scorecard.ipynb", tmp_path / "notebooks")
    said = []
    check_edition("small", root=tmp_path, say=said.append)
    assert said[-1].splitlines() == [
        "",
        "benchmarks            3, from bench.csv",
        "note: bench.csv, line 3: customer_churn_rate stands beside figures of a year alone.",
        "warning: bench.csv, line 4: arpa stands beside no figure: its unit is EUR, and the figure here is in USD: "
        "only the same unit is held against it.",
    ]


def test_a_preview_watches_the_file_even_where_it_cannot_be_read(read, tmp_path):
    read(CHURN)
    assert tmp_path / "bench.csv" in files_of_data("small", tmp_path, "")
    (tmp_path / "bench.csv").write_text("metric\n")
    assert tmp_path / "bench.csv" in files_of_data("small", tmp_path, "")


def test_a_changed_benchmark_makes_reports_anew_and_measures_nothing_anew(read):
    before, after = read(CHURN), read(CHURN.replace("3.2%", "3.3%"))
    assert cache._key(before, {}, False) == cache._key(after, {}, False)
    assert handed_measures._told(before) != handed_measures._told(after)
    assert before.as_shown() != after.as_shown()


def test_what_differs_since_the_last_pack_is_told(read):
    was, now = read(CHURN + ARPA), read(CHURN.replace("3.2%", "3.3%") + OTHER)
    days = (was.as_of, now.as_of)
    kept = [stated(each, []) for each in (was, now)]
    found = changes(*kept, ledgers=({}, {}), days=days)
    assert [(each.kind, each.where, each.old, each.new) for each in found] == [
        ("benchmark", "arpa", 75.5, None),
        ("benchmark", "customer_churn_rate", 0.032, 0.033),
        ("benchmark", "customer_churn_rate", None, 0.009),
    ]
    old = {name: each for name, each in kept[0].items() if name != "benchmarks"}
    assert len(changes(old, kept[1], ledgers=({}, {}), days=days)) == 2, "packs of before keep none"
    declared = {each.name: each for each in CATALOGUE}
    said = changed_sentences(
        [Change("benchmark", "arpa", "USD, A, 2024, B", 75.5, 80.0)], declared.get, Formatter()
    )
    assert said == [f"Benchmark of {declared['arpa'].title}: $75.50 → $80 (USD, A, 2024, B)."]
