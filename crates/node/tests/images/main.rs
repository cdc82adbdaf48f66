//! The store of images: what it promises, against a model, a killed process, a full disk and damaged files.

mod crash;
mod damage;
mod full;
mod keep;
mod model;
mod speed;
mod world;
