;; Works for a while, then divides by zero two calls deep.
(module
  (memory 1)
  (func $divide (param i32 i32) (result i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
    (i32.div_u (local.get 0) (local.get 1)))
  (func $through (param i32) (result i32)
    (i32.store (local.get 0) (local.get 0))
    (i32.add (i32.const 1) (call $divide (i32.const 1000) (local.get 0))))
  (func (export "run") (result i32) (local $i i32)
    (local.set $i (i32.const 6))
    (loop $l
      (drop (call $through (local.get $i)))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br $l))
    (local.get $i)))
