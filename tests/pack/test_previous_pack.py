"""Which pack a new one is held against."""

import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest

from cs_lib.edition import read_edition
from cs_lib.metrics.audit.changed_inputs import stated
from cs_lib.pack.run.previous_pack import with_restatement
from cs_lib.pack.run.publish import PackPaths

SAMPLE = read_edition("sample")
ENDS = {"2026-04": "2026-05-01", "2026-05": "2026-06-01", "2026-06": "2026-07-01"}


@pytest.fixture
def shelf(tmp_path, tiny_measures):
    """`shelf(*periods)`: the place of May's pack beside packs of these periods, all of half the churn."""

    def published(*periods):
        paths = PackPaths(tmp_path, "tiny", "2026-05")
        for period in periods:
            folder = paths.shelf / period
            folder.mkdir(parents=True)
            half = tiny_measures.measures.assign(value=lambda rows: rows["value"] / 2)
            half.to_csv(folder / "measures.csv", index=False)
            told = {"period": period, "period_end": ENDS[period], "ledger": {}, "metrics": {}}
            told |= {name: "" for name in ("edition", "company", "made_at", "made_of")}
            (folder / "manifest.json").write_text(json.dumps({**told, "reports": []}))
        return paths

    return published


@pytest.fixture
def tiny_measures(measures):
    made = measures()
    return replace(made, data={**made.data, "ledger": {}})


@pytest.mark.parametrize("there", [(), ("2026-05",), ("2026-05", "2026-06")])
def test_a_pack_is_never_held_against_itself_or_a_later_one(shelf, tiny_measures, there):
    now = with_restatement(tiny_measures, shelf(*there), edition=SAMPLE)
    assert now.restated_since == "" and now.restated.empty


def test_a_pack_is_held_against_the_one_before(shelf, tiny_measures):
    now = with_restatement(tiny_measures, shelf(*ENDS), edition=SAMPLE)
    assert now.restated_since == "2026-04" and len(now.restated) == len(tiny_measures.measures)


def test_a_pack_is_held_against_any_other_that_is_named(shelf, tiny_measures):
    assert (
        with_restatement(tiny_measures, shelf(*ENDS), "2026-06", edition=SAMPLE).restated_since
        == "2026-06"
    )


@pytest.mark.parametrize("against", [None, "2026-04"])
def test_a_copy_of_a_pack_beside_it_is_no_pack(shelf, tiny_measures, against):
    """Whatever was put beside April's under another name, April's is what was published."""
    paths = shelf("2026-04")
    for name in ("2026-04 before we corrected it", "(old) 2026-04"):
        shutil.copytree(paths.shelf / "2026-04", paths.shelf / name)
        tiny_measures.measures.to_csv(paths.shelf / name / "measures.csv", index=False)
    now = with_restatement(tiny_measures, paths, against, edition=SAMPLE)
    assert now.restated_since == "2026-04" and len(now.restated) == len(tiny_measures.measures)


def test_a_segment_older_than_what_a_pack_keeps_is_not_new(shelf, tiny_measures):
    """Legacy ended before the pack before begins to tell."""
    paths = shelf("2026-04")
    folder = paths.shelf / "2026-04"
    told = pd.read_csv(folder / "measures.csv")
    recent = told[told["period_start"] >= "2026-05-01"]
    assert "plan=Legacy" in {*told["segment"]} - {*recent["segment"]}
    recent.to_csv(folder / "measures.csv", index=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"as_of": "2026-05-10", "stated": stated(SAMPLE, [])}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    data = {**tiny_measures.data, "inputs": []}
    now = with_restatement(replace(tiny_measures, data=data), paths, edition=SAMPLE)
    assert not now.data["changed"]
