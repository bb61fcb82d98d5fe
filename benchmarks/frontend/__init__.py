"""How fast the widgets are for the person in front of them: `make bench-frontend` runs it."""
