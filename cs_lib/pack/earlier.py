"""The pack published before, and what differs from it now."""

from dataclasses import replace
from pathlib import Path

from cs_lib.pack.manifest import read_manifest
from cs_lib.pack.publish import Place
from cs_lib.period import Period

MEASURES = "measures.csv"


def with_restatement(measures, place: Place):
    """The measures with what they say otherwise than the edition's latest pack of an earlier period."""
    import pandas as pd

    from cs_lib.metrics.restate import definition_digests, restated

    found = _pack_before(place)
    if found is None:
        return measures
    folder, manifest = found
    published = pd.read_csv(
        folder / MEASURES, parse_dates=["period_start", "period_end"], keep_default_na=True
    )
    changed = restated(
        published,
        measures.measures,
        ledgers=(manifest["ledger"], measures.data["ledger"]),
        definitions=(manifest["metrics"], definition_digests()),
    )
    return replace(measures, restated=changed, restated_since=manifest["period"])


def _pack_before(place: Place) -> tuple[Path, dict] | None:
    """The folder and manifest of the latest pack whose period ends before this one's."""
    end = Period.parse(place.period).end.isoformat()
    packs = []
    for folder in sorted(place.shelf.glob("[!.]*")):
        manifest = read_manifest(folder)
        if manifest and "ledger" in manifest and (folder / MEASURES).is_file():
            packs.append((manifest["period_end"], folder, manifest))
    before = [each for each in packs if each[0] < end]
    return max(before, key=lambda each: each[0])[1:] if before else None
