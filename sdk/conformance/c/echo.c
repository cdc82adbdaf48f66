/* Answers with what came. */
#include "answer.h"

SJ_ATOM_NAME("echo");
SJ_REACTIVE;
SJ_ALIAS("sdk", "echo");
SJ_NEEDS_MEMORY("4MiB");

static void forward(const struct sj_message *message)
{
    struct sj_draft draft = {
        .type = "forwarded", .subject = message->subject, .content_type = message->content_type,
        .data = message->data, .length = message->length,
    };
    answer(message, sj_send_draft(message->subject, &draft, PATIENCE, NULL), "forward", "");
}

SJ_HANDLE
{
    static struct sj_message message;
    if (sj_receive(&message, SJ_NOW_ONLY))
        return;
    if (is(&message, "forward"))
        forward(&message);
    else if (message.call && !is(&message, "silent"))
        sj_reply_draft(&message, &(struct sj_draft){
            .type = message.type, .subject = message.subject, .content_type = message.content_type,
            .data = message.data, .length = message.length,
        });
}
