"""The pack published before, and what differs from it now."""

from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cs_lib.errors import EditionError
from cs_lib.pack.run.manifest import STATED, packs_on
from cs_lib.pack.run.publish import PackPaths
from cs_lib.period import Period
from cs_lib.vocabulary import CHANGED

if TYPE_CHECKING:
    import pandas as pd

    from cs_lib.edition import Edition
    from cs_lib.metrics.measures import Measures

MEASURES = "measures.csv"


def with_restatement(
    measures: "Measures",
    paths: PackPaths,
    against: str | None = None,
    *,
    edition: "Edition",
) -> "Measures":
    """The measures with what they say otherwise than a pack of the edition: that of the period `against`, or
    the latest of an earlier period. In `data` is then told what differs in the edition and its files.

    EditionError where there is no pack of the period named.
    """
    import pandas as pd

    from cs_lib.metrics.audit.changed_inputs import compared
    from cs_lib.metrics.audit.restatement import (
        definition_digests,
        restated,
        with_new_names,
    )
    from cs_lib.metrics.coded_words import words_in

    found = _pack_of(paths, against) if against else _pack_before(paths)
    if found is None:
        return measures
    folder, manifest = found
    published = pd.read_csv(
        folder / MEASURES,
        parse_dates=["period_start", "period_end"],
        keep_default_na=True,
        dtype=dict.fromkeys(words_in(measures.measures), "category"),
    )
    named = with_new_names(published, edition.renames)
    changed = restated(
        compared(named, measures.measures),
        measures.measures,
        ledgers=(manifest["ledger"], measures.data["ledger"]),
        definitions=(manifest["metrics"], definition_digests()),
    )
    data = {**measures.data, CHANGED: _changed(named, manifest, measures, edition)}
    return replace(measures, restated=changed, restated_since=manifest["period"], data=data)


def _changed(
    published: "pd.DataFrame", manifest: dict, measures: "Measures", edition: "Edition"
) -> list[dict]:
    """What differs in the edition and its files; nothing of a pack that did not keep what they were."""
    from cs_lib.metrics.audit.changed_inputs import changed_values, changes, stated

    if STATED not in manifest:
        return []
    ends = (date.fromisoformat(manifest["as_of"]), measures.as_of)
    found = changes(
        manifest[STATED],
        stated(edition, measures.data["inputs"]),
        ledgers=(manifest["ledger"], measures.data["ledger"]),
        days=(ends[0] - timedelta(days=1), ends[1] - timedelta(days=1)),
    )
    kept = [each for each in edition.segments if each in manifest[STATED]["segments"]]
    # a pack may hold the last months alone
    now = measures.measures
    now = now[now["period_start"] >= published["period_start"].min()]
    found += changed_values(published, now, kept)
    return [asdict(each) for each in found]


def _pack_before(paths: PackPaths) -> tuple[Path, dict] | None:
    """The folder and manifest of the latest pack whose period ends before this one's."""
    end = Period.parse(paths.period).end.isoformat()
    before = [each for each in _packs(paths) if each[1]["period_end"] < end]
    return max(before, key=lambda each: each[1]["period_end"]) if before else None


def _pack_of(paths: PackPaths, period: str) -> tuple[Path, dict]:
    wanted = Period.parse(period).label
    packs = {manifest["period"]: (folder, manifest) for folder, manifest in _packs(paths)}
    if wanted not in packs:
        there = f"There are packs of {', '.join(packs)}." if packs else "There is none yet."
        raise EditionError(
            f"--against {period}: no pack of {paths.edition} for {wanted} was published to compare "
            f"with. {there}"
        )
    return packs[wanted]


def _packs(paths: PackPaths) -> list[tuple[Path, dict]]:
    """Folder and manifest of each pack of the edition that says what its inputs held."""
    return [
        (folder, manifest)
        for folder, manifest in packs_on(paths.shelf)
        if "ledger" in manifest and (folder / MEASURES).is_file()
    ]
