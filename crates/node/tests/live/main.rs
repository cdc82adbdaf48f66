//! Nodes with atoms, in this process, on a mesh in this process.

mod limits;
mod restore;
mod world;
