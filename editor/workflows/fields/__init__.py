"""The form of one action: from parameters to fields, and from what was typed back to values."""
