"""From pixels to a vector: preprocessing, the network with what it runs on, pooling."""
