;; Calls the atom that its first argument names as often as its second one says, and waits for each answer, which has to
;; be what was sent. Then it writes how many were, and how many were not: `1000 0`.
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "call" (func $call (param i32 i32 i32 i64 i64 i32) (result i32)))
  (import "sojourn_v1" "await" (func $await (param i64 i64 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "ping")
  ;; A draft: type `ping`, data the 8 bytes at 24.
  (data (i32.const 64) "\10\00\00\00\04\00\00\00" "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
    "\18\00\00\00\08\00\00\00" "\00\00\00\00\00\00\00\00")

  (func $length (param $text i32) (result i32) (local $at i32)
    (local.set $at (local.get $text))
    (loop $next
      (if (i32.load8_u (local.get $at)) (then
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next))))
    (i32.sub (local.get $at) (local.get $text)))

  (func $number (param $text i32) (result i32) (local $value i32)
    (loop $next
      (if (i32.load8_u (local.get $text)) (then
        (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10))
          (i32.sub (i32.load8_u (local.get $text)) (i32.const 48))))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (br $next))))
    (local.get $value))

  ;; Whether what came back is what was sent.
  (func $ask (param $to i32) (param $length i32) (param $value i64) (result i32)
    (i64.store (i32.const 24) (local.get $value))
    (if (call $call (local.get $to) (local.get $length) (i32.const 64) (i64.const -1) (i64.const -1) (i32.const 128))
      (then (return (i32.const 0))))
    (if (call $await (i64.load (i32.const 128)) (i64.const -1) (i32.const 1024) (i32.const 4096) (i32.const 256))
      (then (return (i32.const 0))))
    ;; A reply whose data is 8 bytes long, and those.
    (i32.and
      (i32.and (i32.eq (i32.load (i32.const 272)) (i32.const 2)) (i32.eq (i32.load (i32.const 316)) (i32.const 8)))
      (i64.eq (i64.load (i32.load (i32.const 312))) (local.get $value))))

  ;; Writes a number and a byte.
  (func $write (param $value i32) (param $last i32) (local $at i32)
    (local.set $at (i32.const 600))
    (i32.store8 (local.get $at) (local.get $last))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at) (i32.add (i32.rem_u (local.get $value) (i32.const 10)) (i32.const 48)))
      (br_if $digit (local.tee $value (i32.div_u (local.get $value) (i32.const 10)))))
    (i32.store (i32.const 512) (local.get $at))
    (i32.store (i32.const 516) (i32.sub (i32.const 601) (local.get $at)))
    (drop (call $fd_write (i32.const 1) (i32.const 512) (i32.const 1) (i32.const 520))))

  (func (export "_start")
    (local $to i32) (local $length i32) (local $count i32) (local $n i32) (local $right i32)
    (drop (call $args_get (i32.const 640) (i32.const 8192)))
    (local.set $to (i32.load (i32.const 644)))
    (local.set $length (call $length (local.get $to)))
    (local.set $count (call $number (i32.load (i32.const 648))))
    (loop $next
      (if (i32.lt_u (local.get $n) (local.get $count)) (then
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set $right (i32.add (local.get $right)
          (call $ask (local.get $to) (local.get $length) (i64.extend_i32_u (local.get $n)))))
        (br $next))))
    (call $write (local.get $right) (i32.const 32))
    (call $write (i32.sub (local.get $count) (local.get $right)) (i32.const 10))))
