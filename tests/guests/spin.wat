;; Never ends by itself, and does nothing that anyone could see.
(module
  (func $spin (export "_start")
    (local $turns i64)
    (loop $again
      (local.set $turns (i64.add (local.get $turns) (i64.const 1)))
      (br $again))))
