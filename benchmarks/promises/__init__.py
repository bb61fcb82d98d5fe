"""The whole attack on what the library promises: see ``docs/promises.md``."""
