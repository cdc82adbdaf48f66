//! Nothing of its own: the atom is an example of this package.
