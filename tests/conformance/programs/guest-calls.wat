;; Every guest call that waits, made again as long as callbacks are due, as SDKs do it. The callback of an interrupt
;; runs inside, counts, and waits itself. What each call gave goes into a number that the export returns.
(module
  (import "sojourn_v1" "send" (func $send (param i32 i32 i32 i64 i32) (result i32)))
  (import "sojourn_v1" "call" (func $call (param i32 i32 i32 i64 i64 i32) (result i32)))
  (import "sojourn_v1" "await" (func $await (param i64 i64 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "reply" (func $reply (param i64 i32 i64) (result i32)))
  (import "sojourn_v1" "receive" (func $receive (param i64 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "on_interrupt" (func $on_interrupt (param i64 i32) (result i32)))
  (import "sojourn_v1" "callback" (func $callback (param i32 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "callback_end" (func $callback_end (result i32)))
  (import "sojourn_v1" "spawn"
    (func $spawn (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "connect" (func $connect (param i32 i32 i64 i32) (result i32)))
  (import "sojourn_v1" "accept" (func $accept (param i32 i64 i32) (result i32)))
  (import "sojourn_v1" "read" (func $read (param i32 i32 i32 i64 i32) (result i32)))
  (import "sojourn_v1" "write" (func $write (param i32 i32 i32 i64 i32) (result i32)))
  (import "sojourn_v1" "log" (func $log (param i32 i32 i32) (result i32)))
  (import "sojourn_v1" "now" (func $now (param i32) (result i32)))
  (memory 1)
  (data (i32.const 16) "far/other")
  (data (i32.const 32) "db:5432")
  (data (i32.const 48) "child")
  ;; A draft: its type is the last five bytes of the name, its data the address.
  (data (i32.const 64) "\14\00\00\00\05\00\00\00" "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
    "\20\00\00\00\07\00\00\00" "\00\00\00\00\00\00\00\00")
  (global $seen (mut i32) (i32.const 1))

  (func $note (param $value i32)
    (global.set $seen (i32.add (i32.mul (global.get $seen) (i32.const 31)) (local.get $value))))

  ;; What it gives is on the stack below.
  (func $note_all (param $at i32) (param $length i32)
    (loop $next
      (if (local.get $length) (then
        (call $note (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))))

  ;; A callback that can be stopped while it counts, and while it waits.
  (func $run_callback (local $i i32)
    (call $note (call $callback (i32.const 0x2000) (i32.const 256) (i32.const 0x2200) (i32.const 0x2300)))
    (call $note_all (i32.load (i32.const 0x2238)) (i32.load (i32.const 0x223c)))
    (loop $count
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $count (i32.lt_u (local.get $i) (i32.const 4))))
    (drop (call $now (i32.const 0x2308)))
    (call $note (i32.mul (local.get $i)
      (call $receive (i64.add (i64.load (i32.const 0x2308)) (i64.const 3))
        (i32.const 0x2400) (i32.const 256) (i32.const 0x2600))))
    (call $note (call $callback_end)))

  ;; Whether a call is to be made again.
  (func $again (param $code i32) (result i32)
    (call $note (local.get $code))
    (if (result i32) (i32.eq (local.get $code) (i32.const 42))
      (then (call $run_callback) (i32.const 1))
      (else (i32.const 0))))

  (func $begin
    (call $note (call $on_interrupt (i64.const 9) (i32.const 0))))

  ;; The way to the receiver is full then.
  (func $fill
    (call $note (call $send (i32.const 16) (i32.const 9) (i32.const 64) (i64.const 0) (i32.const 0x1000)))
    (call $note (call $send (i32.const 16) (i32.const 9) (i32.const 64) (i64.const 0) (i32.const 0x1000))))

  (func $end (result i32)
    (call $note_all (i32.const 0x1000) (i32.const 8))
    (global.get $seen))

  (func (export "send") (result i32)
    (call $begin) (call $fill)
    (loop $once
      (br_if $once (call $again
        (call $send (i32.const 16) (i32.const 9) (i32.const 64) (i64.const -1) (i32.const 0x1000)))))
    (call $end))

  (func (export "call") (result i32)
    (call $begin) (call $fill)
    (loop $once
      (br_if $once (call $again
        (call $call (i32.const 16) (i32.const 9) (i32.const 64) (i64.const -1) (i64.const -1) (i32.const 0x1000)))))
    (call $end))

  (func (export "await") (result i32)
    (call $begin)
    (call $note (call $call (i32.const 16) (i32.const 9) (i32.const 64) (i64.const 0) (i64.const -1) (i32.const 0x1000)))
    (loop $once
      (br_if $once (call $again
        (call $await (i64.load (i32.const 0x1000)) (i64.const -1) (i32.const 0x1100) (i32.const 256) (i32.const 0x1200)))))
    (call $note_all (i32.load (i32.const 0x1238)) (i32.load (i32.const 0x123c)))
    (call $end))

  (func (export "reply") (result i32)
    (call $begin)
    (call $note (call $receive (i64.const 0) (i32.const 0x1100) (i32.const 256) (i32.const 0x1200)))
    (call $fill)
    (loop $once
      (br_if $once (call $again (call $reply (i64.load (i32.const 0x1208)) (i32.const 64) (i64.const -1)))))
    (call $end))

  (func (export "receive") (result i32)
    (call $begin)
    (loop $once
      (br_if $once (call $again
        (call $receive (i64.const -1) (i32.const 0x1100) (i32.const 256) (i32.const 0x1200)))))
    (call $note_all (i32.load (i32.const 0x1238)) (i32.load (i32.const 0x123c)))
    (call $end))

  (func (export "spawn") (result i32)
    (call $begin)
    (loop $once
      (br_if $once (call $again
        (call $spawn (i32.const 0) (i32.const 0) (i32.const 48) (i32.const 5) (i32.const 32) (i32.const 7)
          (i32.const 1) (i32.const 0x1100) (i32.const 256) (i32.const 0x1000)))))
    (call $note_all (i32.const 0x1100) (i32.load (i32.const 0x1000)))
    (call $end))

  (func (export "connect") (result i32)
    (call $begin)
    (loop $once
      (br_if $once (call $again (call $connect (i32.const 32) (i32.const 7) (i64.const -1) (i32.const 0x1000)))))
    (call $note (call $write (i32.load (i32.const 0x1000)) (i32.const 16) (i32.const 9) (i64.const 0) (i32.const 0x1004)))
    (call $end))

  (func (export "accept") (result i32)
    (call $begin)
    (loop $once
      (br_if $once (call $again (call $accept (i32.const 3) (i64.const -1) (i32.const 0x1000)))))
    (call $end))

  (func (export "read") (result i32)
    (call $begin)
    (call $note (call $accept (i32.const 3) (i64.const 0) (i32.const 0x1000)))
    (loop $once
      (br_if $once (call $again
        (call $read (i32.load (i32.const 0x1000)) (i32.const 0x1100) (i32.const 256) (i64.const -1) (i32.const 0x1004)))))
    (call $note_all (i32.const 0x1100) (i32.load (i32.const 0x1004)))
    (call $end))

  (func (export "write") (result i32)
    (call $begin)
    (call $note (call $accept (i32.const 3) (i64.const 0) (i32.const 0x1000)))
    (loop $once
      (br_if $once (call $again
        (call $write (i32.load (i32.const 0x1000)) (i32.const 16) (i32.const 9) (i64.const -1) (i32.const 0x1004)))))
    (call $end))

  (func (export "log") (result i32)
    (call $begin)
    (loop $once
      (br_if $once (call $again (call $log (i32.const 2) (i32.const 16) (i32.const 9)))))
    (call $end)))
