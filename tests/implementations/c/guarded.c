/* Guarded connections in C, on the kit for harnesses.
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
 * object a line, as spec/protocol.md says; `guarded --tap spec/vectors` tests itself. The parts, in
 * order: frames, transports, closing, send lock and deadline, stall count, monitor, streams,
 * reading, everything that is due, what the kit calls.
 *
 * The complication: in virtual time (spec/virtual.md) the oracle moves the clock and plays the
 * transport. Both stand behind the kit and `struct Transport`, so that the guard is the very same
 * code in both worlds.
 *
 * Build: cc -std=c11 -O2 -pthread -o guarded guarded.c
 */

#define STALLPROOF_IMPLEMENTATION
#include "../kits/c/stallproof.h"

typedef sp_us Time;

/* --- what there is ---------------------------------------------------------------------------- */

#define PREFIX_BYTES 16
#define PLACE_BYTES 13 /* The header of a chunk or an ACK: stream (4), offset (8), flags (1). */
#define NOTICE_BYTES 5 /* The header of a notice: stream (4), why (1). */
#define HEAD_BYTES (PREFIX_BYTES + PLACE_BYTES)

enum Kind { DATA = 1, ACK = 2, PING = 6, PONG = 7, NOTICE = 8 }; /* The type of a frame. */

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
    struct sp_conn *at; /* What the kit knows of it: its name, its socket, its room. */
    const struct Transport *transport;
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
    bool received_any;
    Time received;
    struct Stream *streams;
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
    int64_t whose = send->stream ? SP_STREAM_MARK + send->stream->number : send->number;
    for (; from < head_bytes && made_bytes < max; from++)
        at[made_bytes++] = head[from];
    int64_t left = send->size - from;
    int64_t bytes = left < max - made_bytes ? left : max - made_bytes;
    sp_payload(whose, send->offset + from - head_bytes, at + made_bytes, bytes);
    return made_bytes + bytes;
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
    return send(conn->at->fd, piece, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool poll_tells(const struct Conn *conn)
{
    (void)conn;
    return false;
}

/* Shutting down wakes whoever waits on the socket; its number is released later. */
static void shut_socket(struct Conn *conn) { shutdown(conn->at->fd, SHUT_RDWR); }

static int64_t socket_frame_bytes(const struct Send *send)
{
    return PREFIX_BYTES + header_bytes(send) + send->payload_bytes;
}

static const struct Transport socket_transport = {
    write_socket, poll_tells, shut_socket, socket_frame_bytes, true,
};

static int64_t write_virtual(struct Conn *conn, const struct Send *send)
{
    return sp_write_virtual(conn->at, send->size - send->written);
}

static bool has_room(const struct Conn *conn) { return sp_has_room(conn->at); }

static void shut_virtual(struct Conn *conn) { conn->at->room = 0; }

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
    sp_closing(conn->at, cause);
    conn->transport->shut(conn);
    sp_closed(conn->at);
    for (struct Stream *stream = conn->streams; stream != NULL; stream = stream->next)
        end_stream(stream, SEND_FAILED);
}

/* --- the send lock and the send deadline ------------------------------------------------------ */

#define TURN_WRITES 32 /* Then the other connections have their turn. */

static void chunk_left(struct Stream *stream, bool ok);

static void take_lock(struct Conn *conn, struct Send *send)
{
    send->turn = ++conn->turns;
    send->taken = sp_now();
    send->deadline = send->taken + sp_policy.send_timeout; /* One for the whole frame. */
    send->size = conn->transport->frame_bytes(send);
    send->written = 0;
    send->sequence = (conn->sequence + 1) % 65536;
    if (send->reported) {
        sp_say("lock_taken", send->taken, conn->at);
        sp_also("send", send->number);
        sp_said();
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

static void tell_end(struct Conn *conn, const struct Send *send, enum sp_outcome outcome, int error)
{
    sp_begin_send_ended(conn->at, send->number - send->completed + (outcome == SP_OK), outcome);
    sp_also("written_bytes", send->written);
    if (send->written > 0)
        sp_also("sequence", send->sequence);
    sp_also("completed", send->completed);
    if (error != 0)
        sp_also_text("detail", strerror(error));
    sp_said();
}

/* End the send at the head and release the lock; begin the closing where the end demands it. */
static void end_send(struct Conn *conn, enum sp_outcome outcome, int error)
{
    struct Send *send = conn->queue;
    bool torn = send->written > 0 && outcome != SP_OK;
    /* Closing begins before the lock is free: nobody gets in between. */
    if (outcome == SP_TIMEOUT)
        begin_closing(conn, "send_timeout");
    else if (torn)
        begin_closing(conn, "torn_frame");
    conn->queue = send->next;
    if (send->stream != NULL && send->kind == DATA) {
        chunk_left(send->stream, outcome == SP_OK);
    } else if (send->kind == NOTICE) {
        sp_say("notice_sent", sp_now(), conn->at);
        sp_also("stream", send->stream->number);
        sp_said();
    } else if (send->kind == PING) {
        sp_say(outcome == SP_OK ? "heartbeat_sent" : "heartbeat_dropped", sp_now(), conn->at);
        sp_said();
    } else if (send->kind == DATA) {
        send->completed += outcome == SP_OK;
        if (outcome == SP_OK && send->completed < send->repeat) {
            send->number++;
            send->turn = 0;
            ask_for_lock(conn, send);
            return;
        }
        tell_end(conn, send, outcome, error);
    }
    free(send);
}

/* Note what a write took; the first bytes of a frame use up its sequence number. */
static void took(struct Conn *conn, struct Send *send, int64_t bytes, Time began)
{
    if (send->written == 0)
        conn->sequence = send->sequence;
    send->written += bytes;
    if (send->reported) {
        sp_say("written", sp_now(), conn->at);
        sp_also("send", send->number);
        sp_also("began_us", began);
        sp_also("wrote_bytes", bytes);
        sp_said();
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
        Time began = sp_now();
        if (conn->closing) {
            end_send(conn, SP_SUPPRESSED, 0);
        } else if (began >= send->deadline) {
            end_send(conn, SP_TIMEOUT, 0);
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
                    end_send(conn, SP_OK, 0);
            } else if (error == EAGAIN || error == EWOULDBLOCK) {
                conn->may_write = conn->transport->is_ready(conn);
            } else if (error != EINTR) {
                end_send(conn, sp_now() >= send->deadline ? SP_TIMEOUT : sp_outcome_of(error), error);
            }
        }
    }
    return false;
}

static void ask_to_send(struct Conn *conn, enum Kind kind, struct Stream *stream)
{
    struct Send *send = sp_made(sizeof *send);
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
    return !conn->received_any || at - conn->received > sp_policy.heartbeat_interval;
}

static void queue_heartbeat(struct Conn *conn, Time at)
{
    sp_say("heartbeat_queued", at, conn->at);
    sp_said();
    if (conn->transport->carries_heartbeats)
        ask_to_send(conn, PING, NULL);
}

/* Judge one connection at one tick. It reads what the sender left behind, and waits for nothing. */
static void check(struct Conn *conn, Time at)
{
    const struct Send *held = conn->queue; /* Who is at the head has the lock. */
    Time stall = held != NULL && at > held->taken ? at - held->taken : 0;
    bool stalled = stall > sp_policy.stall_timeout; /* Strict. */
    int64_t turn = held != NULL ? held->turn : 0;
    /* A count belongs to one send. */
    int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;
    conn->stalled_checks = stalled ? before + 1 : 0;
    conn->checked_turn = turn;
    sp_say("checked", at, conn->at);
    sp_also("stall_us", stall);
    sp_also("count", conn->stalled_checks);
    sp_said();
    if (stalled) {
        sp_say("warned", at, conn->at);
        sp_also("count", conn->stalled_checks);
        sp_also("threshold", sp_policy.checks_max);
        sp_also("stall_us", stall);
        sp_said();
        if (sp_policy.close_stalled && conn->stalled_checks >= sp_policy.checks_max)
            begin_closing(conn, "monitor");
    }
    /* A heartbeat is never due while a send is in flight. */
    if (held == NULL && conn->at->heartbeats && is_idle(conn, at))
        queue_heartbeat(conn, at);
}

/* Check every connection that is open and not closing, in the order of their opening. */
static void run_pass(void)
{
    monitor.passes++;
    sp_say("pass_begun", sp_now(), NULL);
    sp_also("tick", monitor.passes);
    sp_said();
    for (struct Conn *conn = conns; conn != NULL; conn = conn->next)
        if (!conn->closing)
            check(conn, sp_now());
    sp_say("pass_ended", sp_now(), NULL);
    sp_also("tick", monitor.passes);
    sp_said();
}

static Time tick_due(void)
{
    return monitor.runs ? monitor.began + monitor.tick * monitor.period : SP_NEVER;
}

static void run_monitor(void)
{
    Time at = sp_now(), late = at - tick_due();
    if (!monitor.runs || late < 0)
        return;
    /* A check that ran late and one on time would be too close together: a tick that came too late
       is skipped, and so are those after it for which it is too late as well, but no other. */
    Time slack = SLACK_US < monitor.period ? SLACK_US : monitor.period - 1;
    int64_t skipped = late > slack ? (late - slack + monitor.period - 1) / monitor.period : 0;
    if (skipped == 0)
        run_pass();
    else {
        sp_say("ticks_skipped", at, NULL);
        sp_also("tick", monitor.tick);
        sp_also("ticks", skipped);
        sp_also("late_us", late - (skipped - 1) * monitor.period);
        sp_said();
    }
    monitor.tick += skipped > 1 ? skipped : 1;
}

/* --- streams: the window and the watchdog on ACK progress ------------------------------------- */

static void say_of_stream(const char *event, const struct Stream *stream)
{
    sp_say(event, sp_now(), stream->conn->at);
    sp_also("stream", stream->number);
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
    sp_also_text("outcome", end_names[end]);
    sp_also("offset", stream->sent);
    sp_also("acknowledged", stream->acked);
    sp_said();
    stream->notice_due = end == NO_PROGRESS || end == ACK_WAIT || end == CANCELLED;
    tell_receiver(stream);
}

static int64_t next_chunk_bytes(const struct Stream *stream)
{
    int64_t left = stream->total - stream->sent;
    return left < sp_policy.chunk ? left : sp_policy.chunk;
}

/* Begin the pause before the next chunk, `after` from now. */
static void begin_pause(struct Stream *stream, Time after)
{
    int64_t pause = stream->chunks < stream->pause_count ? stream->pauses[stream->chunks] : 0;
    stream->due = sp_now() + after + pause;
}

/* The window has room: the ready chunk counts as sent from here on. */
static void begin_chunk(struct Stream *stream)
{
    struct Send *send = sp_made(sizeof *send);
    send->kind = DATA;
    send->stream = stream;
    send->offset = stream->sent;
    send->payload_bytes = next_chunk_bytes(stream);
    stream->sent += send->payload_bytes;
    stream->chunks++;
    stream->ready = stream->waiting = false;
    stream->carrying = true;
    say_of_stream("chunk_begun", stream);
    sp_also("offset", stream->sent);
    sp_said();
    ask_for_lock(stream->conn, send);
}

static Time nearest(Time one, Time other) { return one < other ? one : other; }

/* Look at a stream that has a chunk ready: begin it, give up, or wait. */
static void look(struct Stream *stream)
{
    Time at = sp_now();
    if (stream->sent - stream->acked <= sp_policy.window) {
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
    Time no_progress = clock + sp_policy.progress_timeout, too_long = began + sp_policy.ack_wait;
    if (at >= no_progress)
        end_stream(stream, NO_PROGRESS);
    else if (at >= too_long)
        end_stream(stream, ACK_WAIT);
    else /* Nobody sleeps past a moment that is due. */
        stream->due = nearest(at + sp_policy.check_interval, nearest(no_progress, too_long));
}

static bool is_due(const struct Stream *stream)
{
    return stream->end == RUNNING && !stream->carrying && stream->due <= sp_now();
}

/* The pause is over, and the source hands over a chunk; or it is time to look again. */
static void run_stream(struct Stream *stream)
{
    if (!stream->ready) {
        stream->ready = true;
        say_of_stream("chunk_ready", stream);
        sp_also("chunk_bytes", next_chunk_bytes(stream));
        sp_said();
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

/* Say why an ACK cannot be true, NULL if it can. Of an error only the origin counts. */
static const char *untrue(const struct Stream *stream, const struct sp_ack *ack)
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

static void on_ack(struct Stream *stream, const struct sp_ack *ack)
{
    const char *why = untrue(stream, ack);
    say_of_stream("ack_received", stream);
    sp_also_json("accepted", why == NULL ? "true" : "false", why == NULL ? 4 : 5);
    sp_also_json("offset", ack->offset, ack->offset_bytes);
    if (ack->origin != NULL)
        sp_also_text("origin", ack->origin);
    if (why != NULL)
        sp_also_text("why", why);
    sp_said();
    if (why != NULL)
        return;
    if (ack->error != NULL) {
        end_stream(stream, ACK_ERROR);
    } else if (ack->value > stream->acked) { /* Only a greater offset is progress. */
        stream->acked = ack->value;
        stream->progressed = sp_now();
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
    struct sp_ack ack = {text, 0, true, offset < INT64_MAX ? (int64_t)offset : INT64_MAX, NULL, NULL};
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
    conn->received = sp_received(conn->at, kind_name(kind));
    conn->received_any = true;
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
    ssize_t count = recv(conn->at->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    /* The end of the peer's direction closes nothing: ours may still work, and a send tells. */
    if (count <= 0 || !feed(conn, bytes, count)) {
        conn->reading = false;
        if (!conn->closing) {
            sp_say("peer_ended", sp_now(), conn->at);
            sp_also_text("how", count == 0 ? "orderly" : "error");
            sp_said();
        }
    }
}

/* --- everything that is due ------------------------------------------------------------------- */

/* Release the descriptor, last of all: nobody sends and nobody reads any more. */
static void release(struct Conn *conn)
{
    if (conn->closing && conn->queue == NULL && !conn->reading && conn->at->fd >= 0) {
        close(conn->at->fd);
        conn->at->fd = -1;
    }
}

/* Return the nearest moment at which something is due without anybody's doing. */
static Time next_due(void)
{
    Time due = tick_due();
    for (const struct Conn *conn = conns; conn != NULL; conn = conn->next) {
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
    for (struct Conn *conn = conns; conn != NULL; conn = conn->next) {
        for (struct Stream *stream = conn->streams; stream != NULL; stream = stream->next)
            if (is_due(stream))
                run_stream(stream);
        more |= run_queue(conn);
        release(conn);
    }
    return more;
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
    free(conn);
}

/* --- what the kit calls ----------------------------------------------------------------------- */

/* A new case begins: no connection, no monitor. */
static void begin_anew(void)
{
    while (conns != NULL)
        free_conn(conns);
    memset(&monitor, 0, sizeof monitor);
}

static int open_conn(struct sp_conn *at)
{
    struct Conn *conn = sp_made(sizeof *conn), **last = &conns;
    conn->at = at;
    conn->transport = sp_is_virtual() ? &virtual_transport : &socket_transport;
    conn->may_write = true;
    conn->reading = at->fd >= 0;
    at->mine = conn;
    while (*last != NULL)
        last = &(*last)->next;
    *last = conn;
    return 0;
}

static short wants(const struct sp_conn *at)
{
    const struct Conn *conn = at->mine;
    bool waits = conn->queue != NULL && !conn->closing && !conn->may_write;
    return (short)((conn->reading ? POLLIN : 0) | (waits ? POLLOUT : 0));
}

static void on_events(struct sp_conn *at, short events)
{
    struct Conn *conn = at->mine;
    if (conn->reading && (events & ~POLLOUT) != 0)
        read_some(conn);
    if ((events & ~POLLIN) != 0)
        conn->may_write = true;
}

static void arrive(struct sp_conn *at) { on_frame(at->mine, DATA); }

#define REPORTED_REPEATS 64 /* A send repeated more often does not tell of each frame. */

static void send_frames(struct sp_conn *at, const struct sp_send *asked)
{
    struct Send *send = sp_made(sizeof *send);
    send->kind = DATA;
    send->number = asked->number;
    send->repeat = asked->repeat;
    send->payload_bytes = asked->size_bytes;
    send->reported = asked->repeat <= REPORTED_REPEATS;
    sp_say("send_started", sp_now(), at);
    sp_also("send", send->number);
    sp_said();
    ask_for_lock(at->mine, send);
}

static enum sp_answer make_stream(struct sp_conn *at, const struct sp_stream *asked)
{
    struct Conn *conn = at->mine;
    if (find_stream(conn, asked->number) != NULL)
        return sp_no(SP_FAILED, "a stream has a number of its own");
    struct Stream *stream = sp_made(sizeof *stream);
    size_t bytes = (size_t)asked->pause_count * sizeof *stream->pauses;
    stream->pauses = sp_made(bytes);
    if (bytes > 0)
        memcpy(stream->pauses, asked->pauses, bytes);
    stream->pause_count = asked->pause_count;
    stream->conn = conn;
    stream->number = asked->number;
    stream->total = asked->total_bytes;
    stream->progressed = sp_now();
    stream->next = conn->streams;
    conn->streams = stream;
    say_of_stream("stream_made", stream);
    sp_said();
    begin_pause(stream, asked->start_after);
    if (conn->closing)
        end_stream(stream, SEND_FAILED);
    return SP_ANSWERED;
}

static enum sp_answer take_ack(struct sp_conn *at, int64_t number, const struct sp_ack *ack)
{
    struct Stream *stream = find_stream(at->mine, number);
    if (stream == NULL)
        return sp_no(SP_FAILED, "there is no such stream");
    on_ack(stream, ack);
    return SP_ANSWERED;
}

static enum sp_answer cancel(struct sp_conn *at, int64_t number)
{
    struct Stream *stream = find_stream(at->mine, number);
    if (stream == NULL)
        return sp_no(SP_FAILED, "there is no such stream");
    end_stream(stream, CANCELLED);
    return SP_ANSWERED;
}

static void set_monitor(Time period)
{
    monitor.runs = period > 0;
    monitor.began = sp_now();
    monitor.period = period;
    monitor.tick = 1;
}

/* Decide what a download does after requests that ended as `outcomes` lists them (spec/rt.md). */
static bool retry_download(struct sp_request *input)
{
    int64_t most = sp_whole(input, "max_retries", SP_REQUIRED, -SP_WHOLE_MAX), row = 0, wait = 0;
    struct sp_json outcomes = sp_field(&input->fields, "outcomes"), one;
    const char *action = most < 0 ? "refuse" : "go_on", *at = NULL;
    if (outcomes.at == NULL || *outcomes.at != '[')
        return false;
    while (sp_next(outcomes, &at, &one)) {
        const char *outcome = sp_text_of(one);
        if (outcome == NULL || strcmp(action, "fail") == 0)
            return false;
        if (most < 0)
            continue;
        row = strcmp(outcome, "timeout") == 0 ? row + 1 : 0;
        action = strcmp(outcome, "ok") == 0 ? "go_on" : row == 0 || row > most ? "fail" : "retry";
    }
    if (strcmp(action, "retry") == 0)
        wait = row > 5 ? 60000000 : INT64_C(2000000) << (row - 1);
    sp_also_text("action", action);
    sp_also("wait_us", wait);
    return true;
}

static const struct sp_machine machines[] = {{"download_retry", retry_download}, {NULL, NULL}};

static void close_conn(struct sp_conn *at) { begin_closing(at->mine, "local"); }

/* An ACK of stream 0 up to offset 0: prefix, stream and offset. Its flags follow, 1 of an error. */
#define ACK_HEX "0000001d000d02000000000000000000" "000000000000000000000000"

static const struct sp_implementation guarded = {
    .name = "stallproof-c",
    .version = "1",
    .features = "unix tcp descriptor checks monitor heartbeats wall_jump sequence streams "
                "virtual_time decide",
    .frames = "{\"prefix_bytes\":16,\"length\":{\"at\":0,\"bytes\":4,\"counts_prefix\":true},"
              "\"extra\":{\"at\":4,\"bytes\":2},\"kind\":{\"at\":6,\"bytes\":1,\"data\":[1],"
              "\"heartbeat\":[6],\"ack\":[2]},\"sequence\":{\"at\":14,\"bytes\":2},\"ack\":{"
              "\"stream\":[{\"at\":12,\"bytes\":2},{\"at\":16,\"bytes\":4}],\"offset\":["
              "{\"at\":20,\"bytes\":8}],\"frame_hex\":\"" ACK_HEX "00\","
              "\"error_hex\":\"" ACK_HEX "01\"}}",
    .notes = "[\"One thread and one poll for everything.\",\"Nothing is decided by the wall clock: "
             "wall_jump moves the one function that reads it.\"]",
    .monitor_form = "b",
    .monitor_slack_us = SLACK_US,
    .machines = machines,
    .open = open_conn,
    .close = close_conn,
    .send = send_frames,
    .wants = wants,
    .on_events = on_events,
    .next_due = next_due,
    .run = run_all,
    .begin_anew = begin_anew,
    .arrive = arrive,
    .stream = make_stream,
    .ack = take_ack,
    .cancel = cancel,
    .check = run_pass,
    .monitor = set_monitor,
};

int main(int count, char **arguments) { return sp_main(count, arguments, &guarded); }
