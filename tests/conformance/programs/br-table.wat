;; A small machine: br_table in a loop chooses among blocks, one of which carries a value out.
(module
  (func (export "run") (result i32) (local $pc i32) (local $acc i32) (local $turn i32)
    (block $halt (result i32)
      (loop $next
        (local.set $turn (i32.add (local.get $turn) (i32.const 1)))
        (block $default
          (block $two
            (block $one
              (block $zero
                (br_table $zero $one $two $default (i32.rem_u (local.get $pc) (i32.const 5))))
              (local.set $acc (i32.add (local.get $acc) (i32.const 3)))
              (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
              (br $next))
            (local.set $acc (i32.mul (local.get $acc) (i32.const 7)))
            (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
            (br $next))
          (drop (br_if $halt (local.get $acc) (i32.gt_u (local.get $turn) (i32.const 40))))
          (local.set $pc (i32.add (local.get $pc) (i32.const 1)))
          (br $next))
        (local.set $acc (i32.sub (local.get $acc) (i32.const 1)))
        (local.set $pc (i32.add (local.get $pc) (i32.const 3)))
        (br $next))
      (unreachable))))
