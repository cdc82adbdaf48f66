;; Deep, irregular recursion with a call as the argument of a call.
(module
  (func $tick (param i32) (result i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1))))
    (local.get 0))
  (func $a (param $m i32) (param $n i32) (result i32)
    (if (i32.eqz (local.get $m)) (then (return (call $tick (i32.add (local.get $n) (i32.const 1))))))
    (if (i32.eqz (local.get $n)) (then (return (call $a (i32.sub (local.get $m) (i32.const 1)) (i32.const 1)))))
    (call $a (i32.sub (local.get $m) (i32.const 1)) (call $a (local.get $m) (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "run") (result i32) (call $a (i32.const 2) (i32.const 4))))
