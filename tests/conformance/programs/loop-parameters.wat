;; A loop whose state lives only in its parameters: Fibonacci on the operand stack.
(module
  (func (export "run") (result i64 i64) (local $i i32) (local $a i64) (local $b i64)
    (i64.const 0) (i64.const 1)
    (loop $l (param i64 i64) (result i64 i64)
      (local.set $b) (local.set $a)
      (local.get $b) (i64.add (local.get $a) (local.get $b))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30))))))
