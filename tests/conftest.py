"""The order of the test files: what takes longest begins first, so that no core waits for it at the end."""

LONGEST = (
    "spark/test_measures.py",
    "fuzz/test_fuzz.py",
    "pack/test_shown_verdicts.py",
    "spark/test_road.py",
    ".ipynb",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: _place(item.path.as_posix()))


def _place(path):
    return next((n for n, each in enumerate(LONGEST) if path.endswith(each)), len(LONGEST))
