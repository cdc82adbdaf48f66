;; Recursive Fibonacci whose leaves loop, with an operand waiting under the second call.
(module
  (func $leaf (param $n i32) (result i32) (local $i i32) (local $r i32)
    (loop $l
      (local.set $r (i32.add (local.get $r) (local.get $n)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
    (local.get $r))
  (func $fib (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
      (then (call $leaf (local.get $n)))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func (export "run") (result i32) (call $fib (i32.const 8))))
