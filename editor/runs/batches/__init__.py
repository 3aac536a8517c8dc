"""One workflow for many rows of a table."""
