"""Parts of the benchmarks of objects: pictures whose boxes are known, a detector of them, and what is measured."""
