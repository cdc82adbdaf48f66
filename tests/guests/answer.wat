;; A reactive atom that answers each message with what came: a call by `reply`, any other by a message to its source.
(module
  (@custom "sojourn" "kind=reactive\0aname=answer\0a")
  (import "sojourn_v1" "receive" (func $receive (param i64 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "reply" (func $reply (param i64 i32 i64) (result i32)))
  (import "sojourn_v1" "send" (func $send (param i32 i32 i32 i64 i32) (result i32)))
  (memory (export "memory") 2)

  ;; Head at 64, draft at 256, room from 1024 on. Type, subject, content type and data have the same form in both.
  (func (export "handle")
    (if (call $receive (i64.const 0) (i32.const 1024) (i32.const 100000) (i32.const 64)) (then (return)))
    (memory.copy (i32.const 256) (i32.const 96) (i32.const 32))
    (i64.store (i32.const 288) (i64.const 0))
    (if (i64.eqz (i64.load (i32.const 72)))
      (then
        (drop (call $send (i32.load (i32.const 88)) (i32.load (i32.const 92)) (i32.const 256) (i64.const -1) (i32.const 512))))
      (else
        (drop (call $reply (i64.load (i32.const 72)) (i32.const 256) (i64.const -1)))))))
