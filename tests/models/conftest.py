"""Drawn tables for models, and companies whose true chances to leave are known."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "metrics"))
sys.path.insert(0, str(Path(__file__).parent))

import drawn


@pytest.fixture(scope="module")
def engine():
    made = drawn.DuckDBEngine()
    yield made
    made.close()
