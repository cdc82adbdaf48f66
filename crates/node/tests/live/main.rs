//! Nodes with atoms, in this process, on a mesh in this process.

mod hosting;
mod limits;
mod restore;
mod world;
