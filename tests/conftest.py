"""What every test shares: no deadline by the clock, because a slow machine is not a wrong answer."""

from hypothesis import settings

settings.register_profile("quiver", deadline=None)
settings.load_profile("quiver")
