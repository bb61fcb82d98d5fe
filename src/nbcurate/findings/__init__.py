"""What curation finds: items, a score and a reason for each, and the recipe that finds them again."""

from .finding import Finding

__all__ = ["Finding"]
