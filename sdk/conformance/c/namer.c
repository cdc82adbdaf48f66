/* Has names, finds others by theirs, and knows where it is. */
#include "answer.h"

SJ_ATOM_NAME("namer");
SJ_REACTIVE;
SJ_ALIAS("sdk", "namer");
SJ_ALIAS("born", "named");
SJ_OBJECTIVE("latency");

static struct record published;

static void find_any(const struct sj_message *message)
{
    char name[SJ_NAME_SIZE];
    int code = sj_find_any(message->subject, message->data, name, sizeof name);
    answer(message, code, "any", name);
}

static void find_all(const struct sj_message *message)
{
    struct sj_list names = {0};
    int code = sj_find_all(message->subject, message->data, &names);
    answer_list(message, code, "all", &names);
}

static void publish(const struct sj_message *message)
{
    struct sj_draft draft = {
        .type = "published", .subject = message->subject, .data = message->data, .length = message->length,
    };
    size_t sent;
    int code = sj_publish(message->subject, &draft, &sent);
    answer_number(message, code, "publish", (long long)sent);
}

static void stay(const struct sj_message *message)
{
    int code = sj_stay(strtoull(message->data, NULL, 10));
    answer(message, code ? code : sj_wander(), "stay", "");
}

static void place(const struct sj_message *message)
{
    struct sj_place here;
    char name[SJ_NAME_SIZE];
    if (is(message, "self"))
        answer(message, sj_self(name, sizeof name), "self", name);
    else if (is(message, "here"))
        answer(message, sj_here(&here), "here", here.node);
    else if (is(message, "moves")) {
        int code = sj_here(&here);
        answer_number(message, code, "moves", code ? 0 : (long long)here.moves);
    } else if (is(message, "log"))
        answer(message, sj_log(SOJOURN_INFO, message->data), "log", "");
    else if (is(message, "stay"))
        stay(message);
    else
        answer_unknown(message);
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (is(&message, "set"))
        answer(&message, sj_alias_set(message.subject, message.data), "set", "");
    else if (is(&message, "clear"))
        answer(&message, sj_alias_clear(message.subject, message.data), "clear", "");
    else if (is(&message, "any"))
        find_any(&message);
    else if (is(&message, "all"))
        find_all(&message);
    else if (is(&message, "publish"))
        publish(&message);
    else if (is(&message, "published") && message.call)
        answer(&message, 0, "published", record_text(&published));
    else if (is(&message, "published"))
        record_add(&published, message.data, "");
    else
        place(&message);
}
