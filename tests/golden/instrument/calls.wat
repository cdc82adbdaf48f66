;; counter
;; A recursion, whose calls are points by themselves, and a call of it, which only looks whether it unwinds.
(module
  (func $fib (param $n i32) (result i32)
    (if (i32.lt_u (local.get $n) (i32.const 2)) (then (return (local.get $n))))
    (i32.add
      (call $fib (i32.sub (local.get $n) (i32.const 1)))
      (call $fib (i32.sub (local.get $n) (i32.const 2)))))
  (func (export "run") (result i32)
    (call $fib (i32.const 10))))
