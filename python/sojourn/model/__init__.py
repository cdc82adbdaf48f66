"""Values without input or output: what modules, images and runs are described with."""
