"""The sample company's files."""
