;; Three memories, copied between and grown while loops run over them.
(module
  (memory $a 1)
  (memory $b 2 8)
  (memory $c 0 4)
  (data (memory $a) (i32.const 16) "sojourn")
  (data (memory $b) (i32.const 70000) "\01\02\03\04")
  (func (export "run") (result i32 i32 i32 i32) (local $i i32) (local $s i32)
    (drop (memory.grow $c (i32.const 1)))
    (loop $l
      (i32.store8 $c (local.get $i) (i32.add (i32.load8_u $a (i32.add (i32.const 16) (local.get $i))) (local.get $i)))
      (memory.copy $b $c (i32.add (i32.const 65530) (local.get $i)) (i32.const 0) (i32.const 8))
      (local.set $s (i32.add (i32.mul (local.get $s) (i32.const 17)) (i32.load $b (i32.const 69998))))
      (if (i32.eq (local.get $i) (i32.const 4)) (then (drop (memory.grow $b (i32.const 1)))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 9))))
    (memory.fill $a (i32.const 100) (i32.const 0xab) (i32.const 50))
    (local.get $s) (memory.size $a) (memory.size $b) (memory.size $c)))
