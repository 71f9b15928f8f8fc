"""What is meant for the analyst alone is never inside the pack."""

import zipfile


def test_nothing_of_a_row_is_in_any_file_of_a_pack(project, run, measures):
    project.notebook("scorecard", project.says)
    says = 'subscriptions: customer_id "ada@example.org" is in two rows.'
    run(measures(warnings=[("overlapping subscription", says, 2)], rejects=[("wrong fields", 1)]))
    manifest = (project.pack / "manifest.json").read_text()
    assert "overlapping subscription (2 rows)" in manifest
    for path in project.pack.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                assert not [name for name in book.namelist() if b"ada@" in book.read(name)]
        elif path.is_file():
            assert b"ada@" not in path.read_bytes(), path
