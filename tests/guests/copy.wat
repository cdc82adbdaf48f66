;; Copies the file /dev/stdin to standard output, for ever. It looks for it below each folder it was given.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "stdin")
  ;; Where bytes are: at 64, up to 256 of them.
  (data (i32.const 16) "\40\00\00\00\00\01\00\00")
  (data (i32.const 24) "\40\00\00\00")

  (func (export "_start")
    (local $folder i32)
    (local.set $folder (i32.const 3))
    (block $found
      (loop $next
        ;; Rights to read and to be polled.
        (br_if $found (i32.eqz (call $path_open (local.get $folder) (i32.const 0) (i32.const 0) (i32.const 5)
          (i32.const 0) (i64.const 0x8000002) (i64.const 0) (i32.const 0) (i32.const 32))))
        (local.set $folder (i32.add (local.get $folder) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $folder) (i32.const 8))))
      unreachable)
    (loop $again
      (drop (call $fd_read (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 28)))
      (i32.store (i32.const 28) (i32.load (i32.const 28)))
      (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 36)))
      (br $again))))
