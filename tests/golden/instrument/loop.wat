;; atomic
;; A loop with an operand under it and a function that can never stop, which stays as it was.
(module
  (func $plain (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1)))
  (func (export "sum") (param $n i32) (result i32) (local $i i32)
    (i32.mul (local.get $n) (i32.const 3))
    (loop $again
      (local.set $i (call $plain (local.get $i)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (i32.add (local.get $i))))
