/* Plays ball with another one: answers each numbered message with its own next one, and counts what was wrong. */
#include "../../sdk/conformance/c/answer.h"

SJ_ATOM_NAME("pair");
SJ_DAEMON;

static char other[SJ_NAME_SIZE];
static long long sent, came, wrong;
static int stopped;

static void throw(void)
{
    char number[32];
    int length = snprintf(number, sizeof number, "%lld", ++sent);
    struct sj_draft draft = {.type = "ball", .data = number, .length = (size_t)length};
    if (sj_send_draft(other, &draft, SJ_FOREVER, NULL))
        abort();
}

int main(void)
{
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER)) {
        if (is(&message, "ball")) {
            wrong += atoll(message.data) != ++came;
            snprintf(other, sizeof other, "%s", message.source);
            if (!stopped)
                throw();
            continue;
        }
        char text[96];
        if (is(&message, "begin")) {
            snprintf(other, sizeof other, "%s", message.subject);
            for (int balls = atoi(message.data); balls > 0; balls--)
                throw();
        } else if (is(&message, "stop"))
            stopped = 1;
        snprintf(text, sizeof text, "%lld %lld %lld", sent, came, wrong);
        answer(&message, 0, "told", text);
    }
    return 1;
}
