/* Has one connection that goes along with it. */
#include "answer.h"

SJ_ATOM_NAME("connector");
SJ_DAEMON;
SJ_GRANT_CONNECT("127.0.0.1:*");
SJ_GRANT_LISTEN("127.0.0.1:*");

static uint32_t connection = UINT32_MAX, listener = UINT32_MAX;

static void read_all(const struct sj_message *message)
{
    size_t wanted = strtoul(message->data, NULL, 10), length = 0, got = 1;
    char *text = malloc(wanted + 1);
    int code = text ? SOJOURN_OK : SOJOURN_NO_ROOM;
    while (!code && length < wanted && got) {
        code = sj_read(connection, text + length, wanted - length, PATIENCE, &got);
        length += code ? 0 : got;
    }
    if (text)
        text[length] = 0;
    answer(message, code, "read", text);
    free(text);
}

static void write_all(const struct sj_message *message)
{
    int code = sj_write(connection, message->data, message->length, PATIENCE);
    answer_number(message, code, "write", (long long)message->length);
}

int main(void)
{
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER))
        if (is(&message, "connect"))
            answer(&message, sj_connect(message.data, PATIENCE, &connection), "connect", "");
        else if (is(&message, "listen"))
            answer(&message, sj_listen(message.data, &listener), "listen", "");
        else if (is(&message, "accept"))
            answer(&message, sj_accept(listener, PATIENCE, &connection), "accept", "");
        else if (is(&message, "write"))
            write_all(&message);
        else if (is(&message, "read"))
            read_all(&message);
        else if (is(&message, "close"))
            answer(&message, sj_close(connection), "close", "");
        else
            answer_unknown(&message);
    return 1;
}
