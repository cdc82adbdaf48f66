;; Opens the file "f" of its first directory for writing, says "open", counts for ever.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "f")
  (data (i32.const 32) "open\n")
  (func (export "_start") (local $i i64)
    ;; Creates it (oflags 1) with the rights to read, seek and write.
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
          (i64.const 0x66) (i64.const 0) (i32.const 0) (i32.const 64))
      (then (unreachable)))
    (i32.store (i32.const 0) (i32.const 32))
    (i32.store (i32.const 4) (i32.const 5))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $again
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $again))))
