;; if and else with parameters and results, loops and calls in both arms.
(module
  (func $step (param i32) (result i32)
    (if (result i32) (i32.and (local.get 0) (i32.const 1))
      (then (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 1)))
      (else (i32.shr_u (local.get 0) (i32.const 1)))))
  (func $collatz (param $n i32) (result i32) (local $k i32)
    (loop $l
      (if (i32.ne (local.get $n) (i32.const 1))
        (then
          (local.set $n (call $step (local.get $n)))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br $l))))
    (local.get $k))
  (func (export "run") (result i32) (local $i i32) (local $s i32)
    (local.set $i (i32.const 5))
    (loop $l
      (i32.const 100)
      (local.get $s)
      (if (param i32 i32) (result i32) (i32.rem_u (local.get $i) (i32.const 3))
        (then (i32.add) (i32.add (call $collatz (local.get $i))))
        (else (i32.sub) (local.set $s) (loop $m (result i32)
          (local.set $s (i32.xor (local.get $s) (i32.const 77)))
          (br_if $m (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8)))
          (local.get $s))))
      (local.set $s)
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
    (local.get $s)))
