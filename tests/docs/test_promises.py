"""Every sentence of the README that promises a behaviour is shown by tests, named in promises.yaml."""

import ast
import re
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = yaml.safe_load((Path(__file__).parent / "promises.yaml").read_text(encoding="utf-8"))
SHOWN = {each["says"]: each["shown_by"].split() for each in TABLE["promises"]}
#: what a sentence ends with, and what the next begins with
END = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`])")
#: sections that measure or list: `tests/bench` prints the one, the folders are the other
WITHOUT = ("How fast", "Layout")


def sections(text: str) -> dict[str, str]:
    """The text below each heading, without code."""
    text = re.sub(r"```.*?```", "\n\n", text, flags=re.DOTALL)
    _, *parts = re.split(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def blocks(text: str) -> list[str]:
    """Paragraphs, points of a list and rows of a table, each on one line."""
    text = re.sub(r"^(?=[-|] ?)", "\n", text, flags=re.MULTILINE)
    found = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text))
    return [block for block in found if block and not re.fullmatch(r"[-| ]+", block)]


def sentences(text: str) -> list[str]:
    """A row of a table is one sentence, whatever it holds."""
    return [
        sentence
        for title, part in sections(text).items()
        if title not in WITHOUT
        for block in blocks(part)
        for sentence in ([block] if block.startswith("|") else END.split(block))
    ]


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}


def test_every_sentence_is_a_promise_that_tests_show_or_promises_nothing():
    known = {*SHOWN, *TABLE["no_promise"]}
    assert [each for each in sentences(README) if each not in known] == []


def test_no_entry_is_of_a_sentence_that_is_no_longer_there():
    assert [each for each in (*SHOWN, *TABLE["no_promise"]) if each not in sentences(README)] == []
    assert not set(SHOWN) & set(TABLE["no_promise"])


def test_every_promise_names_tests_that_are_there():
    for sentence, tests in SHOWN.items():
        assert tests, sentence
        for test in tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).is_file(), test
            assert not name or name in names_in(path), test


def test_sentences_are_told_apart():
    text = "# Kit\n\nIt reads. It\nwrites `a.b`.\n\n```sh\nrun. Now\n```\n\n- One. Two.\n| a | b. C |\n|---|---|\n| c | d |\n"
    assert sentences(text) == [
        "It reads.",
        "It writes `a.b`.",
        "- One.",
        "Two.",
        "| a | b. C |",
        "| c | d |",
    ]
