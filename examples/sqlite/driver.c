// SQLite as a program: sqlite.wasm [DATABASE [SQL]]. Without SQL it comes from standard input, without a database
// it is one in memory. Rows are printed with a bar between columns, as SQLite's own shell does.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

static int print_row(void *unused, int columns, char **values, char **names) {
    (void)unused, (void)names;
    for (int i = 0; i < columns; i++) printf("%s%s", i > 0 ? "|" : "", values[i] ? values[i] : "");
    putchar('\n');
    return 0;
}

static int run(sqlite3 *database, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(database, sql, print_row, NULL, &message) == SQLITE_OK) return 0;
    fflush(stdout);
    fprintf(stderr, "sqlite: %s\n", message);
    sqlite3_free(message);
    return 1;
}

// Runs statements as they come, so that input from a person or a pipe is answered line by line.
static int run_input(sqlite3 *database) {
    size_t length = 0, room = 1 << 16;
    char *sql = malloc(room);
    sql[0] = 0;
    while (fgets(sql + length, (int)(room - length), stdin)) {
        length += strlen(sql + length);
        if (room - length < 1 << 12) sql = realloc(sql, room *= 2);
        if (sqlite3_complete(sql)) {
            if (run(database, sql) != 0) return 1;
            fflush(stdout);
            length = 0;
            sql[0] = 0;
        }
    }
    int status = run(database, sql);
    free(sql);
    return status;
}

int main(int argc, char **argv) {
    sqlite3 *database;
    if (sqlite3_open(argc > 1 ? argv[1] : ":memory:", &database) != SQLITE_OK) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(database));
        return 1;
    }
    int status = argc > 2 ? run(database, argv[2]) : run_input(database);
    sqlite3_close(database);
    return status;
}
