;; A start function that loops and writes, then the export that uses what it left.
(module
  (memory 1)
  (global $ready (mut i32) (i32.const 0))
  (func $prepare (local $i i32)
    (loop $l
      (i32.store (i32.mul (local.get $i) (i32.const 4)) (i32.mul (local.get $i) (local.get $i)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 12))))
    (global.set $ready (local.get $i)))
  (start $prepare)
  (func (export "run") (result i32) (local $i i32) (local $s i32)
    (loop $l
      (local.set $s (i32.add (local.get $s) (i32.load (i32.mul (local.get $i) (i32.const 4)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (global.get $ready))))
    (local.get $s)))
