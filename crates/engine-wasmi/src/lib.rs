//! Sojourn: engine-wasmi.
