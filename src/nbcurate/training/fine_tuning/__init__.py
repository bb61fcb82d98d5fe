"""Models whose last layers are trained on the user's own pictures."""
