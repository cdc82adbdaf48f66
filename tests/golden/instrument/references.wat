;; counter
;; References in a table that changes: the table of all that can be named, and those of saved references.
(module
  (type $op (func (param i32) (result i32)))
  (table $ops 2 funcref)
  (func $double (type $op) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "run") (param $n i32) (result i32) (local $f funcref)
    (local.set $f (ref.func $double))
    (loop $again
      (table.set $ops (i32.const 1) (local.get $f))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (call_indirect $ops (type $op) (i32.const 21) (i32.const 1)))
  (elem declare func $double))
