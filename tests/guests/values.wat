;; Holds one value of each kind in the frame of $outer while $inner loops for ever.
(module
  (global $seed (mut i64) (i64.const 99))
  (func $inner (param $turns i32)
    (loop $again
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (global.set $seed (i64.add (global.get $seed) (i64.const 1)))
      (br $again)))

  (func $outer (param $i i32) (param $l i64) (param $f f32) (param $d f64) (result f64)
    (local $kept i32)
    (local.set $kept (i32.sub (local.get $i) (i32.const 1)))
    (call $inner (i32.const 0))
    (f64.add
      (f64.add (f64.convert_i64_s (local.get $l)) (f64.promote_f32 (local.get $f)))
      (f64.add (local.get $d) (f64.convert_i32_s (local.get $kept)))))

  (func $main (export "_start")
    (drop (call $outer (i32.const 0) (i64.const -9000000000) (f32.const 1.5) (f64.const -0.25)))))
