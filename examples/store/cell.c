/* As objects: each key is an atom of its own, and its value is a variable of it. Any cell makes others. */
#include "sojourn.h"

SJ_REACTIVE;

static char *held;
static size_t held_length;

static void hold(const struct sj_message *message)
{
    held = (char *)realloc(held, message->length + 1);
    if (!held)
        abort();
    memcpy(held, message->data, held_length = message->length);
}

static void make(const struct sj_message *message)
{
    char name[SJ_NAME_SIZE] = "";
    int code = sj_spawn("", message->subject, "", 0, 0, name, sizeof name);
    sj_reply(message, code ? sj_error_name(code) : "made", name, strlen(name));
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (strcmp(message.type, "make") == 0) {
        make(&message);
        return;
    }
    if (strcmp(message.type, "get") == 0) {
        sj_reply(&message, held ? "done" : "none", held, held_length);
        return;
    }
    if (strcmp(message.type, "put") == 0)
        hold(&message);
    else
        free(held), held = NULL, held_length = 0;
    sj_reply(&message, "done", "", 0);
}
