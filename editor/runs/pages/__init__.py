"""Forms and settings around runs; the pages of a run itself are `runs.views`."""
