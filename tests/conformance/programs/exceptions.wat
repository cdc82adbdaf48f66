;; Loops and calls inside try_table, thrown through and caught.
(module
  (tag $e (param i32))
  (func $may (param i32) (result i32) (local $i i32)
    (loop $l (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2))))
    (if (i32.and (local.get 0) (i32.const 1)) (then (throw $e (i32.mul (local.get 0) (i32.const 10)))))
    (local.get 0))
  (func (export "run") (result i32) (local $i i32) (local $s i32)
    (loop $l
      (block $done
        (block $caught (result i32)
          (try_table (catch $e $caught)
            (local.set $s (i32.add (local.get $s) (call $may (local.get $i)))))
          (br $done))
        (local.set $s (i32.add (local.get $s))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
    (local.get $s)))
