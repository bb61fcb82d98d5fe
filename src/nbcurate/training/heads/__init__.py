"""Classifiers on the vectors that are in the store."""
