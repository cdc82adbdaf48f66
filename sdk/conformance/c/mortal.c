/* Ends when it is told to. */
#include "answer.h"

SJ_ATOM_NAME("mortal");
SJ_DAEMON;
SJ_RESTART("never");

int main(int count, char **arguments)
{
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER))
        if (is(&message, "argument"))
            answer(&message, 0, "argument", count > 1 ? arguments[1] : "");
        else if (is(&message, "exit")) {
            answer(&message, 0, "exit", "");
            sj_exit((uint32_t)strtoul(message.data, NULL, 10));
        } else
            answer_unknown(&message);
    return 1;
}
