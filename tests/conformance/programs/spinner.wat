;; Emits, then works for a long time: something to stop from another thread.
(module
  (import "host" "emit" (func $emit (param i32)))
  (memory 1)
  (func $work (param $seed i32) (param $turns i32) (result i32)
    (loop $l
      (local.set $seed (i32.xor (i32.mul (local.get $seed) (i32.const 1664525)) (i32.rotl (local.get $seed) (i32.const 7))))
      (br_if $l (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
    (local.get $seed))
  (func (export "run") (result i32) (local $i i32) (local $v i32)
    (loop $l
      (call $emit (local.get $i))
      (local.set $v (i32.add (local.get $v) (call $work (i32.add (local.get $i) (i32.const 1)) (i32.const 200000))))
      (i32.store (i32.mul (local.get $i) (i32.const 4)) (local.get $v))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30))))
    (local.get $v)))
