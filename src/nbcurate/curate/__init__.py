"""Algorithms of curation, as functions over arrays: no disk, no model, no widget."""
