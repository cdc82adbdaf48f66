// Stands in for the C library's header, which asks for WebAssembly exceptions. Lua includes it for its usual way of
// raising errors, and unwind.h gives it another.
