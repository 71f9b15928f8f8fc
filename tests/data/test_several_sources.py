"""One table from several sources: an adapter's, another's, a plain file; each is read and told of by itself."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cs_lib.data.fingerprints import fingerprints
from cs_lib.errors import EditionError

EXPORTS = Path(__file__).parent / "adapters"
OWN = "id,kind,points,answered_on,who,plan\nx1,nps,9,2026-05-04,c_9,Pro\nx2,nps,3,2026-05-05,c_8,Solo\n"
PLAIN = {
    "path": "own.csv",
    "columns": {
        "response_id": "id", "instrument": "kind", "score": "points", "responded_at": "answered_on",
        "customer_id": "who",
    },
}  # fmt: skip
DELIGHTED = {"path": "delighted.csv", "adapter": "delighted"}
ZENDESK = {"path": "zendesk_satisfaction.csv", "adapter": "zendesk"}
A = "order_id,customer_id,ordered_at,amount\n1,a,2026-01-05,10\n2,b,2026-01-06,20\n"
ORDERS = {"orders": ["a.csv", "b.csv"]}


@pytest.fixture
def exports(workshop):
    for name in ("delighted.csv", "zendesk_satisfaction.csv"):
        shutil.copy(EXPORTS / name, workshop.root / name)
    workshop.write("own.csv", OWN)
    return workshop


def answers(workshop, sources, **keys):
    data = workshop.open({"survey_responses": sources}, **keys)
    frame = data.engine.collect(data.tables["survey_responses"])
    return data, frame


def test_two_adapters_and_a_file_are_one_table(exports):
    alone = [answers(exports, each)[1] for each in (DELIGHTED, ZENDESK, PLAIN)]
    data, together = answers(exports, [DELIGHTED, ZENDESK, PLAIN], segments=["plan"])
    assert len(together) == sum(map(len, alone))
    columns = ["instrument", "score", "response_id", "customer_id", "responded_at"]
    expected = pd.concat([each[columns] for each in alone], ignore_index=True)
    pd.testing.assert_frame_equal(together[columns], expected)
    assert together["plan"].iloc[-2:].tolist() == ["Pro", "Solo"]
    [told] = data.inputs
    assert told.files == ("delighted.csv", "zendesk_satisfaction.csv", "own.csv")
    assert told.rows == len(together) and told.rejected == 0
    edition = exports.edition({"survey_responses": [DELIGHTED, ZENDESK, PLAIN]}, segments=["plan"])
    kept = fingerprints(edition, root=exports.root)
    assert kept == {"survey_responses": told.fingerprint}
    exports.write("own.csv", OWN.replace("x2,nps,3", "x2,nps,4"))
    assert fingerprints(edition, root=exports.root) != kept


@pytest.mark.slow
def test_rows_are_told_by_their_own_file_and_rejected_alone(exports):
    exports.write("own.csv", OWN.replace("x2,nps,3", "x2,nps,lots"))
    tables = {"survey_responses": [DELIGHTED, ZENDESK, PLAIN]}
    line, *_ = exports.refused(tables)
    assert line.startswith('own.csv, line 3, column points: "lots" is not a number.')
    place = exports.root / "rejects.csv"
    data = exports.open(tables, allow_rejects=True, rejects_to=place)
    assert data.inputs[0].rejected == 1
    assert len(data.engine.collect(data.tables["survey_responses"])) == data.inputs[0].rows - 1
    assert "own.csv,3," in place.read_text()


def test_the_same_key_in_two_sources_is_refused_by_name_and_the_remedy_works(workshop):
    workshop.write("a.csv", A)
    workshop.write(
        "b.csv", "order_id,customer_id,ordered_at,amount\n3,c,2026-01-07,5\n2,b,2026-01-06,20\n"
    )
    [line, _] = workshop.refused(ORDERS)
    assert line == (
        'b.csv, line 3, column order_id: "2" stands in a.csv, line 3 too, another source of orders, and would '
        "count twice. Take it out of one of the sources, or, where the two only happen to be called alike, "
        "tell them apart: columns: {order_id: \"'b-' || order_id\"} for this source."
    )  # fmt: skip
    key = yaml.safe_load(line.split("columns: ")[1].removesuffix(" for this source."))
    data = workshop.open({"orders": ["a.csv", {"path": "b.csv", "columns": key}]})
    assert len(data.engine.collect(data.tables["orders"])) == 4
    data = workshop.open(ORDERS, allow_rejects=True)
    assert data.engine.collect(data.tables["orders"])["order_id"].tolist() == ["1", "2", "3"]


def test_a_customer_in_two_sources(workshop):
    workshop.write("a.csv", "customer_id\na\nb\n")
    workshop.write("b.csv", "customer_id,region\nb,EMEA\n")
    [line, _] = workshop.refused({"customers": ["a.csv", "b.csv"]})
    assert line.startswith('b.csv, line 2, column customer_id: "b" stands in a.csv, line 3 too')


def test_rows_without_a_key_that_stand_alike_in_two_sources(workshop):
    workshop.write("a.csv", "month,amount,channel\n2026-01,10,\n2026-02,20,Ads\n")
    workshop.write("b.csv", "month,amount,channel\n2026-01,10,\n2026-02,21,Ads\n")
    costs = {"acquisition_costs": ["a.csv", "b.csv"]}
    [line, _] = workshop.refused(costs)
    assert line.startswith(
        "b.csv, line 2: the same row stands in a.csv, line 2 too, another source "
    )
    costs["acquisition_costs"][1] = {"path": "b.csv", "repeats": "count"}
    data = workshop.open(costs, as_of="2026-03-01")
    assert [each.says for each in data.findings if "both count" in each.says]
    assert len(data.engine.collect(data.tables["acquisition_costs"])) == 4


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        (["a.csv", "a.csv"], "a.csv stands twice in the list, and would count twice"),
        (["a.csv", ["b.csv"]], "a list of sources holds no other list"),
        ({"sources": ["a.csv"]}, "sources is not a key. Write the sources as a list"),
        ([], "give either path or sql"),
    ],
)
def test_lists_that_are_none(workshop, sources, says):
    with pytest.raises(EditionError, match=says):
        workshop.edition({"orders": sources})


def test_a_key_of_one_source_that_is_none(workshop):
    with pytest.raises(EditionError, match=r"orders.*1.*pth is not a key. Did you mean path"):
        workshop.edition({"orders": ["a.csv", {"pth": "b.csv"}]})
    with pytest.raises(EditionError, match=r"tables\.orders\.adapter: nowhere is not an adapter"):
        workshop.edition({"orders": ["a.csv", {"path": "b.csv", "adapter": "nowhere"}]})
