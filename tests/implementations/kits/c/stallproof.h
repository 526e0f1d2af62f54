/* A kit for harnesses in C: everything but the transport, in one header.
 *
 * The stall it helps to find: a peer stops reading, and whoever shares the connection waits. Your
 * transport is judged for that by a program around it, a harness, and most of a harness is always
 * the same. It is here.
 *
 * The intuition: you fill a `struct sp_implementation` with functions, and `sp_main` does the rest.
 * It speaks the protocol on standard input and output, connects, reads requests, and says events. A
 * transport that never waits lives in one poll, on either clock. One that blocks is run on threads.
 *
 * The use: in one file of your program, before any other header,
 *
 *     #define STALLPROOF_IMPLEMENTATION
 *     #include "stallproof.h"
 *     int main(int count, char **arguments) { return sp_main(count, arguments, &mine); }
 *
 * and in all others without the first line. `blocking.c` and `smallest.c` are examples, and
 * docs/tutorial-c.md takes you through both. Build: cc -std=c11 -pthread -o PROGRAM FILE.c
 *
 * The complication: in virtual time (spec/virtual.md) the oracle moves the clock and plays the
 * transport. So ask `sp_now` for the time, and write by `sp_write_virtual` on a virtual connection.
 * With `--tap` the program plays vectors (spec/vectors) against itself, with no oracle at all.
 *
 * Spec: spec/protocol.md, spec/virtual.md, spec/vectors/README.md.
 */

#ifndef STALLPROOF_H
#define STALLPROOF_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__GLIBC__) && !defined(__USE_XOPEN2K8)
#error "include stallproof.h before any other header, or define _POSIX_C_SOURCE as 200809L"
#endif

typedef int64_t sp_us; /* Microseconds. */
#define SP_NEVER INT64_MAX

/* --- JSON: where things are in a text that was found to be JSON ------------------------------- */

#define SP_FIELDS_MAX 32
#define SP_WHOLE_MAX (INT64_C(1) << 53) /* Far enough from where sums of times overflow. */
#define SP_REQUIRED INT64_MIN

struct sp_json {
    const char *at; /* NULL: there is none. */
    size_t bytes;
};

struct sp_fields {
    int count;
    struct {
        struct sp_json name, value; /* `name` without its quotes. */
    } of[SP_FIELDS_MAX];
};

/* What is asked: its fields, its id, and the first field that makes no sense. */
struct sp_request {
    struct sp_fields fields;
    int64_t id;
    const char *bad;
};

/* Return the value of a field; none where it is missing or null. */
struct sp_json sp_field(const struct sp_fields *fields, const char *name);
/* Return a whole number from `least` on, or `normal` where it is missing; note one that is bad. */
int64_t sp_whole(struct sp_request *request, const char *name, int64_t normal, int64_t least);
/* Return a text of this request, or `normal` where it is missing; note one that is bad. */
const char *sp_text(struct sp_request *request, const char *name, const char *normal);
/* Tell whether `json` is an integer, and put it into `value`, as near as that can be. */
bool sp_is_integer(struct sp_json json, int64_t *value);
/* Tell whether `json` is exactly these characters. */
bool sp_is_word(struct sp_json json, const char *word);
/* Put the next value of a list into `value`, NULL in `*at` for the first; false at its end. */
bool sp_next(struct sp_json list, const char **at, struct sp_json *value);
/* Return the text that `json` is, NULL if it is none; it lasts for this request. */
const char *sp_text_of(struct sp_json json);

/* --- what is asked of an implementation ------------------------------------------------------- */

enum sp_answer { SP_ANSWERED, SP_LATER, SP_UNSUPPORTED, SP_REFUSED, SP_FAILED };

/* How a send ends (SD-7, SD-10). None but SP_OK is an error number: those of Linux end at 4095. */
enum sp_outcome { SP_OK, SP_TIMEOUT = 4096, SP_CLOSED, SP_ERROR, SP_SUPPRESSED };

/* The knobs in force, times in microseconds; the switch is 0 or 1. */
struct sp_policy {
    int64_t send_timeout, stall_timeout, close_stalled, checks_max, heartbeat_interval;
    int64_t progress_timeout, check_interval, ack_wait, window, chunk;
};
extern struct sp_policy sp_policy;

/* A connection. `mine` is yours, and so is `fd` once you have it: set it to -1 when you close it. */
struct sp_conn {
    struct sp_conn *next;
    char *name;
    int fd; /* A connected socket that blocks; -1: there is none, as in virtual time. */
    bool heartbeats;
    void *mine;
    int64_t received_frames;
    bool closing; /* `sp_closing` was called. */
    bool opening;
    int64_t open_id;
    sp_us open_until;
    bool accepts; /* While it opens, `fd` is the socket that listens. */
    int64_t lowest;
    /* The virtual transport: */
    int64_t room; /* INT64_MAX: always everything. */
    sp_us late;
    bool failing;
    int failure; /* An error number; 0: a write that returns 0. */
};

struct sp_send {
    int64_t number, size_bytes, repeat;
};

struct sp_stream {
    int64_t number, total_bytes, pause_count;
    const int64_t *pauses; /* They last for this request. */
    sp_us start_after;
};

struct sp_ack {
    const char *offset; /* As it came: JSON. */
    size_t offset_bytes;
    bool is_integer;
    int64_t value;              /* INT64_MAX stands for all that is greater. */
    const char *origin, *error; /* NULL: none. */
};

/* A pure machine: write the fields of its decision with `sp_also`; tell whether the input can be. */
struct sp_machine {
    const char *name;
    bool (*decide)(struct sp_request *input);
};

/* Your transport. What is NULL it does not have: such a request is answered `unsupported`.
 *
 * There are two kinds. One that blocks has `deliver`, which is called on a thread of its own, and so
 * is `close`. One that never waits has `send`, and the functions that follow `close`. */
struct sp_implementation {
    const char *name, *version;
    const char *features; /* Words of spec/protocol.md, with a space between them. */
    const char *knobs;    /* Names of knobs, likewise; NULL: all that `struct sp_policy` has. */
    const char *frames;   /* The layout of frames, as JSON: SP_PREFIXED, say. */
    const char *notes;    /* A list of texts, as JSON, or NULL. */
    const char *monitor_form;
    int64_t monitor_slack_us;
    const struct sp_machine *machines; /* The last one has no name. NULL: none. */

    /* Take a new connection; 0, or an error number. */
    int (*open)(struct sp_conn *conn);
    /* Send one frame and wait for its end; 0, an error number, or an outcome: SP_SUPPRESSED where
     * this side is closing. */
    int (*deliver)(struct sp_conn *conn, const uint8_t *payload, size_t bytes);
    /* Close it, and say so with `sp_closing` and `sp_closed`. */
    void (*close)(struct sp_conn *conn);

    /* Begin to send; say `send_started` and `send_ended` (and `lock_taken`, `written`). */
    void (*send)(struct sp_conn *conn, const struct sp_send *asked);
    enum sp_answer (*give_up)(struct sp_conn *conn, int64_t send);
    /* What poll shall look for: POLLIN, POLLOUT (it waits for room), or 0. */
    short (*wants)(const struct sp_conn *conn);
    /* It is there: to be read, or that there may be room. */
    void (*on_events)(struct sp_conn *conn, short events);
    /* When is something due without anybody's doing? SP_NEVER: not at all. */
    sp_us (*next_due)(void);
    /* Do what is due and what can go on without waiting; tell whether there is more of it. */
    bool (*run)(void);
    /* Forget everything: a new case begins. Connections are freed after this. */
    void (*begin_anew)(void);
    /* A frame arrives now, in virtual time. */
    void (*arrive)(struct sp_conn *conn);
    enum sp_answer (*stream)(struct sp_conn *conn, const struct sp_stream *asked);
    enum sp_answer (*ack)(struct sp_conn *conn, int64_t stream, const struct sp_ack *ack);
    enum sp_answer (*cancel)(struct sp_conn *conn, int64_t stream);
    void (*check)(void);            /* One pass of the monitor, now. */
    void (*monitor)(sp_us period);  /* Run it by itself; 0: stop. */
};

/* Four bytes of length before each payload, and nothing else. */
#define SP_PREFIXED                                                                                \
    "{\"prefix_bytes\":4,\"length\":{\"at\":0,\"bytes\":4,\"counts_prefix\":false}}"

/* Run the harness, or what the arguments ask for; return the exit code. */
int sp_main(int count, char **arguments, const struct sp_implementation *implementation);

/* --- what an implementation calls ------------------------------------------------------------- */

/* The clock in force: CLOCK_MONOTONIC, or virtual time. Nothing else may decide anything. */
sp_us sp_now(void);
bool sp_is_virtual(void);
/* The wall clock as this process sees it: for people, never for decisions. */
sp_us sp_wall_clock(void);
extern sp_us sp_wall_jumped_us;

/* Write an event: begin it (`conn` may be NULL), add fields, and end it. Any thread may. */
void sp_say(const char *event, sp_us at, const struct sp_conn *conn);
void sp_also(const char *name, int64_t value);
void sp_also_text(const char *name, const char *text);
void sp_also_json(const char *name, const char *json, size_t bytes);
void sp_said(void);

/* Say that the closing begins, that it is done, and how a send ended. */
void sp_closing(struct sp_conn *conn, const char *cause);
void sp_closed(struct sp_conn *conn);
void sp_begin_send_ended(const struct sp_conn *conn, int64_t send, enum sp_outcome outcome);
/* Say that a frame came in, and count it; return when that was. */
sp_us sp_received(struct sp_conn *conn, const char *kind);

/* Return the outcome that an error number means; an outcome means itself. */
enum sp_outcome sp_outcome_of(int error);
/* Keep why a request is not carried out, and return `kind`. */
enum sp_answer sp_no(enum sp_answer kind, const char *format, ...);
/* Put a part of a payload into `at`: blocks of eight bytes that name their sender and their place. */
void sp_payload(int64_t whose, int64_t from, uint8_t *at, int64_t bytes);
#define SP_STREAM_MARK (INT64_C(1) << 31) /* `whose` of a stream: this, plus its number. */

/* Write at most `left` bytes to the virtual transport, as write(2) would to a socket. */
int64_t sp_write_virtual(struct sp_conn *conn, int64_t left);
bool sp_has_room(const struct sp_conn *conn);

/* Memory that is there and zero, or the program ends with status 3. */
void *sp_made(size_t bytes);

#endif /* STALLPROOF_H */

#ifdef STALLPROOF_IMPLEMENTATION

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <strings.h>
#include <sys/un.h>
#include <time.h>

static void *sp_checked(void *memory)
{
    if (memory == NULL) {
        fputs("stallproof.h: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

void *sp_made(size_t bytes) { return sp_checked(calloc(1, bytes > 0 ? bytes : 1)); }

static char *sp_copied(const char *text, size_t bytes)
{
    char *copy = sp_made(bytes + 1);
    memcpy(copy, text, bytes);
    return copy;
}

static const struct sp_implementation *sp_judged;

/* Tell whether `word` stands in `list`, where words have a space between them. */
static bool sp_lists(const char *list, const char *word, size_t bytes)
{
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (length == bytes && memcmp(at, word, bytes) == 0)
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

static bool sp_has_feature(const char *name)
{
    return sp_lists(sp_judged->features, name, strlen(name));
}

/* --- output: lines for the oracle, kept until its pipe has room ------------------------------- */

#define SP_PIPE_BYTES 4096 /* A pipe that polls writable takes so much without blocking. */

static struct sp_buffer {
    char *bytes;
    size_t count, capacity;
} sp_out, sp_answer, sp_decision;        /* `sp_answer`: fields of a reply not written yet. */
static struct sp_buffer *sp_sink = &sp_out; /* Where `sp_put` writes. */

/* Who writes holds this, from the first letter of a line to its last. */
static pthread_mutex_t sp_writing = PTHREAD_MUTEX_INITIALIZER;
static pthread_t sp_reader;                 /* The thread that reads, and writes to the pipe. */
static int sp_wakes[2] = {-1, -1};          /* How another thread wakes it. */
static int sp_lines = STDOUT_FILENO;        /* Where lines for the oracle go. */

static void sp_begin(struct sp_buffer *buffer)
{
    pthread_mutex_lock(&sp_writing);
    sp_sink = buffer;
}

static void sp_end(void)
{
    sp_sink = &sp_out;
    pthread_mutex_unlock(&sp_writing);
    if (sp_wakes[1] >= 0 && !pthread_equal(pthread_self(), sp_reader)) {
        ssize_t woken = write(sp_wakes[1], "", 1);
        (void)woken; /* A full pipe wakes as well. */
    }
}

static void sp_put(const char *text, size_t bytes)
{
    if (bytes == 0)
        return;
    if (sp_sink->count + bytes > sp_sink->capacity) {
        sp_sink->capacity = 2 * (sp_sink->count + bytes);
        sp_sink->bytes = sp_checked(realloc(sp_sink->bytes, sp_sink->capacity));
    }
    memcpy(sp_sink->bytes + sp_sink->count, text, bytes);
    sp_sink->count += bytes;
}

static void sp_putf(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int bytes = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    sp_put(text, bytes < (int)sizeof text ? (size_t)bytes : sizeof text - 1);
}

static void sp_put_string(const char *text) { sp_put(text, strlen(text)); }

/* Write `text` as a JSON string; what stands in it beyond ASCII is UTF-8 already. */
static void sp_put_text(const char *text)
{
    sp_put("\"", 1);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            sp_putf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            sp_putf("\\u%04x", *text);
        else
            sp_put(text, 1);
    }
    sp_put("\"", 1);
}

/* Write a list of words as the strings of a JSON array. */
static void sp_put_words(const char *list)
{
    sp_put("[", 1);
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, " ");
        if (length > 0)
            sp_putf("%s\"%.*s\"", at > list ? "," : "", (int)length, at);
        at += length + (at[length] == ' ');
    }
    sp_put("]", 1);
}

void sp_also(const char *name, int64_t value) { sp_putf(",\"%s\":%" PRId64, name, value); }

void sp_also_text(const char *name, const char *text)
{
    sp_putf(",\"%s\":", name);
    sp_put_text(text);
}

void sp_also_json(const char *name, const char *json, size_t bytes)
{
    sp_putf(",\"%s\":", name);
    sp_put(json, bytes);
}

void sp_say(const char *event, sp_us at, const struct sp_conn *conn)
{
    sp_begin(&sp_out);
    sp_putf("{\"event\":\"%s\",\"at_us\":%" PRId64, event, at);
    if (conn != NULL)
        sp_also_text("conn", conn->name);
}

void sp_said(void)
{
    sp_put("}\n", 2);
    sp_end();
}

/* Write what standard output takes at once. */
static void sp_flush(void)
{
    struct pollfd polled = {sp_lines, POLLOUT, 0};
    size_t begin = 0;
    pthread_mutex_lock(&sp_writing);
    while (begin < sp_out.count && poll(&polled, 1, 0) > 0) {
        size_t left = sp_out.count - begin;
        size_t bytes = left < SP_PIPE_BYTES ? left : SP_PIPE_BYTES;
        ssize_t wrote = write(sp_lines, sp_out.bytes + begin, bytes);
        if (wrote < 0 && errno != EINTR && errno != EAGAIN)
            _exit(0); /* Nobody listens any more. */
        if (wrote > 0)
            begin += (size_t)wrote;
    }
    sp_out.count -= begin;
    if (begin > 0)
        memmove(sp_out.bytes, sp_out.bytes + begin, sp_out.count);
    pthread_mutex_unlock(&sp_writing);
}

/* --- the clock -------------------------------------------------------------------------------- */

static sp_us sp_virtual_us;
static bool sp_lives_virtually;
sp_us sp_wall_jumped_us;

static sp_us sp_read_clock(clockid_t clock)
{
    struct timespec read;
    clock_gettime(clock, &read);
    return (sp_us)read.tv_sec * 1000000 + read.tv_nsec / 1000;
}

bool sp_is_virtual(void) { return sp_lives_virtually; }

sp_us sp_now(void)
{
    return sp_lives_virtually ? sp_virtual_us : sp_read_clock(CLOCK_MONOTONIC);
}

sp_us sp_wall_clock(void)
{
    return (sp_lives_virtually ? sp_virtual_us : sp_read_clock(CLOCK_REALTIME)) + sp_wall_jumped_us;
}

/* --- the policy: the knobs in force ----------------------------------------------------------- */

struct sp_policy sp_policy;

enum sp_knob_kind { SP_SECONDS, SP_WHOLE_SECONDS, SP_NUMBER, SP_SWITCH };
#define SP_MIB (1024 * 1024)
#define SP_ANY INT64_MIN

static const struct sp_knob {
    const char *name;
    int64_t *value;
    enum sp_knob_kind kind;
    int64_t normal;
    int64_t clamp; /* A smaller value becomes this one; SP_ANY: it is refused below 1. */
} sp_knobs[] = {
    {"streaming_send_timeout", &sp_policy.send_timeout, SP_SECONDS, 30000000, SP_ANY},
    {"streaming_ack_progress_timeout", &sp_policy.progress_timeout, SP_SECONDS, 60000000, SP_ANY},
    {"streaming_ack_progress_check_interval", &sp_policy.check_interval, SP_SECONDS, 5000000,
     10000},
    {"sfm_send_stall_timeout", &sp_policy.stall_timeout, SP_SECONDS, 45000000, SP_ANY},
    {"sfm_close_stalled_connection", &sp_policy.close_stalled, SP_SWITCH, 0, SP_ANY},
    {"sfm_send_stall_consecutive_checks", &sp_policy.checks_max, SP_NUMBER, 3, 1},
    {"streaming_ack_wait", &sp_policy.ack_wait, SP_WHOLE_SECONDS, 300000000, SP_ANY},
    {"streaming_window_size", &sp_policy.window, SP_NUMBER, 16 * SP_MIB, SP_ANY},
    {"streaming_chunk_size", &sp_policy.chunk, SP_NUMBER, SP_MIB, SP_ANY},
    {"heartbeat_interval", &sp_policy.heartbeat_interval, SP_WHOLE_SECONDS, 60000000, SP_ANY},
};
#define SP_KNOBS (sizeof sp_knobs / sizeof *sp_knobs)

static bool sp_has_knob(const struct sp_knob *knob)
{
    return sp_judged->knobs == NULL || sp_lists(sp_judged->knobs, knob->name, strlen(knob->name));
}

/* --- JSON: one pass that finds where things are, and what reads them -------------------------- */

#define SP_LINE_MAX_BYTES (1024 * 1024)
#define SP_DEPTH_MAX 64

static const char *sp_past_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

static bool sp_is_digit(char c) { return c >= '0' && c <= '9'; }

static int sp_hex_of(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
        char c = *at | 0x20;
        if (!sp_is_digit(*at) && !(c >= 'a' && c <= 'f'))
            return -1;
        value = value * 16 + (sp_is_digit(*at) ? *at - '0' : c - 'a' + 10);
    }
    return value;
}

/* Return what follows the string at `at`, NULL if it is none. Text with a NUL is not for C. */
static const char *sp_past_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at == '\\') {
            at++;
            if (*at == 'u' ? sp_hex_of(at + 1) <= 0 : *at == '\0' || !strchr("\"\\/bfnrt", *at))
                return NULL;
        }
    }
    return at + 1;
}

static const char *sp_past_number(const char *at)
{
    at += *at == '-';
    if (!sp_is_digit(*at))
        return NULL;
    if (*at == '0' && sp_is_digit(at[1]))
        return NULL;
    while (sp_is_digit(*at))
        at++;
    if (*at == '.') {
        if (!sp_is_digit(*++at))
            return NULL;
        while (sp_is_digit(*at))
            at++;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (!sp_is_digit(*at))
            return NULL;
        while (sp_is_digit(*at))
            at++;
    }
    return at;
}

/* Return what follows the value at `at`, NULL if it is none. The text ends with a NUL. */
static const char *sp_past_value(const char *at, int depth)
{
    char close = *at == '{' ? '}' : ']';
    if (*at == '"')
        return sp_past_string(at);
    if (strncmp(at, "true", 4) == 0 || strncmp(at, "null", 4) == 0)
        return at + 4;
    if (strncmp(at, "false", 5) == 0)
        return at + 5;
    if (*at != '{' && *at != '[')
        return sp_past_number(at);
    if (depth == 0)
        return NULL;
    at = sp_past_blanks(at + 1);
    if (*at == close)
        return at + 1;
    for (;;) {
        if (close == '}') {
            at = sp_past_string(at);
            if (at == NULL || *(at = sp_past_blanks(at)) != ':')
                return NULL;
            at = sp_past_blanks(at + 1);
        }
        at = sp_past_value(at, depth - 1);
        if (at == NULL)
            return NULL;
        at = sp_past_blanks(at);
        if (*at == close)
            return at + 1;
        if (*at != ',')
            return NULL;
        at = sp_past_blanks(at + 1);
    }
}

/* Find the fields of the object at `at`, which is known to be JSON; tell whether it is one. */
static bool sp_read_fields(const char *at, struct sp_fields *fields)
{
    fields->count = 0;
    if (*at != '{')
        return false;
    for (at = sp_past_blanks(at + 1); *at != '}';) {
        const char *name_end = sp_past_string(at), *value, *end;
        value = sp_past_blanks(sp_past_blanks(name_end) + 1);
        end = sp_past_value(value, SP_DEPTH_MAX);
        if (fields->count == SP_FIELDS_MAX || end == NULL)
            return false;
        fields->of[fields->count].name = (struct sp_json){at + 1, (size_t)(name_end - at - 2)};
        fields->of[fields->count++].value = (struct sp_json){value, (size_t)(end - value)};
        at = sp_past_blanks(end);
        if (*at == ',')
            at = sp_past_blanks(at + 1);
    }
    return true;
}

bool sp_is_word(struct sp_json json, const char *word)
{
    return json.at != NULL && json.bytes == strlen(word) && memcmp(json.at, word, json.bytes) == 0;
}

struct sp_json sp_field(const struct sp_fields *fields, const char *name)
{
    for (int i = 0; i < fields->count; i++)
        if (sp_is_word(fields->of[i].name, name) && !sp_is_word(fields->of[i].value, "null"))
            return fields->of[i].value;
    return (struct sp_json){NULL, 0};
}

bool sp_is_integer(struct sp_json json, int64_t *value)
{
    if (json.at == NULL || json.bytes == 0 || (*json.at != '-' && !sp_is_digit(*json.at)))
        return false;
    for (size_t i = 1; i < json.bytes; i++)
        if (!sp_is_digit(json.at[i]))
            return false;
    errno = 0;
    *value = strtoll(json.at, NULL, 10); /* It keeps to the ends of its range. */
    return true;
}

static char sp_texts[SP_LINE_MAX_BYTES + 1]; /* The texts of the request at hand, decoded. */
static size_t sp_texts_bytes;

static void sp_put_character(int code)
{
    if (code < 0x80) {
        sp_texts[sp_texts_bytes++] = (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    sp_texts[sp_texts_bytes++] = (char)((0xf0 << (3 - more) & 0xff) | code >> 6 * more);
    while (more-- > 0)
        sp_texts[sp_texts_bytes++] = (char)(0x80 | (code >> 6 * more & 0x3f));
}

/* Decode what follows a backslash; return what follows it. A lone surrogate is no character. */
static const char *sp_put_escaped(const char *at)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, *at);
    if (*at != 'u') {
        sp_put_character(letter != NULL ? meant[letter - letters] : *at);
        return at + 1;
    }
    int code = sp_hex_of(at + 1), low = at[5] == '\\' && at[6] == 'u' ? sp_hex_of(at + 7) : -1;
    at += 5;
    if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        sp_put_character(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        return at + 6;
    }
    sp_put_character(code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return at;
}

const char *sp_text_of(struct sp_json json)
{
    if (json.at == NULL || *json.at != '"')
        return NULL;
    if (json.bytes > sizeof sp_texts - sp_texts_bytes)
        return NULL; /* Who decodes a text again and again runs out of room. */
    const char *text = sp_texts + sp_texts_bytes, *at = json.at + 1;
    while (*at != '"') {
        if (*at == '\\')
            at = sp_put_escaped(at + 1);
        else
            sp_texts[sp_texts_bytes++] = *at++;
    }
    sp_texts[sp_texts_bytes++] = '\0';
    return text;
}

/* Tell whether `at` is UTF-8 up to its NUL. */
static bool sp_is_utf8(const char *at)
{
    for (const unsigned char *byte = (const unsigned char *)at; *byte != '\0';) {
        int more = *byte < 0x80 ? 0 : *byte < 0xe0 ? 1 : *byte < 0xf0 ? 2 : 3;
        unsigned code = more == 0 ? *byte : *byte & (0x3fu >> more);
        if ((*byte >= 0x80 && *byte < 0xc2) || *byte > 0xf4)
            return false;
        byte++;
        for (int i = 0; i < more; i++, byte++) {
            if ((*byte & 0xc0) != 0x80)
                return false;
            code = code << 6 | (*byte & 0x3f);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000))
            return false;
        if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
            return false;
    }
    return true;
}

static const char *const sp_allowed[] = {
    "seconds from 0.000001 to 1000000", "whole seconds from 1 to 1000000",
    "an integer of at least 1", "true or false",
};

/* Put the value of a knob, in core units, into `value`; tell whether it is allowed. */
static bool sp_read_knob(const struct sp_knob *knob, struct sp_json json, int64_t *value)
{
    bool is_true = sp_is_word(json, "true");
    if (knob->kind == SP_SWITCH) {
        *value = is_true;
        return is_true || sp_is_word(json, "false");
    }
    if (*json.at != '-' && !sp_is_digit(*json.at))
        return false;
    double number = strtod(json.at, NULL);
    double most = knob->kind == SP_NUMBER ? 9007199254740991.0 : 1e6;
    if (!(number <= most))
        return false;
    double unit = knob->kind == SP_NUMBER ? 1 : 1e6;
    if (knob->clamp != SP_ANY && number * unit < (double)knob->clamp) {
        *value = knob->clamp;
        return knob->kind == SP_SECONDS || number < -1e15 || (double)(int64_t)number == number;
    }
    *value = number * unit < 1 ? 0 : (int64_t)(number * unit + 0.5);
    if (knob->kind != SP_SECONDS && (double)(int64_t)number != number)
        return false;
    return *value >= 1;
}

bool sp_next(struct sp_json list, const char **at, struct sp_json *value)
{
    if (list.at == NULL || *list.at != '[')
        return false;
    const char *begin = sp_past_blanks(*at == NULL ? list.at + 1 : *at);
    if (*begin == ']')
        return false;
    const char *end = sp_past_value(begin, SP_DEPTH_MAX);
    *value = (struct sp_json){begin, (size_t)(end - begin)};
    *at = sp_past_blanks(end);
    *at += **at == ',';
    return true;
}

/* --- answering -------------------------------------------------------------------------------- */

static char sp_message[300]; /* Why a request is not carried out. */

enum sp_answer sp_no(enum sp_answer kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sp_message, sizeof sp_message, format, arguments);
    va_end(arguments);
    return kind;
}

static void sp_reply(int64_t id, enum sp_answer kind)
{
    static const char *const names[] = {"", "", "unsupported", "refused", "failed"};
    sp_begin(&sp_out);
    sp_putf("{\"id\":%" PRId64 ",\"ok\":%s", id, kind == SP_ANSWERED ? "true" : "false");
    if (kind != SP_ANSWERED) {
        sp_also_text("error", names[kind]);
        sp_also_text("message", sp_message);
    }
    if (pthread_equal(pthread_self(), sp_reader)) {
        sp_put(sp_answer.bytes, sp_answer.count);
        sp_answer.count = 0;
    }
    sp_said();
}

int64_t sp_whole(struct sp_request *request, const char *name, int64_t normal, int64_t least)
{
    struct sp_json json = sp_field(&request->fields, name);
    int64_t value = normal;
    if (json.at == NULL)
        request->bad = normal == SP_REQUIRED ? name : request->bad;
    else if (!sp_is_integer(json, &value) || value < least || value > SP_WHOLE_MAX)
        request->bad = name;
    return value;
}

const char *sp_text(struct sp_request *request, const char *name, const char *normal)
{
    struct sp_json json = sp_field(&request->fields, name);
    const char *value = json.at == NULL ? normal : sp_text_of(json);
    if (value == NULL && (json.at != NULL || normal == NULL))
        request->bad = name;
    return value;
}

static enum sp_answer sp_bad(const struct sp_request *request)
{
    return sp_no(SP_FAILED, "the field %s is missing or makes no sense", request->bad);
}

/* --- what every transport says and sends ------------------------------------------------------ */

static const char *const sp_failures[] = {"timeout", "closed", "error", "suppressed"};

void sp_closing(struct sp_conn *conn, const char *cause)
{
    sp_say("closing", sp_now(), conn);
    conn->closing = true;
    sp_also_text("cause", cause);
    sp_said();
}

void sp_closed(struct sp_conn *conn)
{
    sp_say("closed", sp_now(), conn);
    sp_said();
}

void sp_begin_send_ended(const struct sp_conn *conn, int64_t send, enum sp_outcome outcome)
{
    sp_say("send_ended", sp_now(), conn);
    sp_also("send", send);
    sp_also_text("outcome", outcome == SP_OK ? "ok" : sp_failures[outcome - SP_TIMEOUT]);
    sp_putf(",\"raised\":%s", outcome == SP_OK || outcome == SP_SUPPRESSED ? "false" : "true");
}

sp_us sp_received(struct sp_conn *conn, const char *kind)
{
    sp_us at = sp_now();
    conn->received_frames++;
    sp_say("received", at, conn);
    sp_also_text("kind", kind);
    sp_said();
    return at;
}

/* The error table. */
enum sp_outcome sp_outcome_of(int error)
{
    if (error >= SP_TIMEOUT && error <= SP_SUPPRESSED)
        return (enum sp_outcome)error;
    switch (error) {
    case ETIMEDOUT:
        return SP_TIMEOUT;
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
    case ECONNABORTED:
    case EBADF:
    case ESHUTDOWN:
        return SP_CLOSED;
    default:
        return SP_ERROR;
    }
}

void sp_payload(int64_t whose, int64_t from, uint8_t *at, int64_t bytes)
{
    for (int64_t made = 0; made < bytes;) {
        uint64_t block = (uint64_t)whose << 32 | (uint32_t)((from + made) / 8);
        for (int64_t i = (from + made) % 8; i < 8 && made < bytes; i++)
            at[made++] = (uint8_t)(block >> (56 - 8 * i));
    }
}

/* --- connections ------------------------------------------------------------------------------ */

static struct sp_conn *sp_conns; /* In the order of their opening. */

static struct sp_conn *sp_new_conn(const char *name, bool heartbeats)
{
    struct sp_conn *conn = sp_made(sizeof *conn), **last = &sp_conns;
    conn->name = sp_copied(name, strlen(name));
    conn->heartbeats = heartbeats;
    conn->fd = -1;
    while (*last != NULL)
        last = &(*last)->next;
    *last = conn;
    return conn;
}

static void sp_free_conn(struct sp_conn *conn)
{
    struct sp_conn **place = &sp_conns;
    while (*place != conn)
        place = &(*place)->next;
    *place = conn->next;
    if (conn->fd >= 0)
        close(conn->fd);
    free(conn->name);
    free(conn);
}

static bool sp_is_closing(const struct sp_conn *conn)
{
    pthread_mutex_lock(&sp_writing);
    bool closing = conn->closing;
    pthread_mutex_unlock(&sp_writing);
    return closing;
}

static struct sp_conn *sp_find_conn(const char *name)
{
    struct sp_conn *found = NULL;
    for (struct sp_conn *conn = sp_conns; conn != NULL; conn = conn->next)
        if (strcmp(conn->name, name) == 0)
            found = conn; /* The last one of this name. */
    return found;
}

/* Return the connection that a request names; NULL, and it is bad, where there is none. */
static struct sp_conn *sp_conn_of(struct sp_request *request)
{
    const char *name = sp_text(request, "conn", NULL);
    struct sp_conn *conn = name == NULL ? NULL : sp_find_conn(name);
    if (conn != NULL && conn->opening)
        conn = NULL;
    if (conn == NULL)
        request->bad = "conn";
    return conn;
}

/* A new case begins: no connection, the default knobs, and virtual time is 0. */
static void sp_begin_anew(void)
{
    if (sp_judged->begin_anew != NULL)
        sp_judged->begin_anew();
    while (sp_conns != NULL)
        sp_free_conn(sp_conns);
    for (size_t i = 0; i < SP_KNOBS; i++)
        *sp_knobs[i].value = sp_knobs[i].normal;
    sp_virtual_us = sp_wall_jumped_us = 0;
}

/* --- everything that is due ------------------------------------------------------------------- */

/* Return the nearest moment at which something is due without anybody's doing. */
static sp_us sp_next_due(void)
{
    sp_us due = sp_judged->next_due != NULL ? sp_judged->next_due() : SP_NEVER;
    for (const struct sp_conn *conn = sp_conns; conn != NULL; conn = conn->next)
        if (conn->opening && conn->open_until < due)
            due = conn->open_until;
    return due;
}

static void sp_give_up_opening(struct sp_conn *conn, int error);

/* Do what is due and what can go on without waiting; tell whether there is more of it. */
static bool sp_run(void)
{
    for (struct sp_conn *conn = sp_conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        if (conn->opening && conn->open_until <= sp_now())
            sp_give_up_opening(conn, ETIMEDOUT);
    }
    bool more = sp_judged->run != NULL && sp_judged->run();
    return more || sp_next_due() <= sp_now();
}

/* Virtual time: let it stand at `to` at last, and all that is due till then happen in its order. */
static void sp_advance(sp_us to)
{
    for (sp_us due = sp_next_due(); due <= to; due = sp_next_due()) {
        if (due > sp_virtual_us)
            sp_virtual_us = due;
        while (sp_run()) {
        }
    }
    sp_virtual_us = to;
}

int64_t sp_write_virtual(struct sp_conn *conn, int64_t left)
{
    if (conn->failing) {
        conn->failing = false;
        errno = conn->failure;
        return conn->failure == 0 ? 0 : -1;
    }
    if (conn->room == 0) {
        errno = EAGAIN;
        return -1;
    }
    int64_t bytes = left < conn->room ? left : conn->room;
    if (conn->room != INT64_MAX)
        conn->room -= bytes;
    sp_virtual_us += conn->late; /* A write that returns late takes its time. */
    conn->late = 0;
    return bytes;
}

bool sp_has_room(const struct sp_conn *conn) { return conn->failing || conn->room > 0; }

static short sp_wants(const struct sp_conn *conn)
{
    return sp_judged->wants != NULL ? sp_judged->wants(conn) : 0;
}

static void sp_wake(struct sp_conn *conn, short events)
{
    if (sp_judged->on_events != NULL)
        sp_judged->on_events(conn, events);
}

/* --- connecting, and accepting: it never waits either ----------------------------------------- */

#define SP_OPEN_US 5000000
#define SP_SPARE_DESCRIPTORS 64

/* Move the socket to a descriptor of at least `lowest`; tell whether that worked. */
static bool sp_raise_descriptor(struct sp_conn *conn, int64_t lowest)
{
    struct rlimit limit;
    if (conn->fd >= lowest)
        return true;
    rlim_t needed = (rlim_t)lowest + SP_SPARE_DESCRIPTORS;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed) {
        limit.rlim_cur = needed < limit.rlim_max ? needed : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    int fd = lowest > INT32_MAX ? -1 : fcntl(conn->fd, F_DUPFD_CLOEXEC, (int)lowest);
    if (fd < 0)
        return false;
    close(conn->fd);
    conn->fd = fd;
    return true;
}

static void sp_give_up_opening(struct sp_conn *conn, int error)
{
    sp_no(SP_FAILED, "%s failed: %s", conn->accepts ? "accepting" : "connecting", strerror(error));
    sp_reply(conn->open_id, SP_FAILED);
    sp_free_conn(conn);
}

/* Hand the connection over, and answer. */
static void sp_hand_over(struct sp_conn *conn)
{
    int fd = conn->fd, error = sp_judged->open == NULL ? 0 : sp_judged->open(conn);
    if (error != 0) {
        sp_give_up_opening(conn, error);
        return;
    }
    conn->opening = false;
    sp_say("opened", sp_now(), conn);
    if (fd >= 0)
        sp_also("descriptor", fd);
    sp_said();
    sp_begin(&sp_answer);
    if (fd >= 0)
        sp_also("descriptor", fd);
    else
        sp_putf(",\"descriptor\":null");
    sp_end();
    sp_reply(conn->open_id, SP_ANSWERED);
}

/* Bind the socket to where the peer comes to, and listen. It is reserved, so that it takes REUSEADDR. */
static bool sp_listen(int fd, const struct sockaddr *address, socklen_t bytes)
{
    int one = 1;
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0
           && bind(fd, address, bytes) == 0 && listen(fd, 1) == 0;
}

/* Put the first who came in the place of the socket that listens; 0, or an error number. */
static int sp_take_first(struct sp_conn *conn)
{
    int one = 1, fd = accept(conn->fd, NULL, NULL);
    if (fd < 0)
        return errno;
    close(conn->fd);
    conn->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* It means nothing to others. */
    return sp_raise_descriptor(conn, conn->lowest) ? 0 : errno;
}

/* The connection is there, or never will be: poll says that the attempt is over. */
static void sp_finish_opening(struct sp_conn *conn)
{
    int error = conn->accepts ? sp_take_first(conn) : 0;
    socklen_t bytes = sizeof error;
    if (error == EAGAIN || error == EINTR || error == ECONNABORTED)
        return; /* Who came has left again. */
    if (error == 0 && getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) < 0)
        error = errno;
    if (error != 0) {
        sp_give_up_opening(conn, error);
        return;
    }
    fcntl(conn->fd, F_SETFL, fcntl(conn->fd, F_GETFL) & ~O_NONBLOCK);
    sp_hand_over(conn);
}

static bool sp_address_of(struct sp_request *request, bool unix_, struct sockaddr_storage *address,
                          socklen_t *bytes)
{
    memset(address, 0, sizeof *address);
    if (unix_) {
        struct sockaddr_un *path = (struct sockaddr_un *)address;
        const char *name = sp_text(request, "path", NULL);
        if (name == NULL || strlen(name) >= sizeof path->sun_path)
            return false;
        path->sun_family = AF_UNIX;
        strcpy(path->sun_path, name);
        *bytes = sizeof *path;
        return true;
    }
    struct sockaddr_in *place = (struct sockaddr_in *)address;
    const char *host = sp_text(request, "host", NULL);
    int64_t port = sp_whole(request, "port", SP_REQUIRED, 1);
    if (request->bad != NULL || port > 65535)
        return false;
    place->sin_family = AF_INET;
    place->sin_port = htons((uint16_t)port);
    *bytes = sizeof *place;
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1"; /* Names are not looked up: that could wait. */
    return inet_pton(AF_INET, host, &place->sin_addr) == 1;
}

static enum sp_answer sp_open_socket(struct sp_request *request, const char *name, bool heartbeats,
                                     bool unix_, bool accepts)
{
    struct sockaddr_storage address;
    socklen_t bytes;
    int64_t buffer = sp_whole(request, "send_buffer_bytes", 0, 0);
    int64_t lowest = sp_whole(request, "lowest_descriptor", 0, 0);
    if (request->bad != NULL)
        return sp_bad(request);
    if (lowest > 0 && !sp_has_feature("descriptor"))
        return sp_no(SP_UNSUPPORTED, "this implementation does not choose its descriptors");
    if (!sp_address_of(request, unix_, &address, &bytes))
        return sp_no(SP_FAILED, "the address is incomplete, too long or not numeric");
    struct sp_conn *conn = sp_new_conn(name, heartbeats);
    int one = 1, size = buffer < INT32_MAX ? (int)buffer : INT32_MAX;
    conn->opening = true;
    conn->open_id = request->id;
    conn->open_until = sp_now() + SP_OPEN_US;
    conn->accepts = accepts;
    conn->lowest = lowest;
    conn->fd = socket(unix_ ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    bool usable = conn->fd >= 0 && sp_raise_descriptor(conn, lowest);
    if (usable && !unix_)
        setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (usable && size > 0)
        setsockopt(conn->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (usable)
        fcntl(conn->fd, F_SETFL, fcntl(conn->fd, F_GETFL) | O_NONBLOCK);
    if (usable && accepts && sp_listen(conn->fd, (struct sockaddr *)&address, bytes))
        return SP_LATER;
    if (!usable || accepts || connect(conn->fd, (struct sockaddr *)&address, bytes) < 0) {
        if (!usable || errno != EINPROGRESS)
            sp_give_up_opening(conn, errno);
        return SP_LATER;
    }
    sp_finish_opening(conn);
    return SP_LATER;
}

static enum sp_answer sp_open_virtual(struct sp_request *request, const char *name, bool heartbeats)
{
    int64_t room = sp_whole(request, "room_bytes", INT64_MAX, 0);
    if (request->bad != NULL)
        return sp_bad(request);
    struct sp_conn *conn = sp_new_conn(name, heartbeats);
    conn->open_id = request->id;
    conn->room = room;
    sp_hand_over(conn);
    return SP_LATER;
}

/* --- a transport that blocks: each of its calls on a thread of its own ------------------------ */

struct sp_call {
    struct sp_conn *conn;
    struct sp_send send;
    int64_t id; /* Of the request that is answered when the call is over. */
};

static void *sp_deliver_all(void *argument)
{
    struct sp_call *call = argument;
    const struct sp_send *send = &call->send;
    uint8_t *payload = malloc(send->size_bytes > 0 ? (size_t)send->size_bytes : 1);
    int64_t completed = 0;
    sp_say("send_started", sp_now(), call->conn);
    sp_also("send", send->number);
    sp_said();
    int error = payload == NULL ? ENOMEM : 0;
    while (error == 0 && completed < send->repeat) {
        sp_payload(send->number + completed, 0, payload, send->size_bytes);
        error = sp_judged->deliver(call->conn, payload, (size_t)send->size_bytes);
        completed += error == 0;
    }
    sp_begin_send_ended(call->conn, send->number,
                        error == 0 ? SP_OK : error < 0 ? SP_SUPPRESSED : sp_outcome_of(error));
    sp_also("completed", completed);
    if (error > 0 && error < SP_TIMEOUT)
        sp_also_text("detail", strerror(error));
    sp_said();
    free(payload);
    free(call);
    return NULL;
}

static void *sp_close_beside(void *argument)
{
    struct sp_call *call = argument;
    sp_judged->close(call->conn);
    sp_reply(call->id, SP_ANSWERED);
    free(call);
    return NULL;
}

static enum sp_answer sp_beside(void *(*run)(void *), const struct sp_call *call)
{
    struct sp_call *copy = sp_made(sizeof *copy);
    pthread_attr_t detached;
    pthread_t thread;
    *copy = *call;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &detached, run, copy);
    pthread_attr_destroy(&detached);
    if (error != 0) {
        free(copy);
        return sp_no(SP_FAILED, "no thread: %s", strerror(error));
    }
    return SP_ANSWERED;
}

/* --- requests --------------------------------------------------------------------------------- */

static bool sp_stopped;

static enum sp_answer sp_has_none(const char *what)
{
    return sp_no(SP_UNSUPPORTED, "this implementation has no %s", what);
}

static enum sp_answer sp_hello(struct sp_request *request)
{
    const char *clock = sp_text(request, "clock", "real");
    if (sp_whole(request, "protocol", SP_REQUIRED, -SP_WHOLE_MAX) != 1)
        return sp_no(SP_UNSUPPORTED, "this harness speaks protocol 1");
    bool is_virtual = clock != NULL && strcmp(clock, "virtual") == 0;
    if (!is_virtual && (clock == NULL || strcmp(clock, "real") != 0))
        return sp_no(SP_UNSUPPORTED, "the clock is real or virtual");
    if (is_virtual && !sp_has_feature("virtual_time"))
        return sp_has_none("virtual time");
    bool again = sp_field(&request->fields, "clock").at == NULL && sp_conns != NULL;
    if (!again) {
        sp_lives_virtually = is_virtual;
        sp_begin_anew();
    }
    sp_begin(&sp_answer);
    sp_also_text("name", sp_judged->name);
    sp_also_text("version", sp_judged->version);
    sp_also_text("language", "c");
    sp_putf(",\"features\":");
    sp_put_words(sp_judged->features);
    sp_putf(",\"machines\":[");
    for (const struct sp_machine *each = sp_judged->machines; each && each->name; each++)
        sp_putf("%s\"%s\"", each == sp_judged->machines ? "" : ",", each->name);
    sp_putf("],\"frames\":");
    sp_put_string(sp_judged->frames != NULL ? sp_judged->frames : SP_PREFIXED);
    sp_putf(",\"clock\":{\"name\":\"monotonic\",\"resolution_us\":1,\"shared\":true}");
    if (sp_judged->monitor_form != NULL)
        sp_putf(",\"monitor\":{\"form\":\"%s\",\"slack_us\":%" PRId64 "}", sp_judged->monitor_form,
                sp_judged->monitor_slack_us);
    else
        sp_putf(",\"monitor\":null");
    sp_putf(",\"notes\":");
    sp_put_string(sp_judged->notes != NULL ? sp_judged->notes : "[]");
    sp_end();
    return SP_ANSWERED;
}

static void sp_answer_effective(void)
{
    int written = 0;
    sp_putf(",\"effective\":{");
    for (size_t i = 0; i < SP_KNOBS; i++) {
        int64_t value = *sp_knobs[i].value;
        if (!sp_has_knob(&sp_knobs[i]))
            continue;
        sp_putf("%s\"%s\":", written++ > 0 ? "," : "", sp_knobs[i].name);
        if (sp_knobs[i].kind == SP_SWITCH)
            sp_putf(value ? "true" : "false");
        else if (sp_knobs[i].kind == SP_NUMBER)
            sp_putf("%" PRId64, value);
        else
            sp_putf("%" PRId64 ".%06" PRId64, value / 1000000, value % 1000000);
    }
    sp_putf("},\"notes\":[],\"monitor_period_us\":%s",
            sp_judged->monitor != NULL ? "5000000" : "null");
}

static enum sp_answer sp_refuse(const struct sp_knob *knob, struct sp_json value)
{
    bool is_number = *value.at == '-' || sp_is_digit(*value.at);
    sp_begin(&sp_answer);
    sp_also_text("knob", knob->name);
    /* As text: not every reader takes a number like 1e999. */
    sp_putf(",\"value\":%s", is_number ? "\"" : "");
    sp_put(value.at, value.bytes);
    sp_putf(is_number ? "\"" : "");
    sp_also_text("allowed", sp_allowed[knob->kind]);
    sp_end();
    return sp_no(SP_REFUSED, "%s has to be %s", knob->name, sp_allowed[knob->kind]);
}

/* A knob that nobody here has is not in force, and `effective` says so by leaving it out. */
static enum sp_answer sp_config(struct sp_request *request)
{
    struct sp_json asked = sp_field(&request->fields, "knobs"), found;
    struct sp_fields fields, variables;
    int64_t values[SP_KNOBS];
    if (sp_lives_virtually)
        sp_begin_anew(); /* Refused or not, a new case begins. */
    else if (sp_conns != NULL)
        return sp_no(SP_FAILED, "a configuration comes before anything is opened");
    found = sp_field(&request->fields, "environment");
    if (found.at != NULL && !sp_read_fields(found.at, &variables))
        return sp_no(SP_FAILED, "environment is an object of at most %d fields", SP_FIELDS_MAX);
    bool has_variables = found.at != NULL && variables.count > 0;
    if (sp_field(&request->fields, "file").at != NULL || has_variables)
        return sp_no(SP_UNSUPPORTED, "this implementation reads no file and no environment");
    fields.count = 0;
    if (asked.at != NULL && !sp_read_fields(asked.at, &fields))
        return sp_no(SP_FAILED, "knobs is an object of at most %d fields", SP_FIELDS_MAX);
    for (size_t i = 0; i < SP_KNOBS; i++) {
        found = sp_field(&fields, sp_knobs[i].name);
        values[i] = sp_knobs[i].normal;
        if (found.at != NULL && sp_has_knob(&sp_knobs[i])
            && !sp_read_knob(&sp_knobs[i], found, &values[i]))
            return sp_refuse(&sp_knobs[i], found);
    }
    for (size_t i = 0; i < SP_KNOBS; i++)
        *sp_knobs[i].value = values[i];
    sp_begin(&sp_answer);
    sp_answer_effective();
    sp_end();
    return SP_ANSWERED;
}

static enum sp_answer sp_open(struct sp_request *request)
{
    const char *name = sp_text(request, "conn", NULL);
    const char *transport = sp_text(request, "transport", NULL);
    struct sp_json heartbeats = sp_field(&request->fields, "heartbeats");
    bool allows = heartbeats.at == NULL || sp_is_word(heartbeats, "true");
    if (!allows && !sp_is_word(heartbeats, "false"))
        request->bad = "heartbeats";
    const char *role = sp_text(request, "role", "connect");
    if (request->bad != NULL)
        return sp_bad(request);
    bool accepts = strcmp(role, "connect") != 0;
    if (accepts && (strcmp(role, "accept") != 0 || !sp_has_feature("accepting") || sp_lives_virtually))
        return sp_no(SP_UNSUPPORTED, "this harness does not take this role");
    bool is_unix = strcmp(transport, "unix") == 0, is_room = strcmp(transport, "virtual") == 0;
    bool is_known = sp_lives_virtually ? is_room : is_unix || strcmp(transport, "tcp") == 0;
    if (!is_known || (!is_room && !sp_has_feature(transport)))
        return sp_no(SP_UNSUPPORTED, "this implementation has no such transport on this clock");
    struct sp_conn *before = sp_find_conn(name);
    if (before != NULL && !sp_is_closing(before))
        return sp_no(SP_FAILED, "a connection of this name is open already");
    /* The name goes to another one, which knows nothing of it. A thread may still need it. */
    if (before != NULL && sp_judged->deliver == NULL)
        before->name[0] = '\0';
    if (is_room)
        return sp_open_virtual(request, name, allows);
    return sp_open_socket(request, name, allows, is_unix, accepts);
}

/* On real sockets the frames come by themselves; in virtual time one arrives now. */
static enum sp_answer sp_ask_received(struct sp_request *request)
{
    if (sp_judged->arrive == NULL)
        return sp_has_none("way to count what comes in");
    struct sp_conn *conn = sp_conn_of(request);
    if (request->bad != NULL)
        return sp_bad(request);
    if (sp_lives_virtually && !sp_is_closing(conn))
        sp_judged->arrive(conn);
    sp_begin(&sp_answer);
    sp_also("frames", conn->received_frames);
    sp_end();
    return SP_ANSWERED;
}

#define SP_FRAME_BYTES_MAX (INT64_C(0xffffffff) - 64) /* What a length of four bytes can say. */

static enum sp_answer sp_ask_send(struct sp_request *request)
{
    struct sp_conn *conn = sp_conn_of(request);
    struct sp_send send = {0, 0, 0};
    send.number = sp_whole(request, "send", SP_REQUIRED, 0);
    send.repeat = sp_whole(request, "repeat", 1, 1);
    send.size_bytes = sp_whole(request, "size_bytes", SP_REQUIRED, sp_lives_virtually ? 1 : 0);
    const char *kind = sp_text(request, "kind", "data");
    if (request->bad != NULL)
        return sp_bad(request);
    if (strcmp(kind, "data") != 0)
        return sp_no(SP_UNSUPPORTED, "only frames of kind data can be asked for");
    if (send.size_bytes > SP_FRAME_BYTES_MAX || send.repeat > INT32_MAX
        || send.number + send.repeat > SP_STREAM_MARK)
        return sp_no(SP_FAILED, "a frame has fewer than 2^32 bytes, and a number below 2^31");
    if (sp_judged->deliver != NULL)
        return sp_beside(sp_deliver_all, &(struct sp_call){conn, send, request->id});
    if (sp_judged->send == NULL)
        return sp_has_none("sends");
    sp_judged->send(conn, &send);
    return SP_ANSWERED;
}

static enum sp_answer sp_ask_give_up(struct sp_request *request)
{
    if (sp_judged->give_up == NULL)
        return sp_has_none("way to give up a send");
    struct sp_conn *conn = sp_conn_of(request);
    int64_t number = sp_whole(request, "send", SP_REQUIRED, 0);
    return request->bad != NULL ? sp_bad(request) : sp_judged->give_up(conn, number);
}

/* Read the list of pauses into `stream`; tell whether it is one. */
static bool sp_read_pauses(struct sp_json json, struct sp_stream *stream, int64_t **pauses)
{
    const char *at = NULL;
    struct sp_json pause;
    if (json.at == NULL)
        return true;
    if (*json.at != '[')
        return false;
    *pauses = sp_made((json.bytes / 2 + 1) * sizeof **pauses);
    stream->pauses = *pauses;
    while (sp_next(json, &at, &pause)) {
        int64_t *value = &(*pauses)[stream->pause_count++];
        if (!sp_is_integer(pause, value) || *value < 0 || *value > SP_WHOLE_MAX)
            return false;
    }
    return true;
}

static enum sp_answer sp_ask_stream(struct sp_request *request)
{
    if (sp_judged->stream == NULL)
        return sp_has_none("streams");
    struct sp_conn *conn = sp_conn_of(request);
    struct sp_stream stream = {0, 0, 0, NULL, 0};
    int64_t *pauses = NULL;
    stream.number = sp_whole(request, "stream", SP_REQUIRED, 0);
    stream.total_bytes = sp_whole(request, "total_bytes", SP_REQUIRED, 1);
    stream.start_after = sp_whole(request, "start_after_us", 0, 0);
    if (request->bad != NULL)
        return sp_bad(request);
    enum sp_answer how;
    if (stream.number >= SP_STREAM_MARK)
        how = sp_no(SP_FAILED, "a stream has a number below 2^31");
    else if (!sp_read_pauses(sp_field(&request->fields, "chunk_ready_us"), &stream, &pauses))
        how = sp_no(SP_FAILED, "chunk_ready_us is a list of pauses");
    else
        how = sp_judged->stream(conn, &stream);
    free(pauses);
    return how;
}

static enum sp_answer sp_ask_ack(struct sp_request *request)
{
    if (sp_judged->ack == NULL)
        return sp_has_none("streams");
    struct sp_conn *conn = sp_conn_of(request);
    int64_t stream = sp_whole(request, "stream", SP_REQUIRED, 0);
    struct sp_json offset = sp_field(&request->fields, "offset");
    struct sp_ack ack = {"null", 4, false, 0, NULL, NULL};
    ack.origin = sp_text(request, "origin", "");
    ack.error = sp_text(request, "error", "");
    if (request->bad != NULL)
        return sp_bad(request);
    /* An empty text is a text: only null, or nothing, is none. */
    if (sp_field(&request->fields, "origin").at == NULL)
        ack.origin = NULL;
    if (sp_field(&request->fields, "error").at == NULL)
        ack.error = NULL;
    if (offset.at != NULL) {
        ack.offset = offset.at;
        ack.offset_bytes = offset.bytes;
        ack.is_integer = sp_is_integer(offset, &ack.value);
    }
    return sp_judged->ack(conn, stream, &ack);
}

static enum sp_answer sp_ask_cancel(struct sp_request *request)
{
    if (sp_judged->cancel == NULL)
        return sp_has_none("streams");
    struct sp_conn *conn = sp_conn_of(request);
    int64_t stream = sp_whole(request, "stream", SP_REQUIRED, 0);
    return request->bad != NULL ? sp_bad(request) : sp_judged->cancel(conn, stream);
}

static enum sp_answer sp_ask_check(struct sp_request *request)
{
    (void)request;
    if (sp_judged->check == NULL)
        return sp_has_none("checks");
    sp_us began = sp_now();
    sp_judged->check();
    sp_begin(&sp_answer);
    sp_also("began_us", began);
    sp_also("ended_us", sp_now());
    sp_end();
    return SP_ANSWERED;
}

static enum sp_answer sp_ask_monitor(struct sp_request *request)
{
    if (sp_judged->monitor == NULL)
        return sp_has_none("monitor");
    int64_t period = sp_whole(request, "period_us", 0, 1);
    if (request->bad != NULL)
        return sp_bad(request);
    sp_judged->monitor(period);
    sp_begin(&sp_answer);
    sp_also_text("form", sp_judged->monitor_form);
    sp_also("slack_us", sp_judged->monitor_slack_us);
    sp_end();
    return SP_ANSWERED;
}

static enum sp_answer sp_wall_jump(struct sp_request *request)
{
    if (!sp_has_feature("wall_jump"))
        return sp_has_none("wall clock");
    int64_t by = sp_whole(request, "by_us", SP_REQUIRED, -SP_WHOLE_MAX);
    if (request->bad != NULL)
        return sp_bad(request);
    sp_us before = sp_wall_clock();
    sp_wall_jumped_us += by;
    sp_us after = sp_wall_clock();
    sp_say("wall_jumped", sp_now(), NULL);
    sp_also("before_us", before);
    sp_also("after_us", after);
    sp_said();
    sp_begin(&sp_answer);
    sp_also("before_us", before);
    sp_also("after_us", after);
    sp_end();
    return SP_ANSWERED;
}

static enum sp_answer sp_decide(struct sp_request *request)
{
    const char *name = sp_text(request, "machine", NULL);
    struct sp_json input = sp_field(&request->fields, "input");
    struct sp_request given = {.id = 0, .bad = NULL};
    const struct sp_machine *machine = sp_judged->machines;
    if (name == NULL || input.at == NULL || !sp_read_fields(input.at, &given.fields))
        return sp_no(SP_FAILED, "a machine decides on an object of at most %d fields",
                     SP_FIELDS_MAX);
    while (machine != NULL && machine->name != NULL && strcmp(machine->name, name) != 0)
        machine++;
    if (machine == NULL || machine->name == NULL)
        return sp_no(SP_UNSUPPORTED, "no machine is called %.60s", name);
    sp_begin(&sp_decision);
    sp_decision.count = 0;
    bool can_be = machine->decide(&given) && given.bad == NULL && sp_decision.count > 0;
    sp_end();
    if (!can_be)
        return sp_no(SP_FAILED, "%s cannot decide on that", machine->name);
    sp_say("decided", sp_now(), NULL);
    sp_also_text("machine", name);
    sp_also_json("input", input.at, input.bytes);
    sp_putf(",\"decision\":{");
    sp_put(sp_decision.bytes + 1, sp_decision.count - 1); /* Without the first comma. */
    sp_put("}", 1);
    sp_said();
    return SP_ANSWERED;
}

static enum sp_answer sp_ask_close(struct sp_request *request)
{
    struct sp_conn *conn = sp_conn_of(request);
    if (request->bad != NULL)
        return sp_bad(request);
    if (sp_judged->close == NULL)
        return sp_has_none("way to close");
    if (sp_judged->deliver != NULL) {
        struct sp_call call = {conn, {0, 0, 0}, request->id};
        enum sp_answer how = sp_beside(sp_close_beside, &call);
        return how == SP_ANSWERED ? SP_LATER : how;
    }
    sp_judged->close(conn);
    return SP_ANSWERED;
}

static enum sp_answer sp_ask_advance(struct sp_request *request)
{
    int64_t to = sp_whole(request, "to_us", SP_REQUIRED, 0);
    if (!sp_lives_virtually)
        return sp_no(SP_UNSUPPORTED, "the clock is real");
    if (request->bad != NULL || to < sp_virtual_us)
        return sp_no(SP_FAILED, "to_us is a moment that is not over");
    sp_advance(to);
    return SP_ANSWERED;
}

static enum sp_answer sp_accept(struct sp_request *request)
{
    struct sp_conn *conn = sp_conn_of(request);
    int64_t bytes = sp_whole(request, "wrote_bytes", SP_REQUIRED, 1);
    int64_t late = sp_whole(request, "late_us", 0, 0);
    if (!sp_lives_virtually)
        return sp_no(SP_UNSUPPORTED, "the transport is real");
    if (request->bad != NULL)
        return sp_bad(request);
    conn->room = bytes < INT64_MAX - conn->room ? conn->room + bytes : INT64_MAX;
    conn->late = sp_wants(conn) & POLLOUT ? late : 0; /* Of who waits, or nobody. */
    sp_wake(conn, POLLOUT);
    return SP_ANSWERED;
}

static const struct {
    const char *name;
    int number;
} sp_causes[] = {
    {"zero", 0}, {"EACCES", EACCES}, {"EADDRNOTAVAIL", EADDRNOTAVAIL}, {"EAGAIN", EAGAIN},
    {"EALREADY", EALREADY}, {"EBADF", EBADF}, {"ECONNABORTED", ECONNABORTED},
    {"ECONNREFUSED", ECONNREFUSED}, {"ECONNRESET", ECONNRESET}, {"EDESTADDRREQ", EDESTADDRREQ},
    {"EFAULT", EFAULT}, {"EFBIG", EFBIG}, {"EHOSTUNREACH", EHOSTUNREACH}, {"EINTR", EINTR},
    {"EINVAL", EINVAL}, {"EIO", EIO}, {"EISCONN", EISCONN}, {"EMFILE", EMFILE},
    {"EMSGSIZE", EMSGSIZE}, {"ENETDOWN", ENETDOWN}, {"ENETRESET", ENETRESET},
    {"ENETUNREACH", ENETUNREACH}, {"ENOBUFS", ENOBUFS}, {"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC},
    {"ENOTCONN", ENOTCONN}, {"ENOTSOCK", ENOTSOCK}, {"ENXIO", ENXIO}, {"EOPNOTSUPP", EOPNOTSUPP},
    {"EPERM", EPERM}, {"EPIPE", EPIPE}, {"EPROTO", EPROTO}, {"ESHUTDOWN", ESHUTDOWN},
    {"ETIMEDOUT", ETIMEDOUT}, {"EWOULDBLOCK", EWOULDBLOCK},
};

static enum sp_answer sp_fail(struct sp_request *request)
{
    struct sp_conn *conn = sp_conn_of(request);
    const char *cause = sp_text(request, "cause", NULL);
    if (!sp_lives_virtually)
        return sp_no(SP_UNSUPPORTED, "the transport is real");
    if (request->bad != NULL)
        return sp_bad(request);
    for (size_t i = 0; i < sizeof sp_causes / sizeof *sp_causes; i++) {
        if (strcmp(sp_causes[i].name, cause) == 0) {
            conn->failing = true;
            conn->failure = sp_causes[i].number;
            sp_wake(conn, POLLOUT);
            return SP_ANSWERED;
        }
    }
    return sp_no(SP_UNSUPPORTED, "no error of a write has this name");
}

static enum sp_answer sp_stop(struct sp_request *request)
{
    (void)request;
    sp_stopped = true;
    return SP_ANSWERED;
}

static const struct {
    const char *name;
    enum sp_answer (*carry_out)(struct sp_request *request);
} sp_operations[] = {
    {"hello", sp_hello},         {"config", sp_config},       {"open", sp_open},
    {"received", sp_ask_received}, {"send", sp_ask_send},     {"give_up", sp_ask_give_up},
    {"stream", sp_ask_stream},   {"ack", sp_ask_ack},         {"cancel", sp_ask_cancel},
    {"check", sp_ask_check},     {"monitor", sp_ask_monitor}, {"wall_jump", sp_wall_jump},
    {"decide", sp_decide},       {"close", sp_ask_close},     {"advance", sp_ask_advance},
    {"accept", sp_accept},       {"fail", sp_fail},           {"stop", sp_stop},
};

static enum sp_answer sp_carry_out(struct sp_request *request)
{
    const char *op = sp_text(request, "op", NULL);
    if (op == NULL)
        return sp_bad(request);
    for (size_t i = 0; i < sizeof sp_operations / sizeof *sp_operations; i++)
        if (strcmp(sp_operations[i].name, op) == 0)
            return sp_operations[i].carry_out(request);
    return sp_no(SP_UNSUPPORTED, "no operation is called %.60s", op);
}

/* Carry out one line. In virtual time all that it brings about is done before it is answered. */
static void sp_on_line(const char *line, size_t bytes)
{
    struct sp_request request = {.id = 0, .bad = NULL};
    const char *at = sp_past_blanks(line), *end;
    sp_texts_bytes = 0;
    if (*at == '\0' && (size_t)(at - line) == bytes)
        return;
    end = sp_past_value(at, SP_DEPTH_MAX);
    if (end == NULL || (size_t)(sp_past_blanks(end) - line) != bytes || !sp_is_utf8(line)
        || !sp_read_fields(at, &request.fields)) {
        sp_no(SP_FAILED, "a line is one JSON object in UTF-8 with at most %d fields",
              SP_FIELDS_MAX);
        sp_reply(0, SP_FAILED);
        return;
    }
    request.id = sp_whole(&request, "id", SP_REQUIRED, -SP_WHOLE_MAX);
    enum sp_answer how = request.bad != NULL ? sp_bad(&request) : sp_carry_out(&request);
    while (sp_lives_virtually && sp_run()) {
    }
    if (how != SP_LATER)
        sp_reply(request.bad != NULL && strcmp(request.bad, "id") == 0 ? 0 : request.id, how);
}

/* --- the main loop ---------------------------------------------------------------------------- */

static struct {
    char bytes[SP_LINE_MAX_BYTES + 2];
    size_t count;
    bool too_long;
} sp_in;

static void sp_on_byte(char byte)
{
    if (byte != '\n') {
        if (sp_in.count < SP_LINE_MAX_BYTES)
            sp_in.bytes[sp_in.count++] = byte;
        else
            sp_in.too_long = true;
        return;
    }
    sp_in.bytes[sp_in.count] = '\0';
    if (sp_in.too_long) {
        sp_no(SP_FAILED, "a line is longer than %d bytes", SP_LINE_MAX_BYTES);
        sp_reply(0, SP_FAILED);
    } else {
        sp_on_line(sp_in.bytes, sp_in.count);
    }
    sp_in.count = 0;
    sp_in.too_long = false;
}

static void sp_read_requests(void)
{
    static char bytes[64 * 1024];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
        sp_stopped = true;
    for (ssize_t i = 0; i < count && !sp_stopped; i++)
        sp_on_byte(bytes[i]);
}

/* Return the wait in poll's unit, rounded up: a wait that ends early would spin. */
static int sp_poll_timeout(bool more)
{
    if (more)
        return 0;
    sp_us due = sp_lives_virtually ? SP_NEVER : sp_next_due();
    if (due == SP_NEVER)
        return -1;
    sp_us wait = due - sp_now();
    return wait <= 0 ? 0 : wait > 3600000000 ? 3600000 : (int)((wait + 999) / 1000);
}

static size_t sp_waiting_bytes(void)
{
    pthread_mutex_lock(&sp_writing);
    size_t count = sp_out.count;
    pthread_mutex_unlock(&sp_writing);
    return count;
}

/* A hang-up or an error is a wake like any other: the call that follows tells the cause. */
static void sp_on_events(struct sp_conn *conn, short events)
{
    if (conn->opening)
        sp_finish_opening(conn);
    else
        sp_wake(conn, events);
}

#define SP_BACKLOG_BYTES (256 * 1024)

static void sp_wait_and_take_in(bool more)
{
    static struct pollfd *polled;
    static size_t capacity;
    size_t count = 3, waiting = sp_waiting_bytes();
    for (struct sp_conn *conn = sp_conns; conn != NULL; conn = conn->next)
        count++;
    if (count > capacity) {
        capacity = 2 * count;
        polled = sp_checked(realloc(polled, capacity * sizeof *polled));
    }
    /* In virtual time nothing else is due, and who does not listen is not heard either. */
    bool reads = !sp_lives_virtually || waiting < SP_BACKLOG_BYTES;
    polled[0] = (struct pollfd){reads ? STDIN_FILENO : -1, POLLIN, 0};
    polled[1] = (struct pollfd){waiting > 0 ? sp_lines : -1, POLLOUT, 0};
    polled[2] = (struct pollfd){sp_wakes[0], POLLIN, 0};
    size_t i = 3;
    for (struct sp_conn *conn = sp_conns; conn != NULL; conn = conn->next, i++) {
        short opening = conn->accepts ? POLLIN : POLLOUT;
        short events = conn->opening ? opening : sp_wants(conn);
        polled[i] = (struct pollfd){events != 0 ? conn->fd : -1, events, 0};
    }
    if (poll(polled, count, sp_poll_timeout(more)) <= 0)
        return;
    i = 3;
    for (struct sp_conn *conn = sp_conns, *next; conn != NULL; conn = next, i++) {
        next = conn->next;
        if (polled[i].revents != 0)
            sp_on_events(conn, polled[i].revents);
    }
    char woken[256];
    while (polled[2].revents != 0 && read(sp_wakes[0], woken, sizeof woken) > 0) {
    }
    if (polled[1].revents != 0)
        sp_flush();
    if (polled[0].revents != 0)
        sp_read_requests();
}

/* Write what is left to say, for at most half a second. */
static void sp_say_goodbye(void)
{
    sp_us until = sp_read_clock(CLOCK_MONOTONIC) + 500000;
    while (sp_waiting_bytes() > 0 && sp_read_clock(CLOCK_MONOTONIC) < until) {
        struct pollfd polled = {sp_lines, POLLOUT, 0};
        if (poll(&polled, 1, 50) > 0)
            sp_flush();
    }
}

/* Keep standard output for the lines: what the program prints goes to standard error. */
static void sp_keep_output(void)
{
    int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (kept >= 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
        sp_lines = kept;
    else if (kept >= 0)
        close(kept);
}

static int sp_serve(void)
{
    signal(SIGPIPE, SIG_IGN);
    sp_keep_output();
    sp_reader = pthread_self();
    if (sp_judged->deliver != NULL) {
        if (pipe(sp_wakes) < 0) {
            perror("stallproof.h: no pipe");
            return 3;
        }
        for (int i = 0; i < 2; i++) {
            fcntl(sp_wakes[i], F_SETFL, O_NONBLOCK);
            fcntl(sp_wakes[i], F_SETFD, FD_CLOEXEC);
        }
    }
    sp_begin_anew();
    for (bool more = false; !sp_stopped;) {
        sp_wait_and_take_in(more);
        more = sp_run();
        sp_flush();
    }
    sp_say_goodbye();
    if (sp_judged->deliver != NULL)
        _exit(0); /* Threads may still be in a call that blocks. */
    sp_begin_anew();
    return 0;
}

/* --- vectors: scripts that the program plays against itself ----------------------------------- */

enum sp_kind {
    SP_LOCK_TAKEN, SP_WRITTEN, SP_SEND_ENDED, SP_CLOSING, SP_RECEIVED, SP_CHECKED, SP_WARNED,
    SP_HEARTBEAT_QUEUED, SP_CHUNK_BEGUN, SP_ACK_RECEIVED, SP_STREAM_ENDED, SP_NOTICE_SENT,
    SP_DECIDED, SP_KINDS
};

#define SP_COUNTED 4

static const struct {
    const char *event, *fields[SP_COUNTED]; /* The fields that count. */
} sp_kinds[SP_KINDS] = {
    {"lock_taken", {"conn", "send", NULL, NULL}},
    {"written", {"conn", "send", "began_us", NULL}}, /* And the bytes, which are added up. */
    {"send_ended", {"conn", "send", "outcome", "raised"}},
    {"closing", {"conn", NULL, NULL, NULL}},
    {"received", {"conn", NULL, NULL, NULL}},
    {"checked", {"conn", "stall_us", "count", NULL}},
    {"warned", {"conn", "count", "threshold", NULL}},
    {"heartbeat_queued", {"conn", NULL, NULL, NULL}},
    {"chunk_begun", {"conn", "stream", "offset", NULL}},
    {"ack_received", {"conn", "stream", "accepted", NULL}},
    {"stream_ended", {"conn", "stream", "outcome", NULL}},
    {"notice_sent", {"conn", "stream", NULL, NULL}},
    {"decided", {"machine", "input", "decision", NULL}},
};

struct sp_fact {
    enum sp_kind kind;
    int64_t at_us, bytes;
    struct sp_json whole, fields[SP_COUNTED];
    int step;
    bool left_out;  /* It may be there or not. */
    int forgotten;  /* How many connections have had its connection's name since. */
    bool matched;
};

/* What was decided in one case so far: expected, or said. */
struct sp_facts {
    struct sp_fact *of;
    size_t count, capacity;
};

static char sp_why[2000]; /* Why a vector failed, or was left out, or cannot be read. */

static bool sp_says(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sp_why, sizeof sp_why, format, arguments);
    va_end(arguments);
    return false;
}

static bool sp_same_text(struct sp_json one, struct sp_json other)
{
    sp_texts_bytes = 0;
    const char *first = sp_text_of(one), *second = sp_text_of(other);
    return first != NULL && second != NULL && strcmp(first, second) == 0;
}

/* Tell whether two values are the same, however they are written. */
static bool sp_same(struct sp_json one, struct sp_json other)
{
    struct sp_fields fields, others;
    struct sp_json each, another;
    const char *at = NULL, *place = NULL;
    if (one.at == NULL || other.at == NULL)
        return one.at == other.at;
    if (*one.at == '"')
        return *other.at == '"' && sp_same_text(one, other);
    if (*one.at == '{') {
        if (!sp_read_fields(one.at, &fields) || !sp_read_fields(other.at, &others)
            || fields.count != others.count)
            return false;
        for (int i = 0; i < fields.count; i++) {
            int found = 0;
            while (found < others.count
                   && (fields.of[i].name.bytes != others.of[found].name.bytes
                       || memcmp(fields.of[i].name.at, others.of[found].name.at,
                                 fields.of[i].name.bytes) != 0))
                found++;
            if (found == others.count || !sp_same(fields.of[i].value, others.of[found].value))
                return false;
        }
        return true;
    }
    if (*one.at == '[') {
        while (sp_next(one, &at, &each))
            if (!sp_next(other, &place, &another) || !sp_same(each, another))
                return false;
        return *other.at == '[' && !sp_next(other, &place, &another);
    }
    bool are_numbers = (*one.at == '-' || sp_is_digit(*one.at))
                       && (*other.at == '-' || sp_is_digit(*other.at));
    if (are_numbers)
        return strtod(one.at, NULL) == strtod(other.at, NULL);
    return one.bytes == other.bytes && memcmp(one.at, other.at, one.bytes) == 0;
}

/* Tell whether a value is this text, which needs no escapes. */
static bool sp_reads(struct sp_json json, const char *text)
{
    return json.at != NULL && *json.at == '"'
           && sp_is_word((struct sp_json){json.at + 1, json.bytes - 2}, text);
}

/* Add what one event decides; what decides nothing is left out. */
static void sp_add_fact(struct sp_facts *facts, struct sp_json event, int step)
{
    struct sp_fields fields;
    struct sp_fact fact = {.whole = event, .step = step};
    if (!sp_read_fields(event.at, &fields))
        return;
    struct sp_json name = sp_field(&fields, "event");
    int kind = 0;
    while (kind < SP_KINDS && !sp_reads(name, sp_kinds[kind].event))
        kind++;
    if (kind == SP_KINDS || !sp_is_integer(sp_field(&fields, "at_us"), &fact.at_us))
        return;
    fact.kind = (enum sp_kind)kind;
    for (int i = 0; i < SP_COUNTED && sp_kinds[kind].fields[i] != NULL; i++)
        fact.fields[i] = sp_field(&fields, sp_kinds[kind].fields[i]);
    sp_is_integer(sp_field(&fields, "wrote_bytes"), &fact.bytes);
    for (size_t i = 0; i < facts->count && kind == SP_WRITTEN; i++) {
        struct sp_fact *before = &facts->of[i];
        if (before->kind == SP_WRITTEN && before->step == step && before->at_us == fact.at_us
            && sp_same(before->fields[0], fact.fields[0])
            && sp_same(before->fields[1], fact.fields[1])
            && sp_same(before->fields[2], fact.fields[2])) {
            before->bytes += fact.bytes; /* Writes of one instant count as one. */
            return;
        }
    }
    if (facts->count == facts->capacity) {
        facts->capacity = 2 * facts->capacity + 16;
        facts->of = sp_checked(realloc(facts->of, facts->capacity * sizeof *facts->of));
    }
    facts->of[facts->count++] = fact;
}

/* Return the last fact of this kind whose first `fields` fields are those of `fact`, up to then. */
static struct sp_fact *sp_find_fact(const struct sp_facts *facts, enum sp_kind kind,
                                    const struct sp_fact *fact, int fields)
{
    for (size_t i = facts->count; i-- > 0;) {
        struct sp_fact *each = &facts->of[i];
        bool is_it = each->kind == kind && each->forgotten == fact->forgotten
                     && each->at_us <= fact->at_us;
        for (int k = 0; k < fields && is_it; k++)
            is_it = sp_same(each->fields[k], fact->fields[k]);
        if (is_it)
            return each;
    }
    return NULL;
}

static bool sp_is_cut_off(const struct sp_fact *ended)
{
    return sp_reads(ended->fields[2], "cancelled") || sp_reads(ended->fields[2], "send_failed");
}

/* Leave open what spec/vectors/README.md leaves open ("Comparing"). */
static void sp_be_lenient(const struct sp_facts *facts, struct sp_fact *fact)
{
    const struct sp_fact *ended;
    const struct sp_json none = {NULL, 0};
    int64_t stall = 0, count = 0;
    bool is_closing = sp_find_fact(facts, SP_CLOSING, fact, 1) != NULL;
    switch (fact->kind) {
    case SP_LOCK_TAKEN:
        ended = sp_find_fact(facts, SP_SEND_ENDED, fact, 2);
        fact->left_out = ended != NULL && ended->at_us == fact->at_us
                         && sp_find_fact(facts, SP_WRITTEN, fact, 2) == NULL;
        break;
    case SP_SEND_ENDED:
        if (sp_reads(fact->fields[2], "given_up"))
            fact->fields[3] = none;
        break;
    case SP_RECEIVED:
        fact->left_out = is_closing;
        break;
    case SP_CHECKED:
        sp_is_integer(fact->fields[1], &stall);
        sp_is_integer(fact->fields[2], &count);
        fact->left_out = is_closing && stall == 0 && count == 0;
        break;
    case SP_ACK_RECEIVED:
        if (sp_find_fact(facts, SP_STREAM_ENDED, fact, 2) != NULL)
            fact->fields[2] = none;
        break;
    case SP_NOTICE_SENT:
        ended = sp_find_fact(facts, SP_STREAM_ENDED, fact, 2);
        fact->left_out = ended != NULL && sp_is_cut_off(ended);
        break;
    case SP_STREAM_ENDED:
        if (is_closing && sp_is_cut_off(fact))
            fact->fields[2] = (struct sp_json){"\"cancelled\"", 11};
        break;
    default:
        break;
    }
}

static bool sp_match(struct sp_facts *facts, const struct sp_fact *wanted)
{
    for (size_t i = 0; i < facts->count; i++) {
        struct sp_fact *each = &facts->of[i];
        bool is_it = each->kind == wanted->kind && each->step == wanted->step && !each->matched
                     && !each->left_out && each->at_us == wanted->at_us
                     && each->bytes == wanted->bytes;
        for (int k = 0; k < SP_COUNTED && is_it; k++)
            is_it = sp_same(each->fields[k], wanted->fields[k]);
        if (is_it)
            return each->matched = true;
    }
    return false;
}

/* Compare what was decided in one step; tell whether it is what was expected. */
static bool sp_compare(struct sp_facts *expected, struct sp_facts *said, int step)
{
    for (size_t i = 0; i < expected->count; i++)
        if (expected->of[i].step == step)
            sp_be_lenient(expected, &expected->of[i]);
    for (size_t i = 0; i < said->count; i++)
        if (said->of[i].step == step)
            sp_be_lenient(said, &said->of[i]);
    for (size_t i = 0; i < expected->count; i++) {
        const struct sp_fact *each = &expected->of[i];
        if (each->step == step && !each->left_out && !sp_match(said, each))
            return sp_says("step %d, missing: %.*s", step + 1, (int)each->whole.bytes,
                           each->whole.at);
    }
    for (size_t i = 0; i < said->count; i++) {
        const struct sp_fact *each = &said->of[i];
        if (each->step == step && !each->left_out && !each->matched)
            return sp_says("step %d, not expected: %.*s", step + 1, (int)each->whole.bytes,
                           each->whole.at);
    }
    return true;
}

/* Return the sequence number that a send used up, or -1. */
static int64_t sp_sequence_of(const struct sp_fact *fact)
{
    struct sp_fields fields;
    int64_t number = -1;
    if (fact->kind == SP_SEND_ENDED && sp_read_fields(fact->whole.at, &fields))
        sp_is_integer(sp_field(&fields, "sequence"), &number);
    return number;
}

/* Where sequence numbers are said, they rise by one on each connection, modulo 65536 (SD-14). */
static bool sp_counts_on(const struct sp_facts *said)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct sp_fact *each = &said->of[i];
        int64_t number = sp_sequence_of(each), last = -1;
        bool has_streams = false;
        for (size_t k = 0; k < said->count && number >= 0; k++) {
            const struct sp_fact *other = &said->of[k];
            if (other->forgotten != each->forgotten || !sp_same(other->fields[0], each->fields[0]))
                continue;
            has_streams |= other->kind == SP_CHUNK_BEGUN || other->kind == SP_STREAM_ENDED;
            if (k < i && sp_sequence_of(other) >= 0)
                last = sp_sequence_of(other);
        }
        if (last >= 0 && !has_streams && number != (last + 1) % 65536)
            return sp_says("the sequence number %" PRId64 " comes after %" PRId64, number, last);
    }
    return true;
}

/* The texts that facts lie in, kept until the vector is over. */
struct sp_kept {
    struct sp_kept *next;
    char *text;
};

/* Carry out one request, add what it decides; tell whether it was answered well. */
static bool sp_ask(struct sp_kept **kept, const char *line, struct sp_facts *said, int step)
{
    bool is_well = true;
    sp_out.count = 0;
    sp_on_line(line, strlen(line));
    struct sp_kept *new = sp_made(sizeof *new);
    new->text = sp_copied(sp_out.count > 0 ? sp_out.bytes : "", sp_out.count);
    new->next = *kept;
    *kept = new;
    for (char *at = new->text, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        struct sp_json one = {at, (size_t)(end - at)};
        struct sp_fields fields;
        *end = '\0';
        if (sp_past_value(at, SP_DEPTH_MAX) != end || !sp_read_fields(at, &fields))
            is_well = sp_says("step %d, what it says is no JSON: %.200s", step + 1, at);
        else if (sp_is_word(sp_field(&fields, "ok"), "false"))
            is_well = sp_says("step %d, %.200s is answered with %.200s", step + 1, line, at);
        else
            sp_add_fact(said, one, step);
    }
    return is_well;
}

/* A connection of this name is opened: what was said of an earlier one counts no more. */
static void sp_forget(struct sp_facts *facts, struct sp_json conn)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->of[i].kind != SP_DECIDED && sp_same(facts->of[i].fields[0], conn))
            facts->of[i].forgotten++;
}

struct sp_play {
    struct sp_facts expected, said;
    struct sp_kept *kept;
};

static bool sp_play_step(struct sp_play *play, struct sp_json step, int number)
{
    struct sp_fields fields, request;
    struct sp_json event;
    const char *at = NULL;
    int64_t to = 0;
    char line[200];
    if (!sp_read_fields(step.at, &fields) || !sp_is_integer(sp_field(&fields, "at_us"), &to))
        return sp_says("step %d is no step", number + 1);
    snprintf(line, sizeof line, "{\"id\":0,\"op\":\"advance\",\"to_us\":%" PRId64 "}", to);
    if (!sp_ask(&play->kept, line, &play->said, number))
        return false;
    struct sp_json asked = sp_field(&fields, "do");
    if (asked.at != NULL) {
        if (!sp_read_fields(asked.at, &request))
            return sp_says("step %d asks for nothing that can be", number + 1);
        if (sp_reads(sp_field(&request, "op"), "open")) {
            sp_forget(&play->expected, sp_field(&request, "conn"));
            sp_forget(&play->said, sp_field(&request, "conn"));
        }
        char *whole = sp_made(asked.bytes + 20);
        sprintf(whole, "{\"id\":%d,%.*s", number, (int)asked.bytes - 1, asked.at + 1);
        bool is_well = sp_ask(&play->kept, whole, &play->said, number);
        free(whole);
        if (!is_well)
            return false;
    }
    while (sp_next(sp_field(&fields, "expect"), &at, &event))
        sp_add_fact(&play->expected, event, number);
    return sp_compare(&play->expected, &play->said, number);
}

static bool sp_play_steps(struct sp_play *play, const struct sp_fields *vector)
{
    struct sp_json knobs = sp_field(vector, "knobs"), step;
    const char *at = NULL;
    int number = 0;
    char *line = sp_made(knobs.bytes + 60);
    sprintf(line, "{\"id\":0,\"op\":\"config\",\"knobs\":%.*s}", knobs.at ? (int)knobs.bytes : 2,
            knobs.at ? knobs.at : "{}");
    bool is_well = sp_ask(&play->kept, line, &play->said, 0);
    free(line);
    while (is_well && sp_next(sp_field(vector, "steps"), &at, &step))
        is_well = sp_play_step(play, step, number++);
    return is_well && (!sp_has_feature("sequence") || sp_counts_on(&play->said));
}

/* Play a vector; tell whether it decided as the law demands, or else why not. */
static bool sp_play_vector(const struct sp_fields *vector)
{
    struct sp_play play = {{NULL, 0, 0}, {NULL, 0, 0}, NULL};
    bool is_well = sp_play_steps(&play, vector);
    for (struct sp_kept *each = play.kept, *next; each != NULL; each = next) {
        next = each->next;
        free(each->text);
        free(each);
    }
    free(play.expected.of);
    free(play.said.of);
    return is_well;
}

/* --- the test entry: one line of TAP a requirement -------------------------------------------- */

#define SP_FAILURES_SHOWN 3

struct sp_tally {
    char id[24];
    int played, failed, left_out;
    char *shown[SP_FAILURES_SHOWN], *reason; /* `reason`: why one was left out. */
};

static struct {
    const char *only; /* IDs and groups, with a comma between them; NULL: all. */
    bool is_seed;
    struct sp_tally *of;
    size_t count;
} sp_tallies;

static bool sp_is_selected(struct sp_json id)
{
    for (const char *at = sp_tallies.only; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        bool begins = length > 0 && length <= id.bytes && strncasecmp(at, id.at, length) == 0;
        if (begins && (length == id.bytes || id.at[length] == '-'))
            return true;
        at += length + (at[length] == ',');
    }
    return sp_tallies.only == NULL;
}

static struct sp_tally *sp_tally_of(struct sp_json id)
{
    for (size_t i = 0; i < sp_tallies.count; i++)
        if (sp_is_word(id, sp_tallies.of[i].id))
            return &sp_tallies.of[i];
    size_t bytes = (sp_tallies.count + 1) * sizeof *sp_tallies.of;
    sp_tallies.of = sp_checked(realloc(sp_tallies.of, bytes));
    struct sp_tally *tally = &sp_tallies.of[sp_tallies.count++];
    memset(tally, 0, sizeof *tally);
    memcpy(tally->id, id.at, id.bytes < sizeof tally->id ? id.bytes : sizeof tally->id - 1);
    return tally;
}

/* Return where an object begins, or a text that is none. */
static const char *sp_object(struct sp_json json) { return json.at != NULL ? json.at : ""; }

/* Tell whether this program can be held to the vector; `sp_why` says why not. */
static bool sp_is_for_us(const struct sp_fields *vector)
{
    const char *at = NULL;
    struct sp_json need;
    if (sp_tallies.is_seed && sp_reads(sp_field(vector, "profile"), "hardened"))
        return sp_says("profile hardened");
    struct sp_fields fields, asked;
    struct sp_json step;
    while (sp_judged->arrive == NULL && sp_next(sp_field(vector, "steps"), &at, &step))
        if (sp_read_fields(step.at, &fields)
            && sp_read_fields(sp_object(sp_field(&fields, "do")), &asked)
            && sp_reads(sp_field(&asked, "op"), "received"))
            return sp_says("needs receiving"); /* It follows from others, and no vector names it. */
    at = NULL;
    while (sp_next(sp_field(vector, "needs"), &at, &need)) {
        struct sp_json name = {need.at + 1, need.bytes - 2};
        bool has = sp_lists(sp_judged->features, name.at, name.bytes);
        for (const struct sp_machine *each = sp_judged->machines; each && each->name; each++)
            has |= sp_is_word(name, each->name);
        if (!has)
            return sp_says("needs %.*s", (int)name.bytes, name.at);
        if (sp_is_word(name, "config") || sp_is_word(name, "lingering"))
            return sp_says("%.*s is not played here", (int)name.bytes, name.at);
    }
    return true;
}

static void sp_count(const struct sp_fields *vector)
{
    struct sp_json id, name = sp_field(vector, "name");
    const char *at = NULL;
    bool any = false, is_well = true, is_ours = sp_is_for_us(vector);
    while (sp_next(sp_field(vector, "requirements"), &at, &id))
        any |= sp_is_selected((struct sp_json){id.at + 1, id.bytes - 2});
    if (any && is_ours)
        is_well = sp_play_vector(vector);
    at = NULL;
    while (sp_next(sp_field(vector, "requirements"), &at, &id)) {
        struct sp_json bare = {id.at + 1, id.bytes - 2};
        if (!sp_is_selected(bare))
            continue;
        struct sp_tally *tally = sp_tally_of(bare);
        tally->played += is_ours;
        tally->left_out += !is_ours;
        if (!is_ours && tally->reason == NULL)
            tally->reason = sp_copied(sp_why, strlen(sp_why));
        if (!is_well && tally->failed++ < SP_FAILURES_SHOWN) {
            size_t bytes = name.bytes + strlen(sp_why) + 3;
            tally->shown[tally->failed - 1] = sp_made(bytes);
            snprintf(tally->shown[tally->failed - 1], bytes, "%.*s: %s", (int)name.bytes - 2,
                     name.at + 1, sp_why);
        }
    }
}

/* Read one file and play it; tell whether it was a vector. */
static bool sp_play_file(const char *path)
{
    static char text[SP_LINE_MAX_BYTES + 1];
    struct sp_fields vector;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return sp_says("%s: %s", path, strerror(errno));
    size_t bytes = fread(text, 1, sizeof text, file);
    bool is_read = !ferror(file) && bytes <= SP_LINE_MAX_BYTES;
    fclose(file);
    text[is_read ? bytes : 0] = '\0';
    const char *at = sp_past_blanks(text), *end = sp_past_value(at, SP_DEPTH_MAX);
    if (end == NULL || (size_t)(sp_past_blanks(end) - text) != bytes || !sp_is_utf8(text)
        || !sp_read_fields(at, &vector))
        return sp_says("%s is no JSON object of at most 1 MiB", path);
    if (!sp_reads(sp_field(&vector, "schema"), "stallproof.vector/1"))
        return sp_says("%s is no stallproof.vector/1", path);
    struct sp_json name = sp_field(&vector, "name"), each;
    if (name.at == NULL || *name.at != '"')
        return sp_says("%s has no name", path);
    static const char *const lists[] = {"requirements", "needs"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (const char *place = NULL; sp_next(sp_field(&vector, lists[i]), &place, &each);)
            if (*each.at != '"')
                return sp_says("%s: %s is a list of texts", path, lists[i]);
    sp_count(&vector);
    return true;
}

static int sp_by_name(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Play a file, or all vectors in a folder and the folders in it; tell whether all could be read. */
static bool sp_play_path(const char *path, int depth)
{
    struct stat about;
    if (stat(path, &about) < 0)
        return sp_says("%s: %s", path, strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return sp_play_file(path);
    DIR *folder = opendir(path);
    if (folder == NULL || depth == 0)
        return sp_says("%s: cannot be read as a folder of vectors", path);
    char **names = NULL;
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        size_t length = strlen(entry->d_name);
        bool is_vector = length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0
                         && strcmp(entry->d_name, "manifest.json") != 0;
        if (entry->d_name[0] == '.' || (!is_vector && strchr(entry->d_name, '.') != NULL))
            continue;
        names = sp_checked(realloc(names, (count + 1) * sizeof *names));
        names[count] = sp_made(strlen(path) + length + 2);
        sprintf(names[count++], "%s/%s", path, entry->d_name);
    }
    closedir(folder);
    if (count > 0)
        qsort(names, count, sizeof *names, sp_by_name);
    bool is_well = true;
    for (size_t i = 0; i < count; i++) {
        is_well = is_well && sp_play_path(names[i], depth - 1);
        free(names[i]);
    }
    free(names);
    return is_well;
}

static int sp_by_id(const void *one, const void *other)
{
    const char *a = ((const struct sp_tally *)one)->id, *b = ((const struct sp_tally *)other)->id;
    size_t group = strcspn(a, "-");
    int order = strncmp(a, b, group + 1);
    return order != 0 ? order : atoi(a + group + (a[group] == '-')) - atoi(b + group + 1);
}

static void sp_print_tally(const struct sp_tally *tally, size_t number)
{
    if (tally->failed > 0)
        printf("not ok %zu - %s (%d of %d vectors)\n", number, tally->id, tally->failed,
               tally->played);
    else if (tally->played == 0)
        printf("ok %zu - %s # SKIP %s\n", number, tally->id, tally->reason);
    else
        printf("ok %zu - %s (%d vectors)\n", number, tally->id, tally->played);
    for (int i = 0; i < tally->failed && i < SP_FAILURES_SHOWN; i++)
        printf("# %s\n", tally->shown[i]);
    if (tally->played > 0 && tally->left_out > 0)
        printf("# %s: %d vectors left out: %s\n", tally->id, tally->left_out, tally->reason);
}

/* Play the vectors in `paths`; return 0, 1 where one failed, or 2 where one could not be read. */
static int sp_test(int count, char **paths)
{
    int failed = 0;
    sp_reader = pthread_self();
    if (!sp_has_feature("virtual_time")) {
        puts("1..0 # SKIP vectors are played in virtual time, and this program has none");
        return 0;
    }
    sp_lives_virtually = true;
    for (int i = 0; i < count; i++) {
        if (!sp_play_path(paths[i], 3)) {
            printf("Bail out! %s\n", sp_why);
            return 2;
        }
    }
    if (sp_tallies.count == 0) {
        puts("Bail out! there is no vector of what was selected");
        return 2;
    }
    qsort(sp_tallies.of, sp_tallies.count, sizeof *sp_tallies.of, sp_by_id);
    printf("TAP version 13\n1..%zu\n", sp_tallies.count);
    for (size_t i = 0; i < sp_tallies.count; i++) {
        struct sp_tally *tally = &sp_tallies.of[i];
        sp_print_tally(tally, i + 1);
        failed += tally->failed > 0;
        for (int k = 0; k < SP_FAILURES_SHOWN; k++)
            free(tally->shown[k]);
        free(tally->reason);
    }
    free(sp_tallies.of);
    sp_begin_anew();
    return failed > 0;
}

static const char sp_usage[] =
    "usage: %s [--tap [--profile seed|hardened] [--only IDS] PATH...] [--help]\n"
    "\n"
    "Without arguments it speaks the harness protocol on standard input and output.\n"
    "With --tap it plays the vectors in each PATH (a file or a folder) against itself, and\n"
    "prints one line of TAP a requirement.\n"
    "\n"
    "  --profile  what it is held to: hardened (the whole law), or seed\n"
    "  --only     requirements or groups, with a comma between them: SD-2,SC\n"
    "\n"
    "exit codes: 0 all is well, 1 a vector failed, 2 bad arguments or input\n"
    "examples:   %s --tap spec/vectors\n"
    "            prove -e '' \"%s --tap --only SD-2 spec/vectors\"\n";

int sp_main(int count, char **arguments, const struct sp_implementation *implementation)
{
    const char *name = count > 0 ? arguments[0] : "harness";
    sp_judged = implementation;
    if (count <= 1)
        return sp_serve();
    if (strcmp(arguments[1], "--help") == 0) {
        printf(sp_usage, name, name, name);
        return 0;
    }
    int at = 2;
    bool is_well = strcmp(arguments[1], "--tap") == 0;
    for (; is_well && at < count && strncmp(arguments[at], "--", 2) == 0; at += 2) {
        const char *value = at + 1 < count ? arguments[at + 1] : "";
        sp_tallies.is_seed |= strcmp(value, "seed") == 0;
        if (strcmp(arguments[at], "--only") == 0 && *value != '\0')
            sp_tallies.only = value;
        else if (strcmp(arguments[at], "--profile") != 0
                 || (strcmp(value, "seed") != 0 && strcmp(value, "hardened") != 0))
            is_well = false;
    }
    if (!is_well || at >= count) {
        fprintf(stderr, sp_usage, name, name, name);
        return 2;
    }
    return sp_test(count - at, arguments + at);
}

#endif /* STALLPROOF_IMPLEMENTATION */
