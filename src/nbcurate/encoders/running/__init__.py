"""What runs a network over many pictures: batches, onnxruntime, the pipeline from files to the store."""
