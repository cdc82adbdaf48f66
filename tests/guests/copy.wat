;; Copies standard input to standard output, until its end.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Where bytes are: at 64, up to 256 of them; and as many of them as were read (at 28).
  (data (i32.const 16) "\40\00\00\00\00\01\00\00")
  (data (i32.const 24) "\40\00\00\00")

  (func (export "_start")
    (loop $again
      (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 28)))
      (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 36)))
      (br_if $again (i32.load (i32.const 28))))))
