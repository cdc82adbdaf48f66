;; Asks for a page of memory every millisecond, for ever. Writes "." when it gets none, and "!" when it gets one after it
;; had got none.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) ".!")
  (global $full (mut i32) (i32.const 0))
  (func $say (param $at i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.const 1))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start")
    ;; One subscription at 64: user data, clock (tag 0), monotonic (id 1), timeout, precision, flags.
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (i64.const 1000000))
    (loop $next
      (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1))
        (then
          (global.set $full (i32.const 1))
          (call $say (i32.const 16)))
        (else
          (if (global.get $full) (then (call $say (i32.const 17))))))
      (drop (call $poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 12)))
      (br $next))))
