;; A loop over a table of functions of one type; some loop, some call others through the table again.
(module
  (type $op (func (param i32) (result i32)))
  (table 4 4 funcref)
  (elem (i32.const 0) $double $count $twice $plain)
  (func $double (type $op) (i32.mul (local.get 0) (i32.const 2)))
  (func $plain (type $op) (i32.xor (local.get 0) (i32.const 0x1234)))
  (func $count (type $op) (local $i i32)
    (loop $l
      (local.set $i (i32.add (local.get $i) (i32.const 7)))
      (br_if $l (i32.lt_u (local.get $i) (i32.const 30))))
    (i32.add (local.get 0) (local.get $i)))
  (func $twice (type $op)
    (i32.add
      (call_indirect (type $op) (local.get 0) (i32.const 1))
      (call_indirect (type $op) (i32.const 5) (i32.and (local.get 0) (i32.const 1)))))
  (func (export "run") (result i32) (local $i i32) (local $v i32)
    (local.set $v (i32.const 1))
    (loop $l
      (local.set $v
        (i32.add (local.get $i)
          (call_indirect (type $op) (local.get $v) (i32.and (local.get $i) (i32.const 3)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
    (local.get $v)))
