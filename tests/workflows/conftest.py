"""Hypothesis looks for counterexamples here as it does in tests/trees."""

import tests.trees.conftest  # noqa: F401
