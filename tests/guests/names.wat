;; Takes an alias with a message of type "set", and gives it back with one of type "clear": the subject is its scope, the
;; data the alias. Answers with the status of the call, 4 bytes.
(module
  (import "sojourn_v1" "receive" (func $receive (param i64 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "reply" (func $reply (param i64 i32 i64) (result i32)))
  (import "sojourn_v1" "alias_set" (func $set (param i32 i32 i32 i32) (result i32)))
  (import "sojourn_v1" "alias_clear" (func $clear (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)

  ;; The head is at 64: its call at 72, type at 96, subject at 104, data at 120. The answer's draft is at 160, its data at 152.
  (func (export "handle")
    (if (call $receive (i64.const 0) (i32.const 1024) (i32.const 8192) (i32.const 64)) (then (return)))
    (i32.store (i32.const 152)
      (if (result i32) (i32.eq (i32.load8_u (i32.load (i32.const 96))) (i32.const 115))
        (then (call $set
          (i32.load (i32.const 104)) (i32.load (i32.const 108)) (i32.load (i32.const 120)) (i32.load (i32.const 124))))
        (else (call $clear
          (i32.load (i32.const 104)) (i32.load (i32.const 108)) (i32.load (i32.const 120)) (i32.load (i32.const 124))))))
    (i32.store (i32.const 184) (i32.const 152))
    (i32.store (i32.const 188) (i32.const 4))
    (drop (call $reply (i64.load (i32.const 72)) (i32.const 160) (i64.const -1)))))
