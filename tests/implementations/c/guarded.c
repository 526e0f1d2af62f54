/* Guarded connections, and a conformance harness around them, in one file of C.
 *
 * The stall it guards against: a peer stops reading, a blocking write waits for ever, and all that
 * shares the connection (and here, in one thread, the whole process) waits behind it.
 *
 * The intuition: one thread, one poll. No call ever waits for a peer. A send is a task in the queue
 * of its connection; the one at the head holds the send lock and has one deadline; everything that
 * is due has a moment, and poll waits for the nearest. So the guard is a handful of comparisons
 * with a clock, and the rest is plumbing.
 *
 * The use: `guarded` reads requests from standard input and answers on standard output, one JSON
 * object a line, as spec/protocol.md says. The parts, in order: output, clock, policy, frames,
 * transports, closing, send lock and deadline, error table, stall count, monitor, streams, reading,
 * JSON, connecting, requests, main loop.
 *
 * The complication: in virtual time (spec/virtual.md) the oracle moves the clock and plays the
 * transport. Both stand behind pointers, `now` and `struct Transport`, so that the guard is the
 * very same code in both worlds.
 *
 * Build: cc -std=c11 -O2 -o guarded guarded.c
 */

#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

typedef int64_t Time; /* Microseconds. */
#define NEVER INT64_MAX

static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("guarded: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

static void *made(size_t bytes) { return checked(calloc(1, bytes)); }

static char *copied(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(made(bytes), text, bytes);
}

/* --- output: lines for the oracle, kept until its pipe has room ------------------------------- */

#define PIPE_BYTES 4096 /* A pipe that polls writable takes so much without blocking. */

static struct Buffer {
    char *bytes;
    size_t count, capacity;
} out, answer;                     /* `answer`: the fields of a reply that is not written yet. */
static struct Buffer *sink = &out; /* Where `put` writes. */

static void put(const char *text, size_t bytes)
{
    if (sink->count + bytes > sink->capacity) {
        sink->capacity = 2 * (sink->count + bytes);
        sink->bytes = checked(realloc(sink->bytes, sink->capacity));
    }
    memcpy(sink->bytes + sink->count, text, bytes);
    sink->count += bytes;
}

static void putf(const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int bytes = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    put(text, bytes < (int)sizeof text ? (size_t)bytes : sizeof text - 1);
}

/* Write `text` as a JSON string; what stands in it beyond ASCII is UTF-8 already. */
static void put_text(const char *text)
{
    put("\"", 1);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            putf("\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            putf("\\u%04x", *text);
        else
            put(text, 1);
    }
    put("\"", 1);
}

static void also(const char *name, int64_t value) { putf(",\"%s\":%" PRId64, name, value); }

static void also_text(const char *name, const char *text)
{
    putf(",\"%s\":", name);
    put_text(text);
}

static void say(const char *event, Time at, const char *conn)
{
    putf("{\"event\":\"%s\",\"at_us\":%" PRId64, event, at);
    if (conn != NULL)
        also_text("conn", conn);
}

static void said(void) { put("}\n", 2); }

/* Write what standard output takes at once. */
static void flush(void)
{
    struct pollfd polled = {STDOUT_FILENO, POLLOUT, 0};
    size_t begin = 0;
    while (begin < out.count && poll(&polled, 1, 0) > 0) {
        size_t bytes = out.count - begin < PIPE_BYTES ? out.count - begin : PIPE_BYTES;
        ssize_t wrote = write(STDOUT_FILENO, out.bytes + begin, bytes);
        if (wrote < 0 && errno != EINTR && errno != EAGAIN)
            exit(0); /* Nobody listens any more. */
        if (wrote > 0)
            begin += (size_t)wrote;
    }
    out.count -= begin;
    if (begin > 0)
        memmove(out.bytes, out.bytes + begin, out.count);
}

/* --- the clock -------------------------------------------------------------------------------- */

static Time virtual_us;

static Time read_clock(clockid_t clock)
{
    struct timespec read;
    clock_gettime(clock, &read);
    return (Time)read.tv_sec * 1000000 + read.tv_nsec / 1000;
}

static Time monotonic_clock(void) { return read_clock(CLOCK_MONOTONIC); }
static Time virtual_clock(void) { return virtual_us; }

/* The clock in force. Only this one decides anything. */
static Time (*now)(void) = monotonic_clock;

static bool is_virtual(void) { return now == virtual_clock; }

static Time wall_jumped_us;

/* The wall clock as this process sees it: for people, never for decisions. */
static Time wall_clock(void)
{
    return (is_virtual() ? virtual_us : read_clock(CLOCK_REALTIME)) + wall_jumped_us;
}

/* --- the policy: the knobs in force, times in microseconds ------------------------------------ */

static struct {
    int64_t send_timeout, stall_timeout, close_stalled, checks_max, heartbeat_interval;
    int64_t progress_timeout, check_interval, ack_wait, window, chunk;
} policy;

enum KnobKind { SECONDS, WHOLE_SECONDS, NUMBER, SWITCH };
#define MIB (1024 * 1024)
#define ANY INT64_MIN

static const struct Knob {
    const char *name;
    int64_t *value;
    enum KnobKind kind;
    int64_t normal;
    int64_t clamp; /* A smaller value becomes this one; ANY: it is refused below 1. */
} knobs[] = {
    {"streaming_send_timeout", &policy.send_timeout, SECONDS, 30000000, ANY},
    {"streaming_ack_progress_timeout", &policy.progress_timeout, SECONDS, 60000000, ANY},
    {"streaming_ack_progress_check_interval", &policy.check_interval, SECONDS, 5000000, 10000},
    {"sfm_send_stall_timeout", &policy.stall_timeout, SECONDS, 45000000, ANY},
    {"sfm_close_stalled_connection", &policy.close_stalled, SWITCH, 0, ANY},
    {"sfm_send_stall_consecutive_checks", &policy.checks_max, NUMBER, 3, 1},
    {"streaming_ack_wait", &policy.ack_wait, WHOLE_SECONDS, 300000000, ANY},
    {"streaming_window_size", &policy.window, NUMBER, 16 * MIB, ANY},
    {"streaming_chunk_size", &policy.chunk, NUMBER, MIB, ANY},
    {"heartbeat_interval", &policy.heartbeat_interval, WHOLE_SECONDS, 60000000, ANY},
};
#define KNOBS (sizeof knobs / sizeof *knobs)

/* --- what there is ---------------------------------------------------------------------------- */

#define PREFIX_BYTES 16
#define PLACE_BYTES 13 /* The header of a chunk or an ACK: stream (4), offset (8), flags (1). */
#define NOTICE_BYTES 5 /* The header of a notice: stream (4), why (1). */
#define HEAD_BYTES (PREFIX_BYTES + PLACE_BYTES)
#define STREAM_MARK (INT64_C(1) << 31)
#define PAYLOAD_MAX (INT64_C(0xffffffff) - HEAD_BYTES)

enum Kind { DATA = 1, ACK = 2, PING = 6, PONG = 7, NOTICE = 8 }; /* The type of a frame. */
enum Outcome { OK, TIMEOUT, CLOSED, ERROR, SUPPRESSED };         /* How a send ends. */
static const char *const outcome_names[] = {"ok", "timeout", "closed", "error", "suppressed"};

/* How a stream ends. */
enum End { RUNNING, DONE, NO_PROGRESS, ACK_WAIT, CANCELLED, ACK_ERROR, SEND_FAILED };
static const char *const end_names[] = {
    "running", "done", "no_progress", "ack_wait", "cancelled", "ack_error", "send_failed",
};

/* A frame that is asked for: queued, or in flight once it has the send lock. */
struct Send {
    struct Send *next;
    enum Kind kind;
    int64_t number, repeat, completed; /* As the request has them; `number` of the frame at hand. */
    struct Stream *stream;             /* Whose chunk or notice it is, or NULL. */
    int64_t offset, payload_bytes;     /* `offset`: where in its stream the payload begins. */
    bool reported;                     /* Its lock and its writes are told. */
    /* From the lock on: */
    int64_t turn; /* Tells the sends of one connection apart; 0: it waits for the lock. */
    Time taken, deadline;
    int64_t size, written;
    int sequence; /* The number that its first byte uses up. */
};

struct Stream {
    struct Stream *next;
    struct Conn *conn;
    int64_t number, total, sent, acked;
    int64_t *pauses;
    int64_t pause_count, chunks; /* `chunks`: how many have begun. */
    bool ready;                  /* A chunk was handed over and has not begun. */
    bool carrying;               /* A chunk is queued or in flight. */
    bool waiting;                /* The chunk that is ready has to wait for the window. */
    bool notice_due;
    Time due;                    /* The end of a pause, or the next look during a wait. */
    Time wait_began, progressed; /* `progressed`: the last progress, at first the making. */
    enum End end;
};

struct Conn {
    struct Conn *next;
    char *name;
    const struct Transport *transport;
    int fd;
    bool heartbeats;
    /* While it connects: */
    bool opening;
    int64_t open_id;
    Time open_until;
    /* The send lock: who is at the head of the queue holds it. */
    struct Send *queue;
    int64_t turns;
    int sequence;
    bool may_write; /* The transport has not said "would block" since it was last writable. */
    bool closing;   /* Never undone. */
    /* What the monitor remembers: */
    int64_t stalled_checks, checked_turn;
    /* Reading: */
    bool reading;
    uint8_t head[HEAD_BYTES]; /* Of the frame that comes in. */
    int64_t seen_bytes;       /* How much of that frame has come in. */
    int64_t received_frames;
    bool received_any;
    Time received;
    struct Stream *streams;
    /* The virtual transport: */
    int64_t room; /* INT64_MAX: always everything. */
    Time late;
    bool failing;
    int failure; /* An error number; 0: a write that returns 0. */
};

static struct Conn *conns; /* In the order of their opening. */

/* --- frames: a prefix of 16 bytes, the header of a stream, blocks of eight bytes -------------- */

static void big_endian(uint8_t *at, int bytes, uint64_t value)
{
    while (bytes-- > 0) {
        at[bytes] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t read_big_endian(const uint8_t *at, int bytes)
{
    uint64_t value = 0;
    while (bytes-- > 0)
        value = value << 8 | *at++;
    return value;
}

static int64_t frame_bytes_of(const uint8_t *head) { return (int64_t)read_big_endian(head, 4); }

static int64_t header_bytes_of(const uint8_t *head)
{
    return (int64_t)read_big_endian(head + 4, 2);
}

static int64_t header_bytes(const struct Send *send)
{
    if (send->stream == NULL)
        return 0;
    return send->kind == NOTICE ? NOTICE_BYTES : PLACE_BYTES;
}

/* Put prefix and header of a frame into `at` (HEAD_BYTES at most); return their length. */
static int64_t make_head(const struct Send *send, uint8_t *at)
{
    int64_t header = header_bytes(send);
    const struct Stream *stream = send->stream;
    memset(at, 0, PREFIX_BYTES);
    big_endian(at, 4, (uint64_t)send->size);
    big_endian(at + 4, 2, (uint64_t)header);
    at[6] = (uint8_t)send->kind;
    big_endian(at + 14, 2, (uint64_t)send->sequence);
    if (stream != NULL) {
        big_endian(at + 12, 2, (uint64_t)stream->number);
        big_endian(at + 16, 4, (uint64_t)stream->number);
        if (send->kind == NOTICE) {
            at[20] = (uint8_t)(stream->end - NO_PROGRESS);
        } else {
            big_endian(at + 20, 8, (uint64_t)send->offset);
            at[28] = send->offset + send->payload_bytes == stream->total;
        }
    }
    return PREFIX_BYTES + header;
}

/* Make up to `max` bytes of the frame from byte `from` on: a big payload exists only in pieces. */
static int64_t make_piece(const struct Send *send, int64_t from, uint8_t *at, int64_t max)
{
    uint8_t head[HEAD_BYTES];
    int64_t head_bytes = make_head(send, head), made_bytes = 0;
    uint64_t whose = (uint64_t)(send->stream ? STREAM_MARK + send->stream->number : send->number);
    for (; from < head_bytes && made_bytes < max; from++)
        at[made_bytes++] = head[from];
    for (; from < send->size && made_bytes < max;) {
        int64_t place = send->offset + from - head_bytes;
        uint8_t block[8];
        big_endian(block, 4, whose);
        big_endian(block + 4, 4, (uint64_t)(place / 8));
        for (int64_t i = place % 8; i < 8 && from < send->size && made_bytes < max; i++, from++)
            at[made_bytes++] = block[i];
    }
    return made_bytes;
}

/* --- transports: real sockets, and the one that the oracle plays ------------------------------ */

#define WRITE_BYTES (64 * 1024) /* The most that one write to a socket is asked to take. */

/* No call of a transport ever waits. */
struct Transport {
    /* Take more of the frame; return the bytes taken, 0, or -1 with the reason in errno. */
    int64_t (*write)(struct Conn *conn, const struct Send *send);
    /* Tell, after "would block", whether the next write may be made at once all the same. */
    bool (*is_ready)(const struct Conn *conn);
    void (*shut)(struct Conn *conn);
    int64_t (*frame_bytes)(const struct Send *send);
    bool carries_heartbeats;
};

static int64_t write_socket(struct Conn *conn, const struct Send *send_)
{
    static uint8_t piece[WRITE_BYTES];
    int64_t bytes = make_piece(send_, send_->written, piece, WRITE_BYTES);
    /* The socket itself may block; each write says for itself that it must not. */
    return send(conn->fd, piece, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool poll_tells(const struct Conn *conn)
{
    (void)conn;
    return false;
}

/* Shutting down wakes whoever waits on the socket; its number is released later. */
static void shut_socket(struct Conn *conn) { shutdown(conn->fd, SHUT_RDWR); }

static int64_t socket_frame_bytes(const struct Send *send)
{
    return PREFIX_BYTES + header_bytes(send) + send->payload_bytes;
}

static const struct Transport socket_transport = {
    write_socket, poll_tells, shut_socket, socket_frame_bytes, true,
};

static int64_t write_virtual(struct Conn *conn, const struct Send *send)
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
    int64_t left = send->size - send->written;
    int64_t bytes = left < conn->room ? left : conn->room;
    if (conn->room != INT64_MAX)
        conn->room -= bytes;
    virtual_us += conn->late; /* A write that returns late takes its time. */
    conn->late = 0;
    return bytes;
}

static bool has_room(const struct Conn *conn) { return conn->failing || conn->room > 0; }

static void shut_virtual(struct Conn *conn) { conn->room = 0; }

static int64_t virtual_frame_bytes(const struct Send *send)
{
    return send->payload_bytes > 0 ? send->payload_bytes : 1;
}

static const struct Transport virtual_transport = {
    write_virtual, has_room, shut_virtual, virtual_frame_bytes, false,
};

/* --- closing ---------------------------------------------------------------------------------- */

static void end_stream(struct Stream *stream, enum End end);

/* Begin the closing unless it has begun. It never waits; the queue notices later. */
static void begin_closing(struct Conn *conn, const char *cause)
{
    if (conn->closing)
        return;
    conn->closing = true;
    say("closing", now(), conn->name);
    also_text("cause", cause);
    said();
    conn->transport->shut(conn);
    say("closed", now(), conn->name);
    said();
    for (struct Stream *stream = conn->streams; stream != NULL; stream = stream->next)
        end_stream(stream, SEND_FAILED);
}

/* --- the send lock and the send deadline ------------------------------------------------------ */

#define TURN_WRITES 32 /* Then the other connections have their turn. */

static void chunk_left(struct Stream *stream, bool ok);

static void take_lock(struct Conn *conn, struct Send *send)
{
    send->turn = ++conn->turns;
    send->taken = now();
    send->deadline = send->taken + policy.send_timeout; /* One for the whole frame. */
    send->size = conn->transport->frame_bytes(send);
    send->written = 0;
    send->sequence = (conn->sequence + 1) % 65536;
    if (send->reported) {
        say("lock_taken", send->taken, conn->name);
        also("send", send->number);
        said();
    }
}

/* Queue behind all who asked before: the lock is served in order of arrival. */
static void ask_for_lock(struct Conn *conn, struct Send *send)
{
    struct Send **last = &conn->queue;
    while (*last != NULL)
        last = &(*last)->next;
    send->next = NULL;
    *last = send;
    if (conn->queue == send && !conn->closing)
        take_lock(conn, send);
}

static void tell_end(struct Conn *conn, const struct Send *send, enum Outcome outcome, int error)
{
    say("send_ended", now(), conn->name);
    also("send", send->number - send->completed + (outcome == OK));
    also_text("outcome", outcome_names[outcome]);
    putf(",\"raised\":%s", outcome == OK || outcome == SUPPRESSED ? "false" : "true");
    also("written_bytes", send->written);
    if (send->written > 0)
        also("sequence", send->sequence);
    also("completed", send->completed);
    if (error != 0)
        also_text("detail", strerror(error));
    said();
}

/* End the send at the head and release the lock; begin the closing where the end demands it. */
static void end_send(struct Conn *conn, enum Outcome outcome, int error)
{
    struct Send *send = conn->queue;
    bool torn = send->written > 0 && outcome != OK;
    /* Closing begins before the lock is free: nobody gets in between. */
    if (outcome == TIMEOUT)
        begin_closing(conn, "send_timeout");
    else if (torn)
        begin_closing(conn, "torn_frame");
    conn->queue = send->next;
    if (send->stream != NULL && send->kind == DATA) {
        chunk_left(send->stream, outcome == OK);
    } else if (send->kind == NOTICE) {
        say("notice_sent", now(), conn->name);
        also("stream", send->stream->number);
        said();
    } else if (send->kind == PING) {
        say(outcome == OK ? "heartbeat_sent" : "heartbeat_dropped", now(), conn->name);
        said();
    } else if (send->kind == DATA) {
        send->completed += outcome == OK;
        if (outcome == OK && send->completed < send->repeat) {
            send->number++;
            send->turn = 0;
            ask_for_lock(conn, send);
            return;
        }
        tell_end(conn, send, outcome, error);
    }
    free(send);
}

/* The error table. */
static enum Outcome outcome_of(int error)
{
    switch (error) {
    case ETIMEDOUT:
        return TIMEOUT;
    case EPIPE:
    case ECONNRESET:
    case ENOTCONN:
    case ECONNABORTED:
    case EBADF:
    case ESHUTDOWN:
        return CLOSED;
    default:
        return ERROR;
    }
}

/* Note what a write took; the first bytes of a frame use up its sequence number. */
static void took(struct Conn *conn, struct Send *send, int64_t bytes, Time began)
{
    if (send->written == 0)
        conn->sequence = send->sequence;
    send->written += bytes;
    if (send->reported) {
        say("written", now(), conn->name);
        also("send", send->number);
        also("began_us", began);
        also("wrote_bytes", bytes);
        said();
    }
}

/* Take the sends of a connection as far as they go without waiting; tell whether more is to do.
 *
 * Of the head it looks at closing, then at the deadline (inclusive), and then it writes. What
 * was written counts first: a frame that is whole is OK, however late that is learnt.
 */
static bool run_queue(struct Conn *conn)
{
    int writes_left = TURN_WRITES;
    while (conn->queue != NULL) {
        struct Send *send = conn->queue;
        if (send->turn == 0 && !conn->closing)
            take_lock(conn, send);
        Time began = now();
        if (conn->closing) {
            end_send(conn, SUPPRESSED, 0);
        } else if (began >= send->deadline) {
            end_send(conn, TIMEOUT, 0);
        } else if (!conn->may_write) {
            return false;
        } else if (writes_left-- == 0) {
            return true;
        } else {
            int64_t wrote = conn->transport->write(conn, send);
            int error = wrote < 0 ? errno : EPIPE; /* To return 0 means closed. */
            if (wrote > 0) {
                took(conn, send, wrote, began);
                if (send->written == send->size)
                    end_send(conn, OK, 0);
            } else if (error == EAGAIN || error == EWOULDBLOCK) {
                conn->may_write = conn->transport->is_ready(conn);
            } else if (error != EINTR) {
                end_send(conn, now() >= send->deadline ? TIMEOUT : outcome_of(error), error);
            }
        }
    }
    return false;
}

static void ask_to_send(struct Conn *conn, enum Kind kind, struct Stream *stream)
{
    struct Send *send = made(sizeof *send);
    send->kind = kind;
    send->stream = stream;
    send->repeat = 1;
    ask_for_lock(conn, send);
}

/* --- the stall count and the monitor ---------------------------------------------------------- */

#define SLACK_US 50000 /* How late a check may be; a later tick is skipped (form b). */

static struct {
    bool runs;
    Time began, period;
    int64_t tick; /* The next one. */
    int64_t passes;
} monitor;

static bool is_idle(const struct Conn *conn, Time at)
{
    return !conn->received_any || at - conn->received > policy.heartbeat_interval;
}

static void queue_heartbeat(struct Conn *conn, Time at)
{
    say("heartbeat_queued", at, conn->name);
    said();
    if (conn->transport->carries_heartbeats)
        ask_to_send(conn, PING, NULL);
}

/* Judge one connection at one tick. It reads what the sender left behind, and waits for nothing. */
static void check(struct Conn *conn, Time at)
{
    const struct Send *held = conn->queue; /* Who is at the head has the lock. */
    Time stall = held != NULL && at > held->taken ? at - held->taken : 0;
    bool stalled = stall > policy.stall_timeout; /* Strict. */
    int64_t turn = held != NULL ? held->turn : 0;
    /* A count belongs to one send. */
    int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;
    conn->stalled_checks = stalled ? before + 1 : 0;
    conn->checked_turn = turn;
    say("checked", at, conn->name);
    also("stall_us", stall);
    also("count", conn->stalled_checks);
    said();
    if (stalled) {
        say("warned", at, conn->name);
        also("count", conn->stalled_checks);
        also("threshold", policy.checks_max);
        also("stall_us", stall);
        said();
        if (policy.close_stalled && conn->stalled_checks >= policy.checks_max)
            begin_closing(conn, "monitor");
    }
    /* A heartbeat is never due while a send is in flight. */
    if (held == NULL && conn->heartbeats && is_idle(conn, at))
        queue_heartbeat(conn, at);
}

/* Check every connection that is open and not closing, in the order of their opening. */
static void run_pass(void)
{
    monitor.passes++;
    say("pass_begun", now(), NULL);
    also("tick", monitor.passes);
    said();
    for (struct Conn *conn = conns; conn != NULL; conn = conn->next)
        if (!conn->opening && !conn->closing)
            check(conn, now());
    say("pass_ended", now(), NULL);
    also("tick", monitor.passes);
    said();
}

static Time tick_due(void)
{
    return monitor.runs ? monitor.began + monitor.tick * monitor.period : NEVER;
}

static void run_monitor(void)
{
    Time at = now(), late = at - tick_due();
    if (!monitor.runs || late < 0)
        return;
    /* A check that ran late and one on time would be too close together: a tick that came too late
       is skipped, and so are those after it for which it is too late as well, but no other. */
    Time slack = SLACK_US < monitor.period ? SLACK_US : monitor.period - 1;
    int64_t skipped = late > slack ? (late - slack + monitor.period - 1) / monitor.period : 0;
    if (skipped == 0)
        run_pass();
    else {
        say("ticks_skipped", at, NULL);
        also("tick", monitor.tick);
        also("ticks", skipped);
        also("late_us", late - (skipped - 1) * monitor.period);
        said();
    }
    monitor.tick += skipped > 1 ? skipped : 1;
}

/* --- streams: the window and the watchdog on ACK progress ------------------------------------- */

static void say_of_stream(const char *event, const struct Stream *stream)
{
    say(event, now(), stream->conn->name);
    also("stream", stream->number);
}

/* Have the notice sent, once, and after the chunk that may still be under way. */
static void tell_receiver(struct Stream *stream)
{
    if (stream->notice_due && !stream->carrying) {
        stream->notice_due = false;
        ask_to_send(stream->conn, NOTICE, stream);
    }
}

/* End the stream unless it is over: the first outcome is the only one. */
static void end_stream(struct Stream *stream, enum End end)
{
    if (stream->end != RUNNING)
        return;
    stream->end = end;
    stream->waiting = stream->ready = false;
    say_of_stream("stream_ended", stream);
    also_text("outcome", end_names[end]);
    also("offset", stream->sent);
    also("acknowledged", stream->acked);
    said();
    stream->notice_due = end == NO_PROGRESS || end == ACK_WAIT || end == CANCELLED;
    tell_receiver(stream);
}

static int64_t next_chunk_bytes(const struct Stream *stream)
{
    int64_t left = stream->total - stream->sent;
    return left < policy.chunk ? left : policy.chunk;
}

/* Begin the pause before the next chunk, `after` from now. */
static void begin_pause(struct Stream *stream, Time after)
{
    int64_t pause = stream->chunks < stream->pause_count ? stream->pauses[stream->chunks] : 0;
    stream->due = now() + after + pause;
}

/* The window has room: the ready chunk counts as sent from here on. */
static void begin_chunk(struct Stream *stream)
{
    struct Send *send = made(sizeof *send);
    send->kind = DATA;
    send->stream = stream;
    send->offset = stream->sent;
    send->payload_bytes = next_chunk_bytes(stream);
    stream->sent += send->payload_bytes;
    stream->chunks++;
    stream->ready = stream->waiting = false;
    stream->carrying = true;
    say_of_stream("chunk_begun", stream);
    also("offset", stream->sent);
    said();
    ask_for_lock(stream->conn, send);
}

static Time nearest(Time one, Time other) { return one < other ? one : other; }

/* Look at a stream that has a chunk ready: begin it, give up, or wait. */
static void look(struct Stream *stream)
{
    Time at = now();
    if (stream->sent - stream->acked <= policy.window) {
        begin_chunk(stream);
        return;
    }
    if (!stream->waiting) {
        stream->waiting = true;
        stream->wait_began = at;
    }
    /* A pause is no stall: the clock starts anew with the wait. */
    Time began = stream->wait_began;
    Time clock = stream->progressed > began ? stream->progressed : began;
    Time no_progress = clock + policy.progress_timeout, too_long = began + policy.ack_wait;
    if (at >= no_progress)
        end_stream(stream, NO_PROGRESS);
    else if (at >= too_long)
        end_stream(stream, ACK_WAIT);
    else /* Nobody sleeps past a moment that is due. */
        stream->due = nearest(at + policy.check_interval, nearest(no_progress, too_long));
}

static bool is_due(const struct Stream *stream)
{
    return stream->end == RUNNING && !stream->carrying && stream->due <= now();
}

/* The pause is over, and the source hands over a chunk; or it is time to look again. */
static void run_stream(struct Stream *stream)
{
    if (!stream->ready) {
        stream->ready = true;
        say_of_stream("chunk_ready", stream);
        also("chunk_bytes", next_chunk_bytes(stream));
        said();
    }
    look(stream);
}

static void chunk_left(struct Stream *stream, bool ok)
{
    stream->carrying = false;
    if (!ok)
        end_stream(stream, SEND_FAILED);
    else if (stream->sent == stream->total)
        end_stream(stream, DONE);
    else
        begin_pause(stream, 0);
    tell_receiver(stream);
}

struct Ack {
    const char *offset; /* As it came: JSON. */
    size_t offset_bytes;
    bool is_integer;
    int64_t value; /* INT64_MAX stands for all that is greater. */
    const char *origin, *error;
};

/* Say why an ACK cannot be true, NULL if it can. Of an error only the origin counts. */
static const char *untrue(const struct Stream *stream, const struct Ack *ack)
{
    if (stream->end != RUNNING)
        return "the stream has ended";
    if (ack->origin != NULL)
        return "it comes from another origin";
    if (ack->error != NULL)
        return NULL;
    if (!ack->is_integer)
        return "the offset is not an integer";
    if (ack->value < 0)
        return "the offset is negative";
    if (ack->value > stream->sent)
        return "the offset lies beyond what was sent";
    return NULL;
}

static void on_ack(struct Stream *stream, const struct Ack *ack)
{
    const char *why = untrue(stream, ack);
    say_of_stream("ack_received", stream);
    putf(",\"accepted\":%s,\"offset\":", why == NULL ? "true" : "false");
    put(ack->offset, ack->offset_bytes);
    if (ack->origin != NULL)
        also_text("origin", ack->origin);
    if (why != NULL)
        also_text("why", why);
    said();
    if (why != NULL)
        return;
    if (ack->error != NULL) {
        end_stream(stream, ACK_ERROR);
    } else if (ack->value > stream->acked) { /* Only a greater offset is progress. */
        stream->acked = ack->value;
        stream->progressed = now();
        if (stream->waiting)
            look(stream);
    }
}

static struct Stream *find_stream(struct Conn *conn, int64_t number)
{
    struct Stream *stream = conn->streams;
    while (stream != NULL && stream->number != number)
        stream = stream->next;
    return stream;
}

/* --- reading: frames of the peer, of which only the head is kept ------------------------------ */

#define RECEIVED_MAX (INT64_C(1) << 30) /* A longer frame means that the stream is garbage. */

static void on_wire_ack(struct Conn *conn)
{
    const uint8_t *place = conn->head + PREFIX_BYTES;
    struct Stream *stream = find_stream(conn, (int64_t)read_big_endian(place, 4));
    uint64_t offset = read_big_endian(place + 4, 8);
    char text[24];
    if (stream == NULL)
        return;
    struct Ack ack = {text, 0, true, offset < INT64_MAX ? (int64_t)offset : INT64_MAX, NULL, NULL};
    ack.offset_bytes = (size_t)snprintf(text, sizeof text, "%" PRIu64, offset);
    if (place[12] != 0)
        ack.error = "reported by the receiver";
    on_ack(stream, &ack);
}

static const char *kind_name(int kind)
{
    switch (kind) {
    case DATA:
        return "data";
    case ACK:
        return "ack";
    case PING:
        return "heartbeat";
    default:
        return "other";
    }
}

static void on_frame(struct Conn *conn, int kind)
{
    conn->received = now();
    conn->received_any = true;
    conn->received_frames++;
    say("received", conn->received, conn->name);
    also_text("kind", kind_name(kind));
    said();
    /* A busy lock means that a frame is on its way, which tells the peer as much as an answer. */
    if (kind == PING && conn->queue == NULL)
        ask_to_send(conn, PONG, NULL);
    if (kind == ACK && header_bytes_of(conn->head) == PLACE_BYTES)
        on_wire_ack(conn);
}

/* Take in bytes, however they are cut; tell whether they make sense as frames. */
static bool feed(struct Conn *conn, const uint8_t *bytes, int64_t count)
{
    while (count > 0) {
        int64_t end = conn->seen_bytes < PREFIX_BYTES ? PREFIX_BYTES : frame_bytes_of(conn->head);
        int64_t piece = end - conn->seen_bytes < count ? end - conn->seen_bytes : count;
        for (int64_t i = 0; i < piece && conn->seen_bytes + i < HEAD_BYTES; i++)
            conn->head[conn->seen_bytes + i] = bytes[i];
        conn->seen_bytes += piece;
        bytes += piece;
        count -= piece;
        if (conn->seen_bytes < PREFIX_BYTES)
            continue;
        int64_t size = frame_bytes_of(conn->head);
        if (size < PREFIX_BYTES + header_bytes_of(conn->head) || size > RECEIVED_MAX)
            return false;
        if (conn->seen_bytes == size) {
            conn->seen_bytes = 0;
            on_frame(conn, conn->head[6]);
        }
    }
    return true;
}

static void read_some(struct Conn *conn)
{
    static uint8_t bytes[WRITE_BYTES];
    ssize_t count = recv(conn->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    /* The end of the peer's direction closes nothing: ours may still work, and a send tells. */
    if (count <= 0 || !feed(conn, bytes, count)) {
        conn->reading = false;
        if (!conn->closing) {
            say("peer_ended", now(), conn->name);
            also_text("how", count == 0 ? "orderly" : "error");
            said();
        }
    }
}

/* --- everything that is due ------------------------------------------------------------------- */

/* Release the descriptor, last of all: nobody sends and nobody reads any more. */
static void release(struct Conn *conn)
{
    if (conn->closing && conn->queue == NULL && !conn->reading && conn->fd >= 0) {
        close(conn->fd);
        conn->fd = -1;
    }
}

static void give_up_opening(struct Conn *conn, int error);

/* Return the nearest moment at which something is due without anybody's doing. */
static Time next_due(void)
{
    Time due = tick_due();
    for (const struct Conn *conn = conns; conn != NULL; conn = conn->next) {
        if (conn->opening)
            due = nearest(due, conn->open_until);
        if (conn->queue != NULL)
            due = nearest(due, conn->queue->deadline); /* 0 without the lock: at once. */
        for (const struct Stream *stream = conn->streams; stream != NULL; stream = stream->next)
            if (stream->end == RUNNING && !stream->carrying)
                due = nearest(due, stream->due);
    }
    return due;
}

/* Do what is due and what can go on without waiting; tell whether there is more of it. */
static bool run_all(void)
{
    bool more = false;
    run_monitor();
    for (struct Conn *conn = conns, *next; conn != NULL; conn = next) {
        next = conn->next;
        if (conn->opening) {
            if (conn->open_until <= now())
                give_up_opening(conn, ETIMEDOUT);
            continue;
        }
        for (struct Stream *stream = conn->streams; stream != NULL; stream = stream->next)
            if (is_due(stream))
                run_stream(stream);
        more |= run_queue(conn);
        release(conn);
    }
    return more || next_due() <= now();
}

/* Virtual time: let it stand at `to` at last, and all that is due till then happen in its order. */
static void advance(Time to)
{
    for (Time due = next_due(); due <= to; due = next_due()) {
        if (due > virtual_us)
            virtual_us = due;
        while (run_all()) {
        }
    }
    virtual_us = to;
}

static void free_conn(struct Conn *conn)
{
    struct Conn **place = &conns;
    while (*place != conn)
        place = &(*place)->next;
    *place = conn->next;
    for (struct Send *send = conn->queue, *next; send != NULL; send = next) {
        next = send->next;
        free(send);
    }
    for (struct Stream *stream = conn->streams, *next; stream != NULL; stream = next) {
        next = stream->next;
        free(stream->pauses);
        free(stream);
    }
    if (conn->fd >= 0)
        close(conn->fd);
    free(conn->name);
    free(conn);
}

/* A new case begins: no connection, no monitor, the default knobs, and virtual time is 0. */
static void begin_anew(void)
{
    while (conns != NULL)
        free_conn(conns);
    memset(&monitor, 0, sizeof monitor);
    for (size_t i = 0; i < KNOBS; i++)
        *knobs[i].value = knobs[i].normal;
    virtual_us = wall_jumped_us = 0;
}

/* --- JSON: one pass that finds where things are, and what reads them -------------------------- */

#define LINE_MAX_BYTES (1024 * 1024)
#define DEPTH_MAX 64
#define FIELDS_MAX 32

struct Json {
    const char *at; /* NULL: there is none. */
    size_t bytes;
};

static const char *past_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')
        at++;
    return at;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static int hex_of(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
        char c = *at | 0x20;
        if (!is_digit(*at) && !(c >= 'a' && c <= 'f'))
            return -1;
        value = value * 16 + (is_digit(*at) ? *at - '0' : c - 'a' + 10);
    }
    return value;
}

/* Return what follows the string at `at`, NULL if it is none. Text with a NUL is not for C. */
static const char *past_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at == '\\') {
            at++;
            if (*at == 'u' ? hex_of(at + 1) <= 0 : *at == '\0' || !strchr("\"\\/bfnrt", *at))
                return NULL;
        }
    }
    return at + 1;
}

static const char *past_number(const char *at)
{
    at += *at == '-';
    if (!is_digit(*at))
        return NULL;
    if (*at == '0' && is_digit(at[1]))
        return NULL;
    while (is_digit(*at))
        at++;
    if (*at == '.') {
        if (!is_digit(*++at))
            return NULL;
        while (is_digit(*at))
            at++;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        if (!is_digit(*at))
            return NULL;
        while (is_digit(*at))
            at++;
    }
    return at;
}

/* Return what follows the value at `at`, NULL if it is none. The text ends with a NUL. */
static const char *past_value(const char *at, int depth)
{
    char close = *at == '{' ? '}' : ']';
    if (*at == '"')
        return past_string(at);
    if (strncmp(at, "true", 4) == 0 || strncmp(at, "null", 4) == 0)
        return at + 4;
    if (strncmp(at, "false", 5) == 0)
        return at + 5;
    if (*at != '{' && *at != '[')
        return past_number(at);
    if (depth == 0)
        return NULL;
    at = past_blanks(at + 1);
    if (*at == close)
        return at + 1;
    for (;;) {
        if (close == '}') {
            at = past_string(at);
            if (at == NULL || *(at = past_blanks(at)) != ':')
                return NULL;
            at = past_blanks(at + 1);
        }
        at = past_value(at, depth - 1);
        if (at == NULL)
            return NULL;
        at = past_blanks(at);
        if (*at == close)
            return at + 1;
        if (*at != ',')
            return NULL;
        at = past_blanks(at + 1);
    }
}

struct Fields {
    int count;
    struct {
        struct Json name, value; /* `name` without its quotes. */
    } of[FIELDS_MAX];
};

/* Find the fields of the object at `at`, which is known to be JSON; tell whether it is one. */
static bool read_fields(const char *at, struct Fields *fields)
{
    fields->count = 0;
    if (*at != '{')
        return false;
    for (at = past_blanks(at + 1); *at != '}';) {
        const char *name_end = past_string(at), *value, *end;
        value = past_blanks(past_blanks(name_end) + 1);
        end = past_value(value, DEPTH_MAX);
        if (fields->count == FIELDS_MAX || end == NULL)
            return false;
        fields->of[fields->count].name = (struct Json){at + 1, (size_t)(name_end - at - 2)};
        fields->of[fields->count++].value = (struct Json){value, (size_t)(end - value)};
        at = past_blanks(end);
        if (*at == ',')
            at = past_blanks(at + 1);
    }
    return true;
}

static bool is_word(struct Json json, const char *word)
{
    return json.at != NULL && json.bytes == strlen(word) && memcmp(json.at, word, json.bytes) == 0;
}

/* Return the value of a field; none where it is missing or null. */
static struct Json field(const struct Fields *fields, const char *name)
{
    for (int i = 0; i < fields->count; i++)
        if (is_word(fields->of[i].name, name) && !is_word(fields->of[i].value, "null"))
            return fields->of[i].value;
    return (struct Json){NULL, 0};
}

/* Tell whether `json` is an integer, and put it into `value`, as near as that can be. */
static bool is_integer(struct Json json, int64_t *value)
{
    if (json.at == NULL || json.bytes == 0 || (*json.at != '-' && !is_digit(*json.at)))
        return false;
    for (size_t i = 1; i < json.bytes; i++)
        if (!is_digit(json.at[i]))
            return false;
    errno = 0;
    *value = strtoll(json.at, NULL, 10); /* It keeps to the ends of its range. */
    return true;
}

static char texts[LINE_MAX_BYTES + 1]; /* The texts of the request at hand, decoded. */
static size_t texts_bytes;

static void put_character(int code)
{
    if (code < 0x80) {
        texts[texts_bytes++] = (char)code;
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    texts[texts_bytes++] = (char)((0xf0 << (3 - more) & 0xff) | code >> 6 * more);
    while (more-- > 0)
        texts[texts_bytes++] = (char)(0x80 | (code >> 6 * more & 0x3f));
}

/* Decode what follows a backslash; return what follows it. A lone surrogate is no character. */
static const char *put_escaped(const char *at)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, *at);
    if (*at != 'u') {
        put_character(letter != NULL ? meant[letter - letters] : *at);
        return at + 1;
    }
    int code = hex_of(at + 1), low = at[5] == '\\' && at[6] == 'u' ? hex_of(at + 7) : -1;
    at += 5;
    if (code >= 0xd800 && code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        put_character(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        return at + 6;
    }
    put_character(code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return at;
}

/* Return the text that `json` is, NULL if it is none; it lasts for this request. */
static const char *text_of(struct Json json)
{
    if (json.at == NULL || *json.at != '"')
        return NULL;
    const char *text = texts + texts_bytes, *at = json.at + 1;
    while (*at != '"') {
        if (*at == '\\')
            at = put_escaped(at + 1);
        else
            texts[texts_bytes++] = *at++;
    }
    texts[texts_bytes++] = '\0';
    return text;
}

/* Tell whether `at` is UTF-8 up to its NUL. */
static bool is_utf8(const char *at)
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

/* --- answering -------------------------------------------------------------------------------- */

enum Answer { ANSWERED, LATER, UNSUPPORTED, REFUSED, FAILED };

static char message[300]; /* Why a request is not carried out. */

static enum Answer no(enum Answer kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return kind;
}

/* Begin and end the writing of fields of the reply. */
static void begin_answer(void) { sink = &answer; }
static void end_answer(void) { sink = &out; }

static void reply(int64_t id, enum Answer kind)
{
    static const char *const names[] = {"", "", "unsupported", "refused", "failed"};
    putf("{\"id\":%" PRId64 ",\"ok\":%s", id, kind == ANSWERED ? "true" : "false");
    if (kind != ANSWERED) {
        also_text("error", names[kind]);
        also_text("message", message);
    }
    put(answer.bytes, answer.count);
    said();
    answer.count = 0;
}

/* What is asked: its fields, its id, and the first field that makes no sense. */
struct Request {
    struct Fields fields;
    int64_t id;
    const char *bad;
};

#define REQUIRED INT64_MIN
#define WHOLE_MAX (INT64_C(1) << 53) /* Far enough from where sums of times overflow. */

static int64_t whole(struct Request *request, const char *name, int64_t normal, int64_t least)
{
    struct Json json = field(&request->fields, name);
    int64_t value = normal;
    if (json.at == NULL)
        request->bad = normal == REQUIRED ? name : request->bad;
    else if (!is_integer(json, &value) || value < least || value > WHOLE_MAX)
        request->bad = name;
    return value;
}

static const char *text(struct Request *request, const char *name, const char *normal)
{
    struct Json json = field(&request->fields, name);
    const char *value = json.at == NULL ? normal : text_of(json);
    if (value == NULL && (json.at != NULL || normal == NULL))
        request->bad = name;
    return value;
}

static struct Conn *find_conn(const char *name)
{
    struct Conn *conn = conns;
    while (conn != NULL && strcmp(conn->name, name) != 0)
        conn = conn->next;
    return conn;
}

/* Return the connection that a request names; NULL, and it is bad, where there is none. */
static struct Conn *conn_of(struct Request *request)
{
    const char *name = text(request, "conn", NULL);
    struct Conn *conn = name == NULL ? NULL : find_conn(name);
    if (conn != NULL && conn->opening)
        conn = NULL;
    if (conn == NULL)
        request->bad = "conn";
    return conn;
}

static enum Answer bad(const struct Request *request)
{
    return no(FAILED, "the field %s is missing or makes no sense", request->bad);
}

/* --- connecting: it never waits either -------------------------------------------------------- */

#define OPEN_US 5000000
#define SPARE_DESCRIPTORS 64

static struct Conn *new_conn(const char *name, bool heartbeats)
{
    struct Conn *conn = made(sizeof *conn), **last = &conns;
    conn->name = copied(name);
    conn->heartbeats = heartbeats;
    conn->may_write = true;
    conn->fd = -1;
    while (*last != NULL)
        last = &(*last)->next;
    *last = conn;
    return conn;
}

/* Move the socket to a descriptor of at least `lowest`; tell whether that worked. */
static bool raise_descriptor(struct Conn *conn, int64_t lowest)
{
    struct rlimit limit;
    if (conn->fd >= lowest)
        return true;
    rlim_t needed = (rlim_t)lowest + SPARE_DESCRIPTORS;
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

static void opened(struct Conn *conn)
{
    say("opened", now(), conn->name);
    if (conn->fd >= 0)
        also("descriptor", conn->fd);
    said();
    begin_answer();
    if (conn->fd >= 0)
        also("descriptor", conn->fd);
    else
        putf(",\"descriptor\":null");
    end_answer();
}

static void give_up_opening(struct Conn *conn, int error)
{
    no(FAILED, "connecting failed: %s", strerror(error));
    reply(conn->open_id, FAILED);
    free_conn(conn);
}

/* The connection is there, or never will be: poll says that the attempt is over. */
static void finish_opening(struct Conn *conn)
{
    int error = 0;
    socklen_t bytes = sizeof error;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &bytes) < 0)
        error = errno;
    if (error != 0) {
        give_up_opening(conn, error);
        return;
    }
    conn->opening = false;
    conn->reading = true;
    fcntl(conn->fd, F_SETFL, fcntl(conn->fd, F_GETFL) & ~O_NONBLOCK);
    opened(conn);
    reply(conn->open_id, ANSWERED);
}

static bool address_of(struct Request *request, bool unix_, struct sockaddr_storage *address,
                       socklen_t *bytes)
{
    struct sockaddr_un *path = (struct sockaddr_un *)address;
    struct sockaddr_in *place = (struct sockaddr_in *)address;
    memset(address, 0, sizeof *address);
    if (unix_) {
        const char *name = text(request, "path", NULL);
        if (name == NULL || strlen(name) >= sizeof path->sun_path)
            return false;
        path->sun_family = AF_UNIX;
        strcpy(path->sun_path, name);
        *bytes = sizeof *path;
        return true;
    }
    const char *host = text(request, "host", NULL);
    int64_t port = whole(request, "port", REQUIRED, 1);
    if (request->bad != NULL || port > 65535)
        return false;
    place->sin_family = AF_INET;
    place->sin_port = htons((uint16_t)port);
    *bytes = sizeof *place;
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1"; /* Names are not looked up: that could wait. */
    return inet_pton(AF_INET, host, &place->sin_addr) == 1;
}

static enum Answer open_socket(struct Request *request, const char *name, bool heartbeats,
                               bool unix_)
{
    struct sockaddr_storage address;
    socklen_t bytes;
    int64_t buffer = whole(request, "send_buffer_bytes", 0, 0);
    int64_t lowest = whole(request, "lowest_descriptor", 0, 0);
    if (request->bad != NULL)
        return bad(request);
    if (!address_of(request, unix_, &address, &bytes))
        return no(FAILED, "the address is incomplete, too long or not numeric");
    struct Conn *conn = new_conn(name, heartbeats);
    int one = 1, size = buffer < INT32_MAX ? (int)buffer : INT32_MAX;
    conn->transport = &socket_transport;
    conn->opening = true;
    conn->open_id = request->id;
    conn->open_until = now() + OPEN_US;
    conn->fd = socket(unix_ ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
    bool usable = conn->fd >= 0 && raise_descriptor(conn, lowest);
    if (usable && !unix_)
        setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (usable && size > 0)
        setsockopt(conn->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (usable)
        fcntl(conn->fd, F_SETFL, fcntl(conn->fd, F_GETFL) | O_NONBLOCK);
    if (!usable || connect(conn->fd, (struct sockaddr *)&address, bytes) < 0) {
        if (!usable || errno != EINPROGRESS)
            give_up_opening(conn, errno);
        return LATER;
    }
    finish_opening(conn);
    return LATER;
}

/* --- requests --------------------------------------------------------------------------------- */

static bool stopped;

/* An ACK of stream 0 up to offset 0: prefix, stream and offset. Its flags follow, 1 of an error. */
#define ACK_HEX "0000001d000d02000000000000000000" "000000000000000000000000"

#define HELLO                                                                                      \
    ",\"name\":\"stallproof-c\",\"version\":\"1\",\"language\":\"c\",\"features\":[\"unix\","      \
    "\"tcp\",\"descriptor\",\"checks\",\"monitor\",\"heartbeats\",\"wall_jump\",\"sequence\","     \
    "\"streams\",\"virtual_time\",\"decide\"],\"machines\":[\"download_retry\"],"                   \
    "\"frames\":{\"prefix_bytes\":16,\"length\":{\"at\":0,"          \
    "\"bytes\":4,\"counts_prefix\":true},\"extra\":{\"at\":4,\"bytes\":2},\"kind\":{\"at\":6,"     \
    "\"bytes\":1,\"data\":[1],\"heartbeat\":[6],\"ack\":[2]},\"sequence\":{\"at\":14,\"bytes\":2},"  \
    "\"ack\":{\"stream\":[{\"at\":12,\"bytes\":2},{\"at\":16,\"bytes\":4}],\"offset\":["           \
    "{\"at\":20,\"bytes\":8}],\"frame_hex\":\"" ACK_HEX "00\",\"error_hex\":\"" ACK_HEX "01\"}},"
#define HELLO_MONITOR                                                                              \
    "\"monitor\":{\"form\":\"b\",\"slack_us\":50000},\"notes\":[\"One thread and one poll for "    \
    "everything.\",\"Nothing is decided by the wall clock: wall_jump moves the one function that " \
    "reads it.\"]"

static enum Answer hello(struct Request *request)
{
    const char *clock = text(request, "clock", "real");
    if (whole(request, "protocol", REQUIRED, -WHOLE_MAX) != 1)
        return no(UNSUPPORTED, "this harness speaks protocol 1");
    if (clock == NULL || (strcmp(clock, "real") != 0 && strcmp(clock, "virtual") != 0))
        return no(UNSUPPORTED, "the clock is real or virtual");
    now = strcmp(clock, "virtual") == 0 ? virtual_clock : monotonic_clock;
    begin_anew();
    begin_answer();
    put(HELLO, sizeof HELLO - 1);
    putf("\"clock\":{\"name\":\"monotonic\",\"resolution_us\":1,\"shared\":true},");
    put(HELLO_MONITOR, sizeof HELLO_MONITOR - 1);
    end_answer();
    return ANSWERED;
}

static const char *const allowed[] = {
    "seconds from 0.000001 to 1000000", "whole seconds from 1 to 1000000",
    "an integer of at least 1", "true or false",
};

/* Put the value of a knob, in core units, into `value`; tell whether it is allowed. */
static bool read_knob(const struct Knob *knob, struct Json json, int64_t *value)
{
    bool is_true = is_word(json, "true");
    if (knob->kind == SWITCH) {
        *value = is_true;
        return is_true || is_word(json, "false");
    }
    if (*json.at != '-' && !is_digit(*json.at))
        return false;
    double number = strtod(json.at, NULL);
    double most = knob->kind == NUMBER ? 9007199254740991.0 : 1e6;
    if (!(number <= most))
        return false;
    double unit = knob->kind == NUMBER ? 1 : 1e6;
    if (knob->clamp != ANY && number * unit < (double)knob->clamp) {
        *value = knob->clamp;
        return knob->kind == SECONDS || number < -1e15 || (double)(int64_t)number == number;
    }
    *value = number * unit < 1 ? 0 : (int64_t)(number * unit + 0.5);
    if (knob->kind != SECONDS && (double)(int64_t)number != number)
        return false;
    return *value >= 1;
}

static void answer_effective(void)
{
    putf(",\"effective\":{");
    for (size_t i = 0; i < KNOBS; i++) {
        int64_t value = *knobs[i].value;
        putf("%s\"%s\":", i > 0 ? "," : "", knobs[i].name);
        if (knobs[i].kind == SWITCH)
            putf(value ? "true" : "false");
        else if (knobs[i].kind == NUMBER)
            putf("%" PRId64, value);
        else
            putf("%" PRId64 ".%06" PRId64, value / 1000000, value % 1000000);
    }
    putf("},\"notes\":[],\"monitor_period_us\":5000000");
}

/* A knob that nobody here has is not in force, and `effective` says so by leaving it out. */
static enum Answer config(struct Request *request)
{
    struct Json asked = field(&request->fields, "knobs"), found;
    struct Fields fields, variables;
    int64_t values[KNOBS];
    if (is_virtual())
        begin_anew(); /* Refused or not, a new case begins. */
    else if (conns != NULL)
        return no(FAILED, "a configuration comes before anything is opened");
    found = field(&request->fields, "environment");
    if (found.at != NULL && !read_fields(found.at, &variables))
        return no(FAILED, "environment is an object of at most %d fields", FIELDS_MAX);
    if (field(&request->fields, "file").at != NULL || (found.at != NULL && variables.count > 0))
        return no(UNSUPPORTED, "this implementation reads no file and no environment");
    fields.count = 0;
    if (asked.at != NULL && !read_fields(asked.at, &fields))
        return no(FAILED, "knobs is an object of at most %d fields", FIELDS_MAX);
    for (size_t i = 0; i < KNOBS; i++) {
        found = field(&fields, knobs[i].name);
        values[i] = knobs[i].normal;
        if (found.at == NULL || read_knob(&knobs[i], found, &values[i]))
            continue;
        begin_answer();
        also_text("knob", knobs[i].name);
        /* As text: not every reader takes a number like 1e999. */
        bool is_number = *found.at == '-' || is_digit(*found.at);
        putf(",\"value\":%s", is_number ? "\"" : "");
        put(found.at, found.bytes);
        putf(is_number ? "\"" : "");
        also_text("allowed", allowed[knobs[i].kind]);
        end_answer();
        return no(REFUSED, "%s has to be %s", knobs[i].name, allowed[knobs[i].kind]);
    }
    for (size_t i = 0; i < KNOBS; i++)
        *knobs[i].value = values[i];
    begin_answer();
    answer_effective();
    end_answer();
    return ANSWERED;
}

static enum Answer open_virtual(struct Request *request, const char *name, bool heartbeats)
{
    int64_t room = whole(request, "room_bytes", INT64_MAX, 0);
    if (request->bad != NULL)
        return bad(request);
    struct Conn *conn = new_conn(name, heartbeats);
    conn->transport = &virtual_transport;
    conn->room = room;
    opened(conn);
    return ANSWERED;
}

static enum Answer open_conn(struct Request *request)
{
    const char *name = text(request, "conn", NULL), *transport = text(request, "transport", NULL);
    struct Json heartbeats = field(&request->fields, "heartbeats");
    bool allows = heartbeats.at == NULL || is_word(heartbeats, "true");
    if (!allows && !is_word(heartbeats, "false"))
        request->bad = "heartbeats";
    if (request->bad != NULL)
        return bad(request);
    struct Conn *before = find_conn(name);
    if (before != NULL && !before->closing)
        return no(FAILED, "a connection of this name is open already");
    if (before != NULL)
        before->name[0] = '\0'; /* The name goes to another one, which knows nothing of it. */
    if (is_virtual() && strcmp(transport, "virtual") == 0)
        return open_virtual(request, name, allows);
    bool unix_ = strcmp(transport, "unix") == 0;
    if (is_virtual() || (!unix_ && strcmp(transport, "tcp") != 0))
        return no(UNSUPPORTED, "this implementation has no such transport on this clock");
    return open_socket(request, name, allows, unix_);
}

/* On real sockets the frames come by themselves; in virtual time one arrives now. */
static enum Answer received(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    if (request->bad != NULL)
        return bad(request);
    if (is_virtual() && !conn->closing)
        on_frame(conn, DATA);
    begin_answer();
    also("frames", conn->received_frames);
    end_answer();
    return ANSWERED;
}

#define REPORTED_REPEATS 64 /* A send repeated more often does not tell of each frame. */

static enum Answer send_frames(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    int64_t number = whole(request, "send", REQUIRED, 0), repeat = whole(request, "repeat", 1, 1);
    int64_t bytes = whole(request, "size_bytes", REQUIRED, is_virtual() ? 1 : 0);
    const char *kind = text(request, "kind", "data");
    if (request->bad != NULL)
        return bad(request);
    if (strcmp(kind, "data") != 0)
        return no(UNSUPPORTED, "only frames of kind data can be asked for");
    if (bytes > PAYLOAD_MAX || repeat > INT32_MAX || number + repeat > STREAM_MARK)
        return no(FAILED, "a frame has fewer than 2^32 bytes, and a number below 2^31");
    struct Send *send = made(sizeof *send);
    send->kind = DATA;
    send->number = number;
    send->repeat = repeat;
    send->payload_bytes = bytes;
    send->reported = repeat <= REPORTED_REPEATS;
    say("send_started", now(), conn->name);
    also("send", number);
    said();
    ask_for_lock(conn, send);
    return ANSWERED;
}

/* Read the list of pauses; tell whether it is one. */
static bool read_pauses(struct Json json, struct Stream *stream)
{
    if (json.at == NULL)
        return true;
    if (*json.at != '[')
        return false;
    stream->pauses = made((json.bytes / 2 + 1) * sizeof *stream->pauses);
    for (const char *at = past_blanks(json.at + 1), *end; *at != ']'; at = past_blanks(end)) {
        int64_t *pause = &stream->pauses[stream->pause_count++];
        end = past_value(at, 0);
        if (end == NULL || !is_integer((struct Json){at, (size_t)(end - at)}, pause) || *pause < 0)
            return false;
        end = past_blanks(end);
        end += *end == ',';
    }
    return true;
}

static enum Answer make_stream(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    int64_t number = whole(request, "stream", REQUIRED, 0);
    int64_t total = whole(request, "total_bytes", REQUIRED, 1);
    int64_t after = whole(request, "start_after_us", 0, 0);
    if (request->bad != NULL)
        return bad(request);
    if (number >= STREAM_MARK || find_stream(conn, number) != NULL)
        return no(FAILED, "a stream has a number of its own, below 2^31");
    struct Stream *stream = made(sizeof *stream);
    if (!read_pauses(field(&request->fields, "chunk_ready_us"), stream)) {
        free(stream->pauses);
        free(stream);
        return no(FAILED, "chunk_ready_us is a list of pauses");
    }
    stream->conn = conn;
    stream->number = number;
    stream->total = total;
    stream->progressed = now();
    stream->next = conn->streams;
    conn->streams = stream;
    say_of_stream("stream_made", stream);
    said();
    begin_pause(stream, after);
    if (conn->closing)
        end_stream(stream, SEND_FAILED);
    return ANSWERED;
}

/* Return the stream that a request names; NULL, and it is bad, where there is none. */
static struct Stream *stream_of(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    int64_t number = whole(request, "stream", REQUIRED, 0);
    struct Stream *stream = conn == NULL ? NULL : find_stream(conn, number);
    if (stream == NULL && request->bad == NULL)
        request->bad = "stream";
    return stream;
}

static enum Answer take_ack(struct Request *request)
{
    struct Stream *stream = stream_of(request);
    struct Json offset = field(&request->fields, "offset");
    struct Ack ack = {"null", 4, false, 0, NULL, NULL};
    ack.origin = text(request, "origin", "");
    ack.error = text(request, "error", "");
    if (request->bad != NULL)
        return bad(request);
    /* An empty text is a text: only null, or nothing, is none. */
    if (field(&request->fields, "origin").at == NULL)
        ack.origin = NULL;
    if (field(&request->fields, "error").at == NULL)
        ack.error = NULL;
    if (offset.at != NULL) {
        ack.offset = offset.at;
        ack.offset_bytes = offset.bytes;
        ack.is_integer = is_integer(offset, &ack.value);
    }
    on_ack(stream, &ack);
    return ANSWERED;
}

static enum Answer cancel(struct Request *request)
{
    struct Stream *stream = stream_of(request);
    if (request->bad != NULL)
        return bad(request);
    end_stream(stream, CANCELLED);
    return ANSWERED;
}

static enum Answer check_now(struct Request *request)
{
    (void)request;
    Time began = now();
    run_pass();
    begin_answer();
    also("began_us", began);
    also("ended_us", now());
    end_answer();
    return ANSWERED;
}

static enum Answer set_monitor(struct Request *request)
{
    int64_t period = whole(request, "period_us", 0, 1);
    if (request->bad != NULL)
        return bad(request);
    monitor.runs = period > 0;
    monitor.began = now();
    monitor.period = period;
    monitor.tick = 1;
    begin_answer();
    also_text("form", "b");
    also("slack_us", SLACK_US);
    end_answer();
    return ANSWERED;
}

static enum Answer wall_jump(struct Request *request)
{
    int64_t by = whole(request, "by_us", REQUIRED, -WHOLE_MAX);
    if (request->bad != NULL)
        return bad(request);
    Time before = wall_clock();
    wall_jumped_us += by;
    Time after = wall_clock();
    putf("{\"event\":\"wall_jumped\",\"at_us\":%" PRId64, now());
    also("before_us", before);
    also("after_us", after);
    said();
    begin_answer();
    also("before_us", before);
    also("after_us", after);
    end_answer();
    return ANSWERED;
}

/* What a download does after requests that ended as `outcomes` lists them (spec/rt.md). */
static bool retry_download(struct Json outcomes, int64_t most, const char **action, int64_t *wait)
{
    int64_t row = 0;
    *action = most < 0 ? "refuse" : "go_on";
    *wait = 0;
    if (outcomes.at == NULL || *outcomes.at != '[')
        return false;
    for (const char *at = past_blanks(outcomes.at + 1), *end; *at != ']'; at = past_blanks(end)) {
        const char *outcome = text_of((struct Json){at, 0});
        end = past_blanks(past_value(at, DEPTH_MAX));
        end += *end == ',';
        if (outcome == NULL || strcmp(*action, "fail") == 0)
            return false;
        if (most < 0)
            continue;
        row = strcmp(outcome, "timeout") == 0 ? row + 1 : 0;
        *action = strcmp(outcome, "ok") == 0 ? "go_on" : row == 0 || row > most ? "fail" : "retry";
    }
    if (strcmp(*action, "retry") == 0)
        *wait = row > 5 ? 60000000 : INT64_C(2000000) << (row - 1);
    return true;
}

static enum Answer decide(struct Request *request)
{
    const char *machine = text(request, "machine", NULL), *action;
    struct Json input = field(&request->fields, "input");
    struct Request given = {.id = 0, .bad = NULL};
    int64_t wait;
    if (machine == NULL || input.at == NULL || !read_fields(input.at, &given.fields))
        return no(FAILED, "a machine decides on an object");
    if (strcmp(machine, "download_retry") != 0)
        return no(UNSUPPORTED, "no machine is called %.60s", machine);
    int64_t most = whole(&given, "max_retries", REQUIRED, -WHOLE_MAX);
    if (given.bad != NULL
        || !retry_download(field(&given.fields, "outcomes"), most, &action, &wait))
        return no(FAILED, "the input is max_retries and the outcomes of a download");
    say("decided", now(), NULL);
    also_text("machine", machine);
    putf(",\"input\":");
    put(input.at, input.bytes);
    putf(",\"decision\":{\"action\":\"%s\"", action);
    also("wait_us", wait);
    put("}", 1);
    said();
    return ANSWERED;
}

static enum Answer close_conn(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    if (request->bad != NULL)
        return bad(request);
    begin_closing(conn, "local");
    return ANSWERED;
}

static enum Answer advance_to(struct Request *request)
{
    int64_t to = whole(request, "to_us", REQUIRED, 0);
    if (!is_virtual())
        return no(UNSUPPORTED, "the clock is real");
    if (request->bad != NULL || to < virtual_us)
        return no(FAILED, "to_us is a moment that is not over");
    advance(to);
    return ANSWERED;
}

static enum Answer accept_bytes(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    int64_t bytes = whole(request, "wrote_bytes", REQUIRED, 1);
    int64_t late = whole(request, "late_us", 0, 0);
    if (!is_virtual())
        return no(UNSUPPORTED, "the transport is real");
    if (request->bad != NULL)
        return bad(request);
    conn->room = bytes < INT64_MAX - conn->room ? conn->room + bytes : INT64_MAX;
    conn->late = conn->queue != NULL && !conn->may_write ? late : 0; /* Of who waits, or nobody. */
    conn->may_write = true;
    return ANSWERED;
}

static const struct {
    const char *name;
    int number;
} causes[] = {
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

static enum Answer fail_next(struct Request *request)
{
    struct Conn *conn = conn_of(request);
    const char *cause = text(request, "cause", NULL);
    if (!is_virtual())
        return no(UNSUPPORTED, "the transport is real");
    if (request->bad != NULL)
        return bad(request);
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        if (strcmp(causes[i].name, cause) == 0) {
            conn->failing = conn->may_write = true;
            conn->failure = causes[i].number;
            return ANSWERED;
        }
    }
    return no(UNSUPPORTED, "no error of a write has this name");
}

static enum Answer stop(struct Request *request)
{
    (void)request;
    stopped = true;
    return ANSWERED;
}

static const struct {
    const char *name;
    enum Answer (*carry_out)(struct Request *request);
} operations[] = {
    {"hello", hello},         {"config", config},        {"open", open_conn},
    {"received", received},   {"send", send_frames},     {"stream", make_stream},
    {"ack", take_ack},        {"cancel", cancel},        {"check", check_now},
    {"monitor", set_monitor}, {"wall_jump", wall_jump},  {"close", close_conn},
    {"advance", advance_to},  {"accept", accept_bytes},  {"fail", fail_next},
    {"stop", stop},           {"decide", decide},
};

static enum Answer carry_out(struct Request *request)
{
    const char *op = text(request, "op", NULL);
    if (op == NULL)
        return bad(request);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, op) == 0)
            return operations[i].carry_out(request);
    return no(UNSUPPORTED, "no operation is called %.60s", op);
}

/* Carry out one line. In virtual time all that it brings about is done before it is answered. */
static void on_line(const char *line, size_t bytes)
{
    struct Request request = {.id = 0, .bad = NULL};
    const char *at = past_blanks(line), *end;
    texts_bytes = 0;
    if (*at == '\0' && (size_t)(at - line) == bytes)
        return;
    end = past_value(at, DEPTH_MAX);
    if (end == NULL || (size_t)(past_blanks(end) - line) != bytes || !is_utf8(line)
        || !read_fields(at, &request.fields)) {
        no(FAILED, "a line is one JSON object in UTF-8 with at most %d fields", FIELDS_MAX);
        reply(0, FAILED);
        return;
    }
    request.id = whole(&request, "id", REQUIRED, -WHOLE_MAX);
    enum Answer how = request.bad != NULL ? bad(&request) : carry_out(&request);
    while (is_virtual() && run_all()) {
    }
    if (how != LATER)
        reply(request.bad != NULL && strcmp(request.bad, "id") == 0 ? 0 : request.id, how);
}

/* --- the main loop ---------------------------------------------------------------------------- */

static struct {
    char bytes[LINE_MAX_BYTES + 2];
    size_t count;
    bool too_long;
} in;

static void on_byte(char byte)
{
    if (byte != '\n') {
        if (in.count < LINE_MAX_BYTES)
            in.bytes[in.count++] = byte;
        else
            in.too_long = true;
        return;
    }
    in.bytes[in.count] = '\0';
    if (in.too_long) {
        no(FAILED, "a line is longer than %d bytes", LINE_MAX_BYTES);
        reply(0, FAILED);
    } else {
        on_line(in.bytes, in.count);
    }
    in.count = 0;
    in.too_long = false;
}

static void read_requests(void)
{
    static char bytes[64 * 1024];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
        stopped = true;
    for (ssize_t i = 0; i < count && !stopped; i++)
        on_byte(bytes[i]);
}

/* Return the wait in poll's unit, rounded up: a wait that ends early would spin. */
static int poll_timeout(bool more)
{
    if (more)
        return 0;
    Time due = is_virtual() ? NEVER : next_due();
    if (due == NEVER)
        return -1;
    Time wait = due - now();
    return wait <= 0 ? 0 : wait > 3600000000 ? 3600000 : (int)((wait + 999) / 1000);
}

static short events_of(const struct Conn *conn)
{
    if (conn->fd < 0)
        return 0;
    bool waits = conn->queue != NULL && !conn->closing && !conn->may_write;
    return (short)((conn->reading ? POLLIN : 0) | (waits || conn->opening ? POLLOUT : 0));
}

/* A hang-up or an error is a wake like any other: the call that follows tells the cause. */
static void on_events(struct Conn *conn, short events)
{
    if (conn->opening) {
        finish_opening(conn);
        return;
    }
    if (conn->reading && (events & ~POLLOUT) != 0)
        read_some(conn);
    if ((events & ~POLLIN) != 0)
        conn->may_write = true;
}

#define BACKLOG_BYTES (256 * 1024)

static void wait_and_take_in(bool more)
{
    static struct pollfd *polled;
    static size_t capacity;
    size_t count = 2;
    for (struct Conn *conn = conns; conn != NULL; conn = conn->next)
        count++;
    if (count > capacity) {
        capacity = 2 * count;
        polled = checked(realloc(polled, capacity * sizeof *polled));
    }
    /* In virtual time nothing else is due, and who does not listen is not heard either. */
    bool reads = !is_virtual() || out.count < BACKLOG_BYTES;
    polled[0] = (struct pollfd){reads ? STDIN_FILENO : -1, POLLIN, 0};
    polled[1] = (struct pollfd){out.count > 0 ? STDOUT_FILENO : -1, POLLOUT, 0};
    size_t i = 2;
    for (struct Conn *conn = conns; conn != NULL; conn = conn->next, i++) {
        short events = events_of(conn);
        polled[i] = (struct pollfd){events != 0 ? conn->fd : -1, events, 0};
    }
    if (poll(polled, count, poll_timeout(more)) <= 0)
        return;
    i = 2;
    for (struct Conn *conn = conns, *next; conn != NULL; conn = next, i++) {
        next = conn->next;
        if (polled[i].revents != 0)
            on_events(conn, polled[i].revents);
    }
    if (polled[1].revents != 0)
        flush();
    if (polled[0].revents != 0)
        read_requests();
}

/* Write what is left to say, for at most half a second. */
static void say_goodbye(void)
{
    for (Time until = monotonic_clock() + 500000; out.count > 0 && monotonic_clock() < until;) {
        struct pollfd polled = {STDOUT_FILENO, POLLOUT, 0};
        if (poll(&polled, 1, 50) > 0)
            flush();
    }
}

int main(int count, char **arguments)
{
    (void)arguments;
    if (count > 1) {
        fputs("guarded speaks the harness protocol on standard input and output; it takes no "
              "arguments\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    begin_anew();
    for (bool more = false; !stopped;) {
        wait_and_take_in(more);
        more = run_all();
        flush();
    }
    say_goodbye();
    begin_anew();
    return 0;
}
