"""Dataset: what a user holds. Each file is a link of its class, by what it can do."""

from .dataset import Dataset

__all__ = ["Dataset"]
