/* Does what it is asked to, however wicked, and answers with the codes that it got. Its first argument may be `bomb`:
 * then it starts copies of itself without end; or `deaf`: then it never takes a message. */
#include "../../sdk/conformance/c/answer.h"

SJ_ATOM_NAME("wicked");
SJ_DAEMON;

enum { HUGE_BYTES = 1 << 20 };

static char text[4096];
static char huge[HUGE_BYTES + 1];

static void said(int code)
{
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length, "%s%s", length ? "," : "", sj_error_name(code));
}

static void told(const struct sj_message *message)
{
    answer(message, 0, "told", text);
    text[0] = 0;
}

static int spawn(const char *name, const char *argument, uint32_t flags)
{
    char born[SJ_NAME_SIZE];
    return sj_spawn("", name, argument, strlen(argument), flags, born, sizeof born);
}

static void bomb(void)
{
    for (;;)
        spawn("", "bomb", 0);
}

static void deaf(void)
{
    for (;;) {
        uint64_t future;
        sj_call("nobody/there", "", "", 0, -1, &future);
        struct sj_value value = {0};
        sj_kv_get("nothing", &value);
    }
}

/* Names and aliases that are none, each wherever a name is asked for. */
static void names(void)
{
    static const char *const wrong[] = {"", "a b", "../up", "/", "a/b/c", "\xff\xfe", ".", "x\n", huge};
    char found[SJ_NAME_SIZE];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (*wrong[i])
            said(spawn(wrong[i], "", 0));
        said(sj_alias_set(wrong[i], "x"));
        said(sj_alias_set("topic", wrong[i]));
        said(sj_send(wrong[i], "t", "", 0));
        said(sj_unwatch(wrong[i]));
        said(sj_spawn(*wrong[i] ? wrong[i] : "?", "", "", 0, 0, found, sizeof found));
    }
    said(sj_watch(huge));
}

/* Patterns that a backtracking engine never gets to the end of, and such that are none. */
static void patterns(void)
{
    static const char *const wicked[] = {
        "(a*)*b", "(a|aa)+b", "(a|a?)+b", "^(([a-z])+.)+[A-Z]([a-z])+b", "((a{9}){9}){9}b", "(.*)(.*)(.*)(.*)(.*)(.*)b",
        "((((a{50}){50}){50}){50}){50}", "(?=a)a", "(a)\\1", "((((((((((((((((((((a))))))))))))))))))))", "[", "(?P<n",
        "\\p{L}{250}", huge,
    };
    char alias[257];
    memset(alias, 'a', 256), alias[256] = 0;
    said(sj_alias_set("topic", alias));
    for (size_t i = 0; i < sizeof wicked / sizeof *wicked; i++) {
        char found[SJ_NAME_SIZE];
        said(sj_find_any("topic", wicked[i], found, sizeof found));
    }
}

/* Fills the way to somebody who takes nothing; how many went. */
static void flood(const struct sj_message *message, int interrupt)
{
    struct sj_draft draft = {.type = "flood", .data = huge, .length = strtoul(message->data, NULL, 10)};
    draft.interrupt = interrupt;
    long long sent = 0;
    int code;
    while (!(code = sj_send_draft(message->subject, &draft, SJ_NOW_ONLY, NULL)))
        sent++;
    snprintf(text, sizeof text, "%s %lld", sj_error_name(code), sent);
}

/* Sends so many messages, waiting for room. */
static void pour(const struct sj_message *message)
{
    struct sj_draft draft = {.type = "none", .data = huge, .length = HUGE_BYTES / 16};
    for (long left = strtol(message->data, NULL, 10); left > 0; left--)
        if (sj_send_draft(message->subject, &draft, SJ_FOREVER, NULL))
            abort();
    said(0);
}

/* Answers to calls that there are not, futures that there are not, and deadlines that make no sense. */
static void calls(const struct sj_message *message)
{
    struct sj_message wrong = *message, answered = {0};
    for (uint64_t call = 0; call < 3; call++) {
        wrong.call = call ? UINT64_MAX / call : 0;
        said(sj_reply(&wrong, "", "", 0));
    }
    said(sj_await(0, SJ_NOW_ONLY, &answered));
    said(sj_await(UINT64_MAX, SJ_FOREVER, &answered));
    said(sj_cancel(77));
    static const int64_t deadlines[] = {INT64_MAX, INT64_MAX - 1, INT64_MIN, -2, 1};
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        uint64_t future = 0;
        sojourn_raw_draft draft = {0};
        said(sojourn_raw_call(message->subject, sj_size_(message->subject), &draft, deadlines[i], deadlines[i], &future));
        said(sojourn_raw_call(message->subject, sj_size_(message->subject), &draft, 0, deadlines[i], &future));
        said(sj_await(future, SJ_NOW_ONLY, &answered));
        said(sj_cancel(future));
    }
}

/* Fills its own store. */
static void fill(void)
{
    char key[32];
    long long count = 0;
    int code;
    do
        snprintf(key, sizeof key, "key-%lld", count);
    while (!(code = sj_kv_put(key, huge, HUGE_BYTES, NULL)) && ++count);
    snprintf(text, sizeof text, "%lld,%s", count, sj_error_name(code));
    static char larger[HUGE_BYTES + 2];
    said(sj_kv_put("larger", larger, sizeof larger, NULL));
    memset(larger, 'k', sizeof larger - 1);
    said(sj_kv_put(larger, "", 0, NULL));
    said(sj_kv_put("key-0", "small", 5, NULL));
    said(sj_kv_put("key", "small", 5, NULL));
}

/* Watches without ever taking the words of ends. */
static void watch(const struct sj_message *message)
{
    long long count = 0;
    int code = 0;
    for (long left = strtol(message->data, NULL, 10); left > 0 && !code; left--, count++) {
        char name[64];
        snprintf(name, sizeof name, "nobody-%lld", count);
        code = sj_watch(name);
    }
    snprintf(text, sizeof text, "%lld,%s", count, sj_error_name(code));
}

static void interrupted(const struct sj_message *message, void *user)
{
    (void)message;
    ++*(long long *)user;
}

int main(int count, char **arguments)
{
    memset(huge, 'x', HUGE_BYTES);
    if (count > 1 && !strcmp(arguments[1], "bomb"))
        bomb();
    if (count > 1 && !strcmp(arguments[1], "deaf"))
        deaf();
    static long long interrupts;
    struct sj_message message = {0};
    while (!sj_receive(&message, SJ_FOREVER)) {
        if (is(&message, "bomb"))
            said(spawn("", "bomb", 0));
        else if (is(&message, "names"))
            names();
        else if (is(&message, "patterns"))
            patterns();
        else if (is(&message, "flood"))
            flood(&message, 0);
        else if (is(&message, "storm"))
            flood(&message, 1);
        else if (is(&message, "pour"))
            pour(&message);
        else if (is(&message, "calls"))
            calls(&message);
        else if (is(&message, "fill"))
            fill();
        else if (is(&message, "watch"))
            watch(&message);
        else if (is(&message, "listen"))
            said(sj_on_interrupt(interrupted, &interrupts, 0));
        else if (is(&message, "heard"))
            snprintf(text, sizeof text, "%lld", interrupts);
        else
            continue;
        told(&message);
    }
    return 1;
}
