;; atomic
;; A host call that may wait goes through a wrapper; one that never waits stays as it was.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 4)))
    (drop (call $fd_close (i32.const 3)))))
