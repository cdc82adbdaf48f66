;; Locals of every number type, many alive over a loop, some only in one arm.
(module
  (func (export "run") (param) (result i32 i64 f32 f64)
    (local $i i32) (local $a i32) (local $b i32) (local $c i64) (local $d i64) (local $e f32) (local $f f32)
    (local $g f64) (local $h f64) (local $dead i32) (local $half i64)
    (local.set $a (i32.const 3)) (local.set $c (i64.const 5)) (local.set $e (f32.const 0.5)) (local.set $g (f64.const 2))
    (loop $l
      (local.set $dead (i32.mul (local.get $i) (i32.const 100)))
      (local.set $b (i32.add (local.get $a) (local.get $dead)))
      (local.set $d (i64.add (local.get $c) (i64.extend_i32_s (local.get $b))))
      (if (i32.and (local.get $i) (i32.const 1))
        (then
          (local.set $half (local.get $d))
          (loop $m
            (local.set $half (i64.shr_u (local.get $half) (i64.const 1)))
            (br_if $m (i64.gt_u (local.get $half) (i64.const 10))))
          (local.set $c (i64.add (local.get $c) (local.get $half)))))
      (local.set $f (f32.add (local.get $e) (f32.convert_i32_u (local.get $a))))
      (local.set $h (f64.mul (local.get $g) (f64.promote_f32 (local.get $f))))
      (local.set $a (i32.xor (local.get $b) (i32.const 9)))
      (local.set $e (local.get $f))
      (local.set $g (f64.sub (local.get $h) (f64.const 1)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))
    (local.get $a) (local.get $c) (local.get $e) (local.get $g)))
