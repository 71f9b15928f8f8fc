"""Every key of a table is listed once, with an example that an edition takes."""

import yaml
from click.testing import CliRunner

from cs_lib.__main__ import cli
from cs_lib.edition import Definitions, Edition, Source
from cs_lib.edition.defaults import DEFAULTS
from cs_lib.edition.table_keys import TABLE_KEYS


def test_every_key_is_listed_with_an_example_that_is_taken():
    names = [each.name for each in TABLE_KEYS]
    assert len(names) == len(set(names))
    undescribed = Source.model_fields.keys() - set(Source.FILLED) - set(names)
    assert not undescribed
    for each in TABLE_KEYS:
        said = {"path": "billing.csv", **yaml.safe_load(each.example)}
        if each.name in ("sql", "connection"):
            del said["path"]
        if each.name == "picks":
            said["adapter"] = "qualtrics"
        if each.name == "connection":
            said["table"] = "subscriptions"
        assert getattr(Source.model_validate(said), each.name), each.example


def test_the_command_prints_them():
    done = CliRunner().invoke(cli, ["check", "--keys"])
    assert done.exit_code == 0
    assert "negative: parentheses" in done.output
    of_tables, defaults = done.output.split("\nunder definitions")
    assert len(of_tables.splitlines()) == len(TABLE_KEYS)
    assert len(defaults.splitlines()) == 1 + len(DEFAULTS)


def test_every_default_is_listed_as_the_edition_holds_it():
    named = {(each.model, each.name) for each in DEFAULTS}
    assert len(named) == len(DEFAULTS)
    assert {name for model, name in named if model is Definitions} == set(Definitions.model_fields)
    scalars = {
        name
        for name, each in Edition.model_fields.items()
        if isinstance(each.default, str | int | float)
        or (isinstance(each.default, tuple) and each.default)
    }
    assert {name for model, name in named if model is Edition} == scalars
    shown = {each.name: each.value for each in DEFAULTS}
    assert shown["response_window"] == "14" and shown["active_window"] == "3"
    assert shown["csat"] == "scale [1, 5], satisfied [4, 5]" and shown["gross_margin"] == "–"
