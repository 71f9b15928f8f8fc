"""What a notebook holds helps whoever types: names, parameters and what each method shows."""

import inspect
import re

import pytest

from cs_lib.kit.kit import Kit
from cs_lib.kit.kit_figures import FigureKit
from cs_lib.metrics.catalogue import CATALOGUE

METHODS = [
    pytest.param(method, id=f"{facade.__name__}.{name}")
    for facade in (Kit, FigureKit)
    for name, method in inspect.getmembers(facade, inspect.isfunction)
    if not name.startswith("_")
]


@pytest.mark.parametrize("method", METHODS)
def test_help_names_the_parameters_and_their_types(method):
    signature = inspect.signature(method)
    assert signature.return_annotation is not inspect.Signature.empty
    for name, parameter in list(signature.parameters.items())[1:]:
        assert parameter.kind is not inspect.Parameter.VAR_KEYWORD
        assert parameter.annotation is not inspect.Parameter.empty, name


@pytest.mark.parametrize("method", METHODS)
def test_help_says_what_is_shown_with_an_example_that_works(sample, method):
    """The example is the last code of the docstring; a method without parameters is its own."""
    doc = inspect.getdoc(method)
    assert doc.split("\n")[0].endswith((".", ":", "`."))
    examples = re.findall(r"`(kit\.[^`]+\))`", doc)
    assert examples or len(inspect.signature(method).parameters) == 1, doc
    for example in examples:
        assert f".{method.__name__}(" in example
        eval(example, {"kit": sample()})


def test_tab_offers_the_methods_and_nothing_private(sample):
    offered = {name for name in dir(sample()) if not name.startswith("_")}
    assert {"metrics", "table", "say", "figure", "frame", "checks"} <= offered
    assert str(inspect.signature(Kit.frame)) == (
        "(self, *names: str, variant: str | None = None, by: str | None = None, "
        "periods: int = 1, back: int = 0) -> pandas.DataFrame"
    )


def test_metrics_lists_every_metric_with_what_it_can_be_split_by(sample):
    kit = sample()
    listed = kit.metrics().data.set_index("Name")
    assert list(listed.index) == [metric.name for metric in CATALOGUE]
    churn = listed.loc["customer_churn_rate"]
    assert churn["Title"] == "Customer churn rate" and churn["Unit"] == "percent"
    assert churn["Variants, the canonical one first"].startswith("snapshot, ")
    for name, columns in listed["Split by"].items():
        for column in filter(None, columns.split(", ")):
            assert len(kit.frame(name, variant="*", by=column)), (name, column)
    assert "plan" in churn["Split by"].split(", ")
    assert "touchpoint" in listed.loc["ces", "Split by"].split(", ")


def test_metrics_says_what_an_edition_lacks(sample):
    kit = sample()
    missing = kit.metrics().data.set_index("Name")["Missing"]
    assert set(missing[missing != ""].index) == {m.name for m in CATALOGUE if not kit.has(m.name)}
    assert missing["repeat_rate"] == "not in this edition: needs orders"


def test_a_list_of_metrics_is_no_use_of_them(sample):
    kit = sample()
    kit.metrics()
    assert not kit.selection.used
