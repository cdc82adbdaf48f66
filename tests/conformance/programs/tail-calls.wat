;; A cycle of tail calls without any loop, under a frame that waits with operands.
(module
  (global $turns (mut i32) (i32.const 0))
  (func $ping (param $n i32) (param $acc i64) (result i64)
    (global.set $turns (i32.add (global.get $turns) (i32.const 1)))
    (if (i32.eqz (local.get $n)) (then (return (local.get $acc))))
    (return_call $pong (i32.sub (local.get $n) (i32.const 1)) (i64.add (local.get $acc) (i64.const 3))))
  (func $pong (param $n i32) (param $acc i64) (result i64)
    (if (i32.eqz (local.get $n)) (then (return (i64.sub (i64.const 0) (local.get $acc)))))
    (return_call $ping (i32.sub (local.get $n) (i32.const 1)) (i64.mul (local.get $acc) (i64.const 5))))
  (func (export "run") (result i64 i32)
    (i64.add
      (i64.add (i64.const 1000) (call $ping (i32.const 21) (i64.const 1)))
      (call $pong (i32.const 12) (i64.const 7)))
    (global.get $turns)))
