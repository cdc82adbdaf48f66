/* Takes what sensors measure, and says of each twenty readings of a sensor the least, the mean and the most. Readings are thousandths
 * of a degree. Nothing here knows of a broker: topics come as messages, and messages go out as topics. */
#include "sojourn.h"
#include <stdio.h>

SJ_ATOM_NAME("summary");
SJ_REACTIVE;
SJ_ALIAS("mqtt.in", "readings/+/temperature;qos=1");
SJ_ALIAS("mqtt.out", "summaries/+;qos=1");
SJ_ALIAS("mqtt.out", "complaints/+;qos=1");

enum { SENSORS = 64, NAME = 32, EACH = 20 };

static struct sensor {
    char name[NAME];
    long long whole, count, sum, least, most;
} sensors[SENSORS];

/* A sensor by its name, which may be new; NULL: there are too many. */
static struct sensor *sensor_of(const char *name)
{
    struct sensor *sensor = sensors;
    while (sensor < sensors + SENSORS && *sensor->name && strcmp(sensor->name, name))
        sensor++;
    if (sensor == sensors + SENSORS)
        return NULL;
    if (!*sensor->name)
        strcpy(sensor->name, name);
    return sensor;
}

/* Publishes; a gateway that is away for a moment is waited for. */
static void publish(const char *kind, const char *name, const char *text)
{
    char door[SJ_NAME_SIZE], topic[2 * NAME];
    snprintf(topic, sizeof topic, "%s/%s", kind, name);
    struct sj_draft draft = {.type = "mqtt.publish", .subject = topic, .data = text, .length = strlen(text)};
    int code = sj_find_any("door", "mqtt", door, sizeof door);
    if (!code)
        code = sj_send_draft(door, &draft, SJ_FOREVER, NULL);
    if (code)
        sj_log(SOJOURN_WARNING, sj_error_text(code));
}

static void summarize(struct sensor *sensor)
{
    char text[256];
    struct sj_place place = {0};
    sj_here(&place);
    snprintf(text, sizeof text, "{\"readings\":%lld,\"least\":%lld,\"mean\":%lld,\"most\":%lld,\"node\":\"%s\",\"moves\":%llu}",
             sensor->whole, sensor->least, sensor->sum / EACH, sensor->most, place.node,
             (unsigned long long)place.moves);
    publish("summaries", sensor->name, text);
    sensor->count = sensor->sum = 0;
}

static void take(const struct sj_message *message)
{
    char name[NAME] = "", *end;
    if (strncmp(message->type, "mqtt", 4) || sscanf(message->subject, "readings/%31[^/]/temperature", name) != 1)
        return;
    long long value = strtoll(message->data, &end, 10);
    struct sensor *sensor = end > message->data && !*end ? sensor_of(name) : NULL;
    if (!sensor) {
        publish("complaints", name, "that is no reading");
        return;
    }
    sensor->least = !sensor->count || value < sensor->least ? value : sensor->least;
    sensor->most = !sensor->count || value > sensor->most ? value : sensor->most;
    sensor->sum += value, sensor->count++, sensor->whole++;
    if (sensor->count == EACH)
        summarize(sensor);
}

SJ_HANDLE
{
    static struct sj_message message;
    while (!sj_receive(&message, SJ_NOW_ONLY))
        take(&message);
}
