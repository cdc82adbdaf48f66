/* What comes by MQTT under `in` goes out again under `out`, with its topic's rest; calls are answered. */
#include "sojourn.h"
#include <stdio.h>
#include <unistd.h>

SJ_ATOM_NAME("relay");
SJ_ALIAS("mqtt.in", "in/#;qos=2");
SJ_ALIAS("mqtt.out", "out/0/#;qos=0");
SJ_ALIAS("mqtt.out", "out/1/#;qos=1");
SJ_ALIAS("mqtt.out", "out/2/#;qos=2");
SJ_REACTIVE;

static long long came;
static char door[160], topic[1024];

/* Waits for the door, which may have gone and come back with another name. */
static void find(void)
{
    while (sj_find_any("door", "mqtt", door, sizeof door))
        usleep(10000);
}

static void publish(const struct sj_draft *draft)
{
    while (!*door || sj_send_draft(door, draft, SJ_FOREVER, NULL))
        find();
}

/* Until the door says that the broker has it. */
static void publish_surely(const struct sj_draft *draft)
{
    static struct sj_message answer;
    uint64_t future;
    for (;;) {
        if (!*door)
            find();
        if (sj_call_draft(door, draft, SJ_SECOND, &future) == 0 && sj_await(future, SJ_FOREVER, &answer) == 0 &&
            strcmp(answer.type, "mqtt.published") == 0)
            return;
        *door = 0;
        usleep(10000);
    }
}

static void take(const struct sj_message *message)
{
    if (strncmp(message->type, "mqtt", 4) == 0) {
        came++;
        const char *rest = strchr(message->subject, '/');
        snprintf(topic, sizeof topic, "out%s", rest ? rest : "");
        struct sj_draft draft = {.type = strcmp(message->type, "mqtt.retained") ? "mqtt.publish" : "mqtt.retain",
                                 .subject = topic,
                                 .content_type = message->content_type,
                                 .data = message->data,
                                 .length = message->length};
        if (message->call)
            publish_surely(&draft);
        else
            publish(&draft);
    }
    char text[32];
    int length = snprintf(text, sizeof text, "%lld", came);
    if (message->call)
        sj_reply(message, "came", text, (size_t)length);
}

SJ_HANDLE
{
    static struct sj_message message;
    /* All that is there, so that it is not put to rest after each. */
    while (sj_receive(&message, SJ_NOW_ONLY) == 0)
        take(&message);
}
