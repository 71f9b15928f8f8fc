"""What customers wrote beside a score, and which themes of the edition's dictionary each comment names."""

from collections.abc import Iterable
from dataclasses import dataclass

import narwhals as nw
import pandas as pd

from cs_lib.data.engines.distinct_rows import distinct
from cs_lib.data.facts import survey_facts
from cs_lib.data.facts.calendar import frame
from cs_lib.data.facts.context import Context, whole
from cs_lib.data.facts.nps_groups import DETRACTOR, nps_group
from cs_lib.edition.theme_words import BETWEEN, pattern
from cs_lib.period import Period
from cs_lib.vocabulary import MICROS, OWNER

TABLE = "survey_responses"
#: a comment counts in the twelve months to the end of each of so many months
WINDOW = 12
#: of a month, theme and segment the comments of so many customers, the newest first, may become examples
NEWEST = 5
#: a word may be shown where so many customers wrote it in small letters
LEAST_WRITERS = 5
#: and a word of customers' names where so many times as many wrote it as are called by it
TIMES_CALLED = 10
SATISFIED, NOT_SATISFIED, EASY, NOT_EASY = "satisfied", "not satisfied", "easy", "not easy"
#: what those say who would rather not: the critical answers
UNHAPPY = (DETRACTOR, NOT_SATISFIED, NOT_EASY)
INSTRUMENT, GROUP, STEP = "instrument", "score_group", "touchpoint"


@dataclass(frozen=True)
class Comments:
    """`rows`: a comment each, numbered by `row` in order of time. `named`: each once with the theme `""`, and once more
    for each theme that it names: row, month, instrument, score_group, touchpoint, points (the score), cluster (its
    customer), theme and the segment columns. `windows`: month → the `window` months in which it counts."""

    rows: nw.LazyFrame
    named: nw.LazyFrame
    segments: tuple[str, ...]
    windows: nw.LazyFrame


def has_comments(context: Context) -> bool:
    """Whether the edition names themes, and its answers have comments."""
    return bool(context.edition.themes) and "comment" in context.columns(TABLE)


def prepare_comments(context: Context) -> Comments | None:
    """The comments of the months that are over, kept in the engine; None where no month is."""
    engine, months = context.engine, survey_facts.months_over(context)
    if not months:
        return None
    rows = survey_facts.in_months(context, months).filter(~nw.col("comment").is_null())
    rows = rows.with_columns(
        points=nw.col("score") / MICROS, month="bucket", text=_plain(nw.col("comment"))
    )
    rows = rows.filter(nw.col("text") != " ").with_columns(score_group(context).alias(GROUP))
    segments = survey_facts.segments_of(context)
    who = survey_facts.known_by(context)
    kept = ("month", INSTRUMENT, GROUP, STEP, "points", "comment", "text", *segments, *who)
    kept_rows = rows.sort("responded_at", "comment", "score", *who).select(*dict.fromkeys(kept))
    numbered = engine.keep(kept_rows, number="row")
    rows = engine.keep(numbered.with_columns(cluster=survey_facts.cluster_of(who)))
    return Comments(rows, _named(rows, segments, context), segments, engine.lift(_windows(months)))


def _named(rows: nw.LazyFrame, segments: tuple[str, ...], context: Context) -> nw.LazyFrame:
    kept = ("row", "month", INSTRUMENT, GROUP, STEP, "points", "cluster", *segments)
    every = rows.select(*dict.fromkeys(kept), "text", theme=nw.lit(""))
    themes = [
        every.filter(nw.col("text").str.contains(pattern(words))).with_columns(theme=nw.lit(name))
        for name, words in context.edition.themes.items()
    ]
    return context.engine.keep(nw.concat([every, *themes]).drop("text"))


def _plain(text: nw.Expr) -> nw.Expr:
    """As `theme_words.plain`, with a blank at either end."""
    return nw.concat_str(
        nw.lit(" "), text.str.to_lowercase().str.replace_all(BETWEEN, " "), nw.lit(" ")
    ).str.replace_all(" +", " ")


def score_group(context: Context) -> nw.Expr:
    """What a score says, in the words of its instrument; empty where the edition does not say."""
    asked, score = context.edition.definitions, nw.col("score")
    good = {"csat": (asked.csat.satisfied, SATISFIED, NOT_SATISFIED)}
    if asked.ces:
        good["ces"] = (asked.ces.easy, EASY, NOT_EASY)
    other = nw.lit("")
    for instrument, ((low, high), yes, no) in good.items():
        within = (score >= low * MICROS) & (score <= high * MICROS)
        said = nw.when(within).then(nw.lit(yes)).otherwise(nw.lit(no))
        other = nw.when(nw.col(INSTRUMENT) == instrument).then(said).otherwise(other)
    return nw.when(nw.col(INSTRUMENT) == "nps").then(nps_group()).otherwise(other)


def _windows(months: list[Period]) -> pd.DataFrame:
    """month, window: a comment of the month counts in the twelve months that end with the window."""
    pairs = [
        (each.start, later.start)
        for place, each in enumerate(months)
        for later in months[place : place + WINDOW]
    ]
    made = frame(pairs, ["bucket", "period_start"])
    return made.rename(columns={"bucket": "month", "period_start": "window"})


def in_windows(comments: Comments, context: Context) -> nw.LazyFrame:
    """The `named` comments once for each window in which they count, of their instrument and of all (`""`)."""
    alone = comments.named.drop(GROUP, STEP, "row")
    rows = nw.concat([alone, alone.with_columns(nw.lit("").alias(INSTRUMENT))])
    return context.engine.keep(rows.join(comments.windows, on="month", how="inner").drop("month"))


def over_customers(placed: nw.LazyFrame, by: tuple[str, ...]) -> nw.LazyFrame:
    """window × instrument × theme × segment: comments k and the sum s of their scores, with the sums of squares and
    products over customers that intervals need; n are a customer's comments, whatever they name."""
    keys = ("window", INSTRUMENT, *by)
    own = placed.group_by(*keys, "theme", "cluster").agg(k=nw.len(), s=nw.col("points").sum())
    every = own.filter(nw.col("theme") == "").select(*keys, "cluster", n="k")
    own = own.join(every, on=[*keys, "cluster"], how="inner")
    k, s, n = (nw.col(each).cast(nw.Float64) for each in ("k", "s", "n"))
    products = {"kk": k * k, "kn": k * n, "ss": s * s, "sk": s * k, "clusters": whole(1)}
    summed = own.with_columns(**products).group_by(*keys, "theme")
    return summed.agg(*(nw.col(each).sum() for each in ("k", "s", *products)))


def by_group_and_step(comments: Comments, by: tuple[str, ...]) -> nw.LazyFrame:
    """month × theme × segment × instrument × score_group × touchpoint: comments k."""
    keys = dict.fromkeys(("month", "theme", *by, INSTRUMENT, GROUP, STEP))
    return comments.named.group_by(*keys).agg(k=nw.len())


# --- examples ----------------------------------------------------------------------------------------


def newest(comments: Comments, by: tuple[str, ...]) -> nw.LazyFrame:
    """month × theme × segment: the newest comment of each of the NEWEST customers who wrote last."""
    cell = ("month", "theme", *by)
    named = comments.named.filter(nw.col("theme") != "")
    last = named.group_by(*cell, "cluster").agg(nw.col("row").max())
    last = last.with_columns(back=-nw.col("row").cast(nw.Int64), place=whole(1))
    place = nw.col("place").cum_sum().over(*cell, order_by="back")
    return last.with_columns(place=place).filter(nw.col("place") <= NEWEST).drop("back", "place")


def written(comments: Comments, rows: Iterable[int], context: Context) -> pd.DataFrame:
    """row, comment, score_group, touchpoint and the writer's `who` (what it is known by, in one text), unmasked."""
    asked = context.engine.lift(pd.DataFrame({"row": pd.Series(sorted(rows), dtype="int64")}))
    found = comments.rows.join(asked, on="row", how="inner")
    names = "name" in context.columns("customers")
    if names and "customer_id" in context.columns(TABLE):
        own = context.tables["customers"].select("customer_id", "name")
        found = found.join(own, on="customer_id", how="left")
    there = {*found.collect_schema().names()}
    who = [each for each in ("name", "customer_id", "respondent_id") if each in there]
    told = context.engine.collect(found.select("row", "comment", GROUP, STEP, *who))
    joined = told[who].fillna("").agg(" ".join, axis=1) if who else ""
    return told.assign(who=joined).drop(columns=who).sort_values("row", ignore_index=True)


def common_words(comments: Comments, words: Iterable[str], context: Context) -> set[str]:
    """Those of the `words` that customers enough wrote in small letters: TIMES_CALLED as many as are called by them."""
    text = nw.col("comment").str.replace_all(BETWEEN, " ").str.strip_chars()
    split = comments.rows.select("cluster", word=text.str.split(" ")).explode("word")
    small = split.filter(nw.col("word") == nw.col("word").str.to_lowercase())
    asked = context.engine.lift(pd.DataFrame({"word": sorted(words)}, dtype="str"))
    small = distinct(small.join(asked, on="word", how="inner"), "word", "cluster")
    many = small.group_by("word").agg(writers=nw.len())
    many = context.engine.collect(many.filter(nw.col("writers") >= LEAST_WRITERS))
    called = _called_by(asked, context)
    return {
        word
        for word, writers in zip(many["word"], many["writers"], strict=True)
        if writers >= TIMES_CALLED * called.get(word, 0)
    }


def _called_by(words: nw.LazyFrame, context: Context) -> dict[str, int]:
    """Of the frame's `word`s those that are part of customers' names, with how many customers are called so."""
    if "name" not in context.columns("customers"):
        return {}
    names = context.opened["customers"].filter(~nw.col("name").is_null())
    parts = names.select(
        "customer_id", word=_plain(nw.col("name")).str.strip_chars().str.split(" ")
    )
    own = distinct(parts.explode("word"), "word", "customer_id").join(words, on="word", how="inner")
    found = context.engine.collect(own.group_by("word").agg(customers=nw.len()))
    return dict(zip(found["word"], found["customers"], strict=True))


def known_names(runs: Iterable[str], context: Context) -> set[str]:
    """Those of the `runs` of words (plain) that are a customer's id or name, an owner's, or a respondent's id."""
    engine, parts = context.engine, []
    for table, columns in (
        ("customers", ("customer_id", "name", OWNER)),
        ("subscriptions", ("customer_id",)),
        ("success_costs", (OWNER,)),
        (TABLE, ("customer_id", "respondent_id")),
        ("usage_events", ("user_id",)),
    ):
        for column in columns:
            if column in context.columns(table):
                names = distinct(context.opened[table].filter(~nw.col(column).is_null()), column)
                parts.append(names.select(run=_plain(nw.col(column).cast(nw.String))))
    asked = engine.lift(pd.DataFrame({"run": [f" {each} " for each in sorted(runs)]}, dtype="str"))
    found: set[str] = set()
    for each in parts:
        same = distinct(each.join(asked, on="run", how="inner"), "run")
        found |= {text.strip() for text in engine.collect(same)["run"]}
    return found


def owners(context: Context) -> list[str]:
    """The names of customer-success managers, whose single words are names as well."""
    found: set[str] = set()
    for table in ("customers", "success_costs"):
        if OWNER in context.columns(table):
            rows = context.opened[table].filter(~nw.col(OWNER).is_null())
            found |= {*context.engine.collect(distinct(rows, OWNER))[OWNER]}
    return sorted(found)
