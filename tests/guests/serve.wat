;; Says back what it hears, one connection after the other, on the listener that it is given.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $receive (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; 0: buffer of a call (address, length); 8: bytes received; 12: flags; 16: bytes sent; 20: connection; 64: the bytes
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $exit (local.get $errno)))))
  (func $echo (param $connection i32) (result i32)
    (local $sent i32)
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 4096))
    (call $check (call $receive
      (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8) (i32.const 12)))
    (block $done
      (loop $more
        (br_if $done (i32.eq (local.get $sent) (i32.load (i32.const 8))))
        (i32.store (i32.const 0) (i32.add (i32.const 64) (local.get $sent)))
        (i32.store (i32.const 4) (i32.sub (i32.load (i32.const 8)) (local.get $sent)))
        (call $check (call $send
          (local.get $connection) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16)))
        (local.set $sent (i32.add (local.get $sent) (i32.load (i32.const 16))))
        (br $more)))
    (i32.load (i32.const 8)))
  (func (export "_start")
    (loop $next
      (call $check (call $accept (i32.const 3) (i32.const 0) (i32.const 20)))
      (loop $talk
        (br_if $talk (call $echo (i32.load (i32.const 20)))))
      (call $check (call $close (i32.load (i32.const 20))))
      (br $next))))
