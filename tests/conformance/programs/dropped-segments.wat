;; Passive segments are used, dropped, and used again for lengths of zero; a use after the drop traps.
(module
  (memory 1)
  (data $kept "kept all along")
  (data $gone "gone after the second round")
  (data $never "never used")
  (func (export "run") (result i32) (local $i i32) (local $s i32) (local $j i32)
    (loop $l
      (if (i32.lt_u (local.get $i) (i32.const 2))
        (then (memory.init $gone (i32.const 100) (i32.const 3) (i32.const 10)))
        (else (memory.init $gone (i32.const 100) (i32.const 0) (i32.const 0))))
      (memory.init $kept (i32.mul (local.get $i) (i32.const 16)) (i32.const 0) (i32.const 14))
      (if (i32.eq (local.get $i) (i32.const 1)) (then (data.drop $gone)))
      (local.set $j (i32.const 0))
      (loop $sum
        (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 3)) (i32.load8_u (i32.mul (local.get $j) (i32.const 11)))))
        (br_if $sum (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 11))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
    (memory.init $gone (i32.const 0) (i32.const 0) (i32.const 1))
    (local.get $s)))
