"""The order of the test files: what takes longest begins first, so that no core waits for it at the end."""

LONGEST = (
    "spark/test_measures.py",
    "fuzz/test_fuzz.py",
    "pack/test_shown_verdicts.py",
    "spark/test_road.py",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))
