"""Fernleaf, a made-up company to try the kit on: scheduling software for small clinics.

It has traded since July 2023; its exports end just before 1 July 2026. The files in `cs_lib/data/sample`
are what `python tests/sample_company/generate.py` writes. `story` says what a reader should find in
them, `awkward` which customers are there to trip up careless arithmetic.
"""
