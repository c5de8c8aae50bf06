"""What every test shares."""

from hypothesis import settings

# No test asserts a time: a busy machine is not a failure.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
