;; Reads a file of the host's in small pieces; a stop finds it half read.
(module
  (import "host" "read" (func $read (param i32 i32) (result i32)))
  (import "host" "emit" (func $emit (param i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32) (local $n i32) (local $i i32) (local $sum i32)
    (block $end
      (loop $more
        (br_if $end (i32.eqz (local.tee $n (call $read (i32.const 32) (i32.const 7)))))
        (local.set $i (i32.const 0))
        (loop $byte
          (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 33)) (i32.load8_u (i32.add (i32.const 32) (local.get $i)))))
          (br_if $byte (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
        (call $emit (local.get $sum))
        (br $more)))
    (local.get $sum)))
