//! Sojourn: py.
