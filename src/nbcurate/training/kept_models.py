"""For the while of issue 12: it is in the store, as search needs it, too."""

from ..store.kept_models import keep_model, kept_model  # noqa: F401
