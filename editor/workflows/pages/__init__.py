"""What a workflow's pages answer: the forms that edit it, its panels, the pages beside it."""
