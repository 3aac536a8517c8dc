"""The edits of a workflow: each is one function, and one call of `store.apply`."""
