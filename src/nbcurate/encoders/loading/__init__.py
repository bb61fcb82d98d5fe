"""What loads: checkpoints, from a folder, a hub or a package, and the libraries that read them."""
