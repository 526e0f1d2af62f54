"""Settings of generated tests that judge no time: a busy machine may be slow, and is no failure."""

from hypothesis import HealthCheck, settings

NO_DEADLINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""No limit on an example, and none on making examples."""
