"""What came back: stored, read again, shown as things, lists and tables."""
