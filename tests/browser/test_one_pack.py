"""The sample's pack says one thing of a figure, on whatever page."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pack"))

from shown_verdicts import PLACES, disagreements, shown


def test_no_two_places_of_the_samples_pack_disagree(pack):
    found = shown(pack)
    assert disagreements(found) == []
    assert {each.place.split(", ")[-1] for each in found} == PLACES
    assert len(found) > 200
