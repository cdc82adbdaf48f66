;; Even and odd call each other; each keeps an operand below the call and loops before it.
(module
  (global $steps (mut i32) (i32.const 0))
  (func $pause (local $i i32)
    (loop $l
      (global.set $steps (i32.add (global.get $steps) (i32.const 1)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2)))))
  (func $even (param $n i32) (result i32)
    (call $pause)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 1))
      (else (i32.add (i32.mul (local.get $n) (i32.const 3)) (call $odd (i32.sub (local.get $n) (i32.const 1)))))))
  (func $odd (param $n i32) (result i32)
    (call $pause)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.const 0))
      (else (i32.xor (i32.const 0x55) (call $even (i32.sub (local.get $n) (i32.const 1)))))))
  (func (export "run") (result i32 i32) (call $even (i32.const 15)) (global.get $steps)))
