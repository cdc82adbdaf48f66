;; Vectors in locals, parameters, results and on the stack under a call.
(module
  (memory 1)
  (data (i32.const 0) "\01\02\03\04\05\06\07\08\09\0a\0b\0c\0d\0e\0f\10\f1\f2\f3\f4\f5\f6\f7\f8\f9\fa\fb\fc\fd\fe\ff\00")
  (func $mix (param $a v128) (param $n i32) (result v128)
    (loop $l
      (local.set $a (i8x16.add (i32x4.mul (local.get $a) (v128.const i32x4 3 5 7 9)) (v128.load (i32.const 8))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $a))
  (func (export "run") (result v128 f32) (local $i i32) (local $acc v128) (local $f v128)
    (local.set $f (v128.const f32x4 1 -2 3.5 0.25))
    (loop $l
      (local.set $acc
        (v128.xor
          (i16x8.add (v128.load (i32.const 0)) (local.get $acc))
          (call $mix (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get $acc) (v128.load (i32.const 16))) (i32.const 3))))
      (local.set $f (f32x4.add (local.get $f) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $acc)))))
      (v128.store (i32.add (i32.const 64) (i32.mul (local.get $i) (i32.const 16))) (local.get $acc))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
    (local.get $acc) (f32x4.extract_lane 2 (local.get $f))))
