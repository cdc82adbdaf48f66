;; Grows one page at a time and writes into each new page.
(module
  (memory (export "memory") 1 12)
  (func (export "run") (result i32 i32) (local $at i32) (local $sum i32)
    (loop $l
      (i32.store (i32.mul (memory.size) (i32.const 65532)) (i32.add (memory.size) (i32.const 1000)))
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.mul (memory.size) (i32.const 65532)))))
      (br_if $l (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (memory.size) (local.get $sum)))
