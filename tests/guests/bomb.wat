;; Takes memory until it gets none, writes to all of it, and begins again.
(module
  (memory (export "memory") 1)
  (func (export "_start")
    (local $page i32)
    (loop $grow
      (br_if $grow (i32.ne (memory.grow (i32.const 64)) (i32.const -1))))
    (loop $write
      (i32.store (i32.shl (local.get $page) (i32.const 12)) (local.get $page))
      (local.set $page (i32.rem_u
        (i32.add (local.get $page) (i32.const 1))
        (i32.shl (memory.size) (i32.const 4))))
      (br $write))))
