import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    """Attempts of one test do not count against the next."""
    cache.clear()
