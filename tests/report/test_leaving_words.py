"""Reasons as an edition names them, in tables and sentences."""

import pandas as pd
import pytest

from cs_lib.report.tables.leaving_tables import cells_table
from cs_lib.report.text.formatting import Formatter
from cs_lib.report.text.leaving_sentences import moved_shares

US = Formatter()


@pytest.mark.parametrize("name", ["other", "n", "group", "section"])
def test_a_reason_may_bear_the_name_of_a_column(name):
    rows = [
        ("region", group, reason, k, 10)
        for group in ("A", "B")
        for reason, k in ((name, 3), ("price", 7))
    ]
    cells = pd.DataFrame(rows, columns=["by", "group", "reason", "k", "n"]).assign(differs=False)
    text = cells_table(cells, "Reasons", US).text
    assert text.count("30%") == 2 and text.count("70%") == 2, text
    assert "Region" in text and " A " in f" {text} ".replace("\n", " ")


def test_a_reason_keeps_its_capitals_within_a_sentence():
    row = {"reason": "SSO missing", "share": 0.2, "share_before": 0.1, "moved": True}
    said = moved_shares(pd.DataFrame([row]), "reason", "10 left", US)
    assert said.startswith("SSO missing rose to 20.0%")
