"""Every key of a table is listed once, with an example that an edition takes."""

import yaml
from click.testing import CliRunner

from cs_lib.__main__ import cli
from cs_lib.edition import Source
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
    assert len(done.output.splitlines()) == len(TABLE_KEYS)
