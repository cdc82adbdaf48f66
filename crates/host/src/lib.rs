//! Sojourn: host.
