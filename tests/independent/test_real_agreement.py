"""The same twice, on real data: they lie outside the project, and where they are missing the tests say so."""

from pathlib import Path

import pytest
import second
from drawn import only
from test_agreement import cohort_differences, differences

from cs_lib.data.facts.context import Context
from cs_lib.data.open_data import open_data
from cs_lib.edition import read_edition
from cs_lib.metrics.compute.compute_measures import measure

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["mrr_playbook", "online_retail"])
def real(request, real_data):
    """(measures, canonical tables, edition), every figure shown."""
    asked = read_edition(f"examples/{request.param}", root=ROOT)
    definitions = asked.definitions.model_copy(update={"gross_margin": 0.78})
    asked = asked.model_copy(update={"definitions": definitions, "min_n": 1})
    with open_data(asked, root=ROOT, data_dir=real_data) as data:
        with only(second.METRICS | {"cohort_retention"}):
            found = measure(Context.of(data, asked))
        tables = {name: data.engine.collect(frame) for name, frame in data.tables.items()}
    return found, tables, asked


def test_every_figure_comes_out_the_same_twice(real):
    assert len(real[0].measures) > 1000
    assert differences(real, None) == []


def test_every_segment_comes_out_the_same_twice(real):
    for column in real[2].segments:
        assert differences(real, column) == []


def test_every_cohort_comes_out_the_same_twice(real):
    assert len(real[0].cohorts) > 100
    assert cohort_differences(real, None) == []
