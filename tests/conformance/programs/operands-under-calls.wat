;; Operands of every number type, a comparison and constants wait under nested calls.
(module
  (global $g (mut i32) (i32.const 3))
  (func $slow (param i32) (result i32) (local $i i32)
    (loop $l
      (global.set $g (i32.add (global.get $g) (local.get 0)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
    (i32.add (local.get 0) (global.get $g)))
  (func $slow64 (param i64) (result i64) (i64.extend_i32_u (call $slow (i32.wrap_i64 (local.get 0)))))
  (func (export "run") (result i32 f32) (local $x i32) (local $y f32)
    (local.set $x (i32.const 11))
    (local.set $y (f32.const 1.5))
    (i32.add
      (i32.sub (global.get $g) (i32.lt_u (local.get $x) (i32.const 40)))
      (select
        (call $slow (i32.mul (local.get $x) (call $slow (local.tee $x (i32.const 4)))))
        (i32.wrap_i64 (i64.add (i64.shl (i64.const 1) (i64.const 20)) (call $slow64 (i64.const 8))))
        (i32.and (call $slow (i32.const 1)) (i32.const 1))))
    (f32.add (local.get $y) (f32.mul (f32.const 3) (f32.convert_i32_s (call $slow (i32.const 2)))))))
