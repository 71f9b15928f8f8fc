#: seconds that a report may take
LIMIT = 600.0
