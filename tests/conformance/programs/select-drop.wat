;; select over values that calls produced, typed select of vectors and references, tees and drops.
(module
  (elem declare func $one $two)
  (table $t 1 funcref)
  (type $r (func (result i32)))
  (func $one (type $r) (i32.const 1))
  (func $two (type $r) (i32.const 2))
  (func $slow (param f64) (result f64) (local $i i32)
    (loop $l
      (local.set 0 (f64.sqrt (f64.add (local.get 0) (f64.const 2))))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
    (local.get 0))
  (func (export "run") (result f64 v128 i32) (local $i i32) (local $f f64) (local $v v128)
    (loop $l
      (local.set $f
        (select (call $slow (f64.const 3)) (call $slow (local.get $f)) (i32.and (local.get $i) (i32.const 1))))
      (local.set $v
        (select (result v128) (f64x2.splat (local.get $f)) (local.get $v) (i32.lt_u (local.get $i) (i32.const 3))))
      (table.set $t (i32.const 0) (select (result funcref) (ref.func $one) (ref.func $two) (i32.eqz (local.get $i))))
      (drop (call $slow (f64.const 1)))
      (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4))))
    (local.get $f) (local.get $v) (call_indirect $t (type $r) (i32.const 0))))
