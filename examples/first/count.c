/* Counts, a line a second. The count is a plain variable: it is in the atom's memory, and goes where the atom goes.
 * Whoever calls it is told the count. */
#include "say.h"

SJ_DAEMON;

static void moved(const struct sj_place *from, const struct sj_place *to)
{
    text("-- moved from ");
    text(from->node);
    text(" to ");
    text(to->node);
    text("; the count came along");
    say();
}

/* Answers until it is time for the next line. */
static void answer_until(uint64_t next, unsigned long long count)
{
    static struct sj_message message;
    uint64_t now;
    while ((now = sj_now()) < next && !sj_receive(&message, (int64_t)(next - now))) {
        length = 0;
        number(count);
        if (message.call)
            sj_reply(&message, "count", line, length);
        length = 0;
    }
}

int main(void)
{
    struct sj_place before, here;
    uint64_t next = sj_now();
    if (sj_here(&before))
        return 1;
    for (unsigned long long count = 1;; count++) {
        if (!sj_here(&here) && here.moves != before.moves) {
            moved(&before, &here);
            before = here;
        }
        number(count);
        text(" on ");
        text(here.node);
        if (say())
            return 2;
        next += (uint64_t)SJ_SECOND;
        answer_until(next, count);
    }
}
