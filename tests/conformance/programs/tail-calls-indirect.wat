;; Tail calls through a table in a cycle, and one that leaves the cycle into a loop.
(module
  (type $step (func (param i32 i32) (result i32)))
  (table funcref (elem $add $shift $finish))
  (func $add (type $step)
    (return_call_indirect (type $step)
      (i32.sub (local.get 0) (i32.const 1))
      (i32.add (local.get 1) (local.get 0))
      (select (i32.const 2) (i32.const 1) (i32.lt_s (local.get 0) (i32.const 2)))))
  (func $shift (type $step)
    (return_call_indirect (type $step)
      (i32.sub (local.get 0) (i32.const 1))
      (i32.rotl (local.get 1) (i32.const 3))
      (select (i32.const 2) (i32.const 0) (i32.lt_s (local.get 0) (i32.const 2)))))
  (func $finish (type $step) (local $i i32)
    (loop $l
      (local.set 1 (i32.mul (local.get 1) (i32.const 9)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
    (local.get 1))
  (func (export "run") (result i32) (local $i i32) (local $s i32)
    (loop $l
      (local.set $s
        (i32.xor (local.get $s) (call_indirect (type $step) (i32.add (i32.const 5) (local.get $i)) (i32.const 3) (i32.const 0))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
    (local.get $s)))
