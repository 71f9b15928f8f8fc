"""Which pack a new one is held against."""

import json
from dataclasses import replace

import pytest

from cs_lib.edition import read_edition
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
