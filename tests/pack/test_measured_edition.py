"""What of the measures is handed to the kernels of a pack."""

import pandas as pd

from cs_lib.edition import read_edition
from cs_lib.metrics.audit.handed_measures import read_measures
from cs_lib.metrics.audit.reconciliation import NPS_GROUPS, PROVED, about, proofs
from cs_lib.pack.run.measured_edition import MEASURES, _hand_over
from cs_lib.period import Period

NOTE = """
notes:
  - {finding: "target: nps", since: 2026-Q1, why: a winter, value: 0.2}
"""


def test_figures_of_the_grains_that_notes_were_written_for_are_handed_over(
    project, measures, tmp_path
):
    (project.root / "params/notes").mkdir()
    (project.root / "params/notes/tiny.yaml").write_text(NOTE)
    row = measures.figure("nps")
    given = measures(*(row | {"grain": grain} for grain in ("month", "quarter", "year")))
    edition = read_edition("tiny", root=project.root)
    _hand_over(given, edition, Period.parse("2026-05"), tmp_path)
    found = read_measures(tmp_path / MEASURES, edition).measures
    assert set(pd.unique(found["grain"])) == {"month", "quarter"}


def test_a_report_shows_the_proofs_that_the_run_found(project, measures, tmp_path):
    edition, names = read_edition("tiny", root=project.root), ("nps", *NPS_GROUPS)
    given = measures(*(measures.figure(name) | {"grain": "month"} for name in names))
    _hand_over(given, edition, Period.parse("2026-05"), tmp_path)
    found = read_measures(tmp_path / MEASURES, edition)
    handed = found.data[PROVED]["month"]
    assert about(handed, {"nps"}) == proofs(given.measures, given.cohorts, about={"nps"})
    assert about(handed, {"mrr"}) == []
