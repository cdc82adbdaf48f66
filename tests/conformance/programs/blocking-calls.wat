;; Host calls that block, called directly, below other calls, and with operands waiting underneath.
(module
  (import "host" "block" (func $block (param i32) (result i32)))
  (import "host" "emit" (func $emit (param i32)))
  (memory 1)
  (func $ask (param i32) (result i32) (i32.add (call $block (local.get 0)) (i32.const 1)))
  (func (export "run") (result i32) (local $i i32) (local $s i32)
    (loop $l
      (local.set $s
        (i32.add (i32.mul (local.get $s) (i32.const 5))
          (i32.sub (call $ask (local.get $i)) (call $block (i32.add (local.get $i) (i32.const 100))))))
      (call $emit (local.get $s))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))
    (local.get $s)))
