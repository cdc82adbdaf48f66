;; A memory with 64-bit addresses, grown and filled.
(module
  (memory i64 1 5)
  (data (i64.const 8) "\05\00\00\00")
  (func (export "run") (result i64 i64) (local $at i64) (local $s i64)
    (loop $l
      (i64.store (i64.add (i64.const 16) (local.get $at)) (i64.mul (local.get $at) (i64.load32_u (i64.const 8))))
      (local.set $s (i64.add (local.get $s) (i64.load offset=16 (local.get $at))))
      (if (i64.eq (local.get $at) (i64.const 40)) (then (drop (memory.grow (i64.const 2)))))
      (br_if $l (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 8))) (i64.const 120))))
    (memory.fill (i64.const 70000) (i32.const 3) (i64.const 20))
    (local.get $s) (memory.size)))
