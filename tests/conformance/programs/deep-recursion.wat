;; Ten thousand frames, the innermost of which loops, each with an operand waiting.
(module
  (func $down (param $n i32) (result i64) (local $i i32)
    (if (i32.eqz (local.get $n))
      (then
        (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
        (return (i64.extend_i32_u (local.get $i)))))
    (i64.add
      (i64.mul (i64.extend_i32_u (local.get $n)) (i64.const 3))
      (call $down (i32.sub (local.get $n) (i32.const 1)))))
  (func (export "run") (result i64) (call $down (i32.const 10000))))
