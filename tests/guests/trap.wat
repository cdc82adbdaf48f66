;; Traps two calls deep.
(module
  (func $inner (unreachable))
  (func $main (export "_start") (call $inner)))
