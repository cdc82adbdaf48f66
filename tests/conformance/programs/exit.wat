;; Writes some output, then ends through the host with a status, three calls deep.
(module
  (import "host" "exit" (func $exit (param i32)))
  (import "host" "emit" (func $emit (param i32)))
  (memory 1)
  (func $leave (param i32)
    (if (i32.eq (local.get 0) (i32.const 7)) (then (call $exit (i32.const 42)) (unreachable)))
    (call $emit (local.get 0)))
  (func $turn (param i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
    (call $leave (local.get 0)))
  (func (export "run") (local $i i32)
    (loop $l
      (call $turn (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $l))))
