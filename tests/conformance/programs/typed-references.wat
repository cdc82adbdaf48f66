;; call_ref through typed function references held in locals over a loop.
(module
  (type $op (func (param i32) (result i32)))
  (elem declare func $triple $loops)
  (func $triple (type $op) (i32.mul (local.get 0) (i32.const 3)))
  (func $loops (type $op) (local $i i32)
    (loop $l
      (local.set 0 (i32.add (local.get 0) (i32.const 5)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
    (local.get 0))
  (func (export "run") (result i32) (local $i i32) (local $v i32) (local $f (ref null $op))
    (loop $l
      (local.set $f (ref.func $loops))
      (if (i32.and (local.get $i) (i32.const 1)) (then (local.set $f (ref.func $triple))))
      (local.set $v (i32.add (local.get $i) (call_ref $op (local.get $v) (local.get $f))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
    (local.get $v)))
