"""Verdicts on the measures: what moved, what stands apart, what is worth telling."""
