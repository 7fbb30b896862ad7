"""Every run draws the same examples: a failure seen once is seen again."""

from hypothesis import settings

settings.register_profile("dockproof", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("dockproof")
