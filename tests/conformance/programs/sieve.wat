;; Primes below 200 in memory: two loops in a function of their own, calls in the outer one.
(module
  (import "host" "emit" (func $emit (param i32)))
  (memory (export "memory") 1)
  (func $strike (param $p i32) (local $m i32)
    (local.set $m (i32.mul (local.get $p) (local.get $p)))
    (block $end
      (loop $l
        (br_if $end (i32.ge_u (local.get $m) (i32.const 200)))
        (i32.store8 (local.get $m) (i32.const 1))
        (local.set $m (i32.add (local.get $m) (local.get $p)))
        (br $l))))
  (func (export "run") (result i32) (local $i i32) (local $count i32)
    (local.set $i (i32.const 2))
    (loop $l
      (if (i32.eqz (i32.load8_u (local.get $i)))
        (then
          (call $emit (local.get $i))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (call $strike (local.get $i))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200))))
    (local.get $count)))
