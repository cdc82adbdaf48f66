;; Three loops within each other; sums and products stay in locals across all of them.
(module
  (func (export "run") (result i64) (local $i i32) (local $j i32) (local $k i32) (local $sum i64)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $middle
        (local.set $k (i32.const 0))
        (loop $inner
          (local.set $sum
            (i64.add (i64.mul (local.get $sum) (i64.const 31))
              (i64.extend_i32_u (i32.add (i32.mul (local.get $i) (local.get $j)) (local.get $k)))))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br_if $inner (i32.lt_u (local.get $k) (i32.const 3))))
        (local.set $j (i32.add (local.get $j) (i32.const 1)))
        (br_if $middle (i32.lt_u (local.get $j) (i32.const 4))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $outer (i32.lt_u (local.get $i) (i32.const 5))))
    (local.get $sum)))
