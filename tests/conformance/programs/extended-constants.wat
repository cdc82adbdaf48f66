;; Initialisers that compute, an imported global in them, and a memory of the host's.
(module
  (import "host" "base" (global $base i32))
  (import "host" "memory" (memory 1))
  (global $a i32 (i32.mul (i32.add (global.get $base) (i32.const 4)) (i32.const 2)))
  (global $b (mut i64) (i64.sub (i64.const 10) (i64.const 30)))
  (data (offset (i32.add (global.get $base) (i32.const 32))) "\11\22\33\44")
  (func (export "run") (result i32 i64) (local $i i32) (local $s i32)
    (loop $l
      (local.set $s (i32.add (i32.rotl (local.get $s) (i32.const 5)) (i32.load8_u (i32.add (global.get $a) (local.get $i)))))
      (global.set $b (i64.add (global.get $b) (i64.extend_i32_u (local.get $i))))
      (i32.store8 (i32.add (global.get $a) (local.get $i)) (local.get $s))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 24))))
    (local.get $s) (global.get $b)))
