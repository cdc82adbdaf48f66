// How Lua raises an error here: it ends the program. Lua's own ways are C's longjmp and C++ exceptions; both need
// WebAssembly exceptions, which not every engine has. Protected calls work as long as nothing is raised in them, and
// a coroutine cannot yield, since Lua's yield is an error that the resumer catches.
#ifndef UNWIND_H
#define UNWIND_H

#define LUAI_TRY(L, c, a) (void)(c)->b, a
#define LUAI_THROW(L, c) ((void)(c), lua_raised(L))
#define luai_jmpbuf char

struct lua_State;
_Noreturn void lua_raised(struct lua_State *state);

#endif
