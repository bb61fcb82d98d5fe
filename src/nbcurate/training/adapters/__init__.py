"""Projections of the vectors that are in the store."""
