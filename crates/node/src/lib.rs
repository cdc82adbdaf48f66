//! Sojourn: node.
