//! The store of images, and the journal beside it: what they promise, against a model, a killed process, a full disk and damaged files.

mod crash;
mod damage;
mod full;
mod journal;
mod journal_crash;
mod keep;
mod model;
mod repair;
mod speed;
mod world;
