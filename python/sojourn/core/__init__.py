"""The only door to the extension: modules, runs and images over `sojourn._core`."""
