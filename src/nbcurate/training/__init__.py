"""Models that learn from a data set: heads on its vectors, projections of them, encoders tuned on its pictures."""
