// The Lua interpreter as a program: lua.wasm SCRIPT [ARGS], or the script on standard input.
#include <stdio.h>
#include <stdlib.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

// Ends the program with what was raised. A yield raises nothing on the stack to show, so it is told apart.
_Noreturn void lua_raised(struct lua_State *state) {
    const char *message = lua_status(state) == LUA_YIELD ? "a coroutine cannot yield in this build (see README.md)"
                                                         : lua_tostring(state, -1);
    fflush(stdout);
    fprintf(stderr, "lua: %s\n", message ? message : "an error that is not a string");
    exit(1);
}

static int add_traceback(lua_State *state) {
    luaL_traceback(state, state, luaL_tolstring(state, 1, NULL), 1);
    return 1;
}

static void set_arguments(lua_State *state, int argc, char **argv) {
    lua_createtable(state, argc, 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(state, argv[i]);
        lua_rawseti(state, -2, i - 1);
    }
    lua_setglobal(state, "arg");
}

int main(int argc, char **argv) {
    lua_State *state = luaL_newstate();
    if (state == NULL) {
        fputs("lua: not enough memory\n", stderr);
        return 1;
    }
    luaL_openlibs(state);
    set_arguments(state, argc, argv);
    lua_pushcfunction(state, add_traceback);
    if (luaL_loadfile(state, argc > 1 ? argv[1] : NULL) != LUA_OK) lua_raised(state);
    for (int i = 2; i < argc; i++) lua_pushstring(state, argv[i]);
    lua_pcall(state, argc > 2 ? argc - 2 : 0, 0, 1);
    lua_close(state);
    return 0;
}
