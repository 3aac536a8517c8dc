"""How Hypothesis looks for counterexamples here.

The same examples every time, so that a green suite stays green; to look further, run
HYPOTHESIS_PROFILE=search pytest tests/trees
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=1000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
