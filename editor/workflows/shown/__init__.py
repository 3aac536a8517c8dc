"""What the pages show of a workflow, as plain data that templates turn into HTML."""
