;; Works and writes a line, "tick 000" to "tick 199"; then ends with status 7.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\09\00\00\00")
  (data (i32.const 16) "tick 000\n")

  (func $digit (param $at i32) (param $value i32)
    (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10)))))

  (func $write_line (param $number i32)
    (call $digit (i32.const 21) (i32.div_u (local.get $number) (i32.const 100)))
    (call $digit (i32.const 22) (i32.div_u (local.get $number) (i32.const 10)))
    (call $digit (i32.const 23) (local.get $number))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func $work (param $rounds i32) (result i32)
    (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (local.get $rounds)))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $sum))

  (func $main (export "_start")
    (local $number i32)
    (loop $next
      (drop (call $work (i32.const 200000)))
      (call $write_line (local.get $number))
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $number) (i32.const 200))))
    (call $proc_exit (i32.const 7))))
