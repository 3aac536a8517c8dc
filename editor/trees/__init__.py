"""The tree as a value: read it, check it, change it. Plain Python; no Django in here."""
