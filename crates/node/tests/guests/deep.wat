;; Recurses 100000 frames deep, counts to a billion there, and exits with the depth modulo 251.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (func $deep (param $left i32) (result i32) (local $i i64)
    (if (i32.eqz (local.get $left)) (then
      (loop $count
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $count (i64.lt_u (local.get $i) (i64.const 1000000000))))
      (return (i32.const 0))))
    (i32.add (i32.const 1) (call $deep (i32.sub (local.get $left) (i32.const 1)))))
  (func (export "_start")
    (call $proc_exit (i32.rem_u (call $deep (i32.const 100000)) (i32.const 251)))))
