/* The smallest guarded connection, on the kit: one deadline a frame, a queue, and one closing.
 *
 * The stall it guards against: a peer that stops reading, or reads a byte now and then, holds up
 * everybody who shares the connection.
 *
 * The use: it never waits, so it has `send`, `wants`, `on_events`, `next_due` and `run`, and lives on
 * both clocks. `smallest --tap spec/vectors` tests it. Put your own frames and rules in its place.
 *
 * Build: cc -std=c11 -pthread -o smallest smallest.c
 */

#define STALLPROOF_IMPLEMENTATION
#include "stallproof.h"

#define PIECE_BYTES 65536

struct Send {
    struct Send *next;
    int64_t number, size, written;
    int64_t repeat, completed; /* So many frames one after the other, each in its turn. */
    sp_us deadline;            /* 0: it waits for its turn. */
};

struct Line {
    struct Line *next;
    struct sp_conn *conn;
    struct Send *queue; /* Who is at the head has the lock. */
    bool has_room;      /* The last write did not say "would block". */
};

static struct Line *lines;

static int64_t write_some(const struct Line *line, const struct Send *send_)
{
    uint8_t piece[4 + PIECE_BYTES];
    int64_t left = send_->size - send_->written, head = send_->written < 4 ? 4 - send_->written : 0;
    if (sp_is_virtual())
        return sp_write_virtual(line->conn, left);
    int64_t bytes = left < PIECE_BYTES ? left : PIECE_BYTES;
    for (int64_t i = 0; i < head; i++) /* Four bytes of length, then the payload. */
        piece[i] = (uint8_t)((send_->size - 4) >> 8 * (3 - send_->written - i));
    sp_payload(send_->number, send_->written + head - 4, piece + head, bytes - head);
    return send(line->conn->fd, piece, (size_t)bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void close_line(struct sp_conn *conn)
{
    if (conn->closing)
        return;
    sp_closing(conn, "local");
    if (conn->fd >= 0)
        shutdown(conn->fd, SHUT_RDWR);
    sp_closed(conn);
}

/* Queue behind all who asked before. */
static void ask_for_lock(struct Line *line, struct Send *send)
{
    struct Send **last = &line->queue;
    while (*last != NULL)
        last = &(*last)->next;
    send->next = NULL;
    send->deadline = send->written = 0;
    *last = send;
}

static void end_send(struct Line *line, enum sp_outcome outcome)
{
    struct Send *send = line->queue;
    if (outcome == SP_TIMEOUT || (outcome != SP_OK && send->written > 0))
        close_line(line->conn); /* A torn frame is the last one. */
    line->queue = send->next;
    send->completed += outcome == SP_OK;
    if (outcome == SP_OK && send->completed < send->repeat) {
        send->number++;
        ask_for_lock(line, send);
        return;
    }
    sp_begin_send_ended(line->conn, send->number - send->completed + (outcome == SP_OK), outcome);
    sp_also("completed", send->completed);
    sp_said();
    free(send);
}

static void take_lock(const struct Line *line, struct Send *send)
{
    sp_us taken = sp_now();
    send->deadline = taken + sp_policy.send_timeout; /* One for the whole frame. */
    sp_say("lock_taken", taken, line->conn);
    sp_also("send", send->number);
    sp_said();
}

static void write_once(struct Line *line, struct Send *send, sp_us began)
{
    int64_t wrote = write_some(line, send);
    int error = wrote < 0 ? errno : EPIPE; /* To return 0 means closed. */
    if (wrote > 0) {
        send->written += wrote;
        sp_say("written", sp_now(), line->conn);
        sp_also("send", send->number);
        sp_also("began_us", began);
        sp_also("wrote_bytes", wrote);
        sp_said();
        if (send->written == send->size)
            end_send(line, SP_OK);
    } else if (error == EAGAIN) {
        line->has_room = sp_is_virtual() && sp_has_room(line->conn);
    } else if (error != EINTR) {
        end_send(line, sp_now() >= send->deadline ? SP_TIMEOUT : sp_outcome_of(error));
    }
}

/* Take one step with the send at the head; tell whether there may be another one at once. */
static bool step(struct Line *line)
{
    struct Send *send = line->queue;
    if (send == NULL)
        return false;
    if (send->deadline == 0 && !line->conn->closing)
        take_lock(line, send);
    sp_us began = sp_now();
    if (line->conn->closing)
        end_send(line, SP_SUPPRESSED);
    else if (began >= send->deadline)
        end_send(line, SP_TIMEOUT);
    else if (line->has_room)
        write_once(line, send, began);
    else
        return false;
    return true;
}

/* --- the harness ------------------------------------------------------------------------------ */

static int open_line(struct sp_conn *conn)
{
    struct Line *line = conn->mine = sp_made(sizeof *line);
    *line = (struct Line){lines, conn, NULL, true};
    lines = line;
    return 0;
}

static void begin_send(struct sp_conn *conn, const struct sp_send *asked)
{
    struct Send *send = sp_made(sizeof *send);
    send->number = asked->number;
    send->size = asked->size_bytes + (sp_is_virtual() ? 0 : 4);
    send->repeat = asked->repeat;
    sp_say("send_started", sp_now(), conn);
    sp_also("send", send->number);
    sp_said();
    ask_for_lock(conn->mine, send);
}

static short wants(const struct sp_conn *conn)
{
    const struct Line *line = conn->mine;
    return line->queue != NULL && !line->has_room && !conn->closing ? POLLOUT : 0;
}

static void on_events(struct sp_conn *conn, short events)
{
    struct Line *line = conn->mine;
    line->has_room |= events != 0;
}

static sp_us next_due(void)
{
    sp_us due = SP_NEVER;
    for (const struct Line *line = lines; line != NULL; line = line->next)
        if (line->queue != NULL && line->queue->deadline < due)
            due = line->queue->deadline;
    return due;
}

static bool run(void)
{
    bool more = false;
    for (struct Line *line = lines; line != NULL; line = line->next)
        more |= step(line);
    return more;
}

static void begin_anew(void)
{
    for (struct Line *line = lines, *next; line != NULL; line = next) {
        next = line->next;
        for (struct Send *send = line->queue, *after; send != NULL; send = after) {
            after = send->next;
            free(send);
        }
        free(line);
    }
    lines = NULL;
}

static const struct sp_implementation smallest = {
    .name = "smallest",
    .version = "1",
    .features = "unix tcp descriptor accepting virtual_time",
    .knobs = "streaming_send_timeout",
    .frames = SP_PREFIXED,
    .open = open_line,
    .close = close_line,
    .send = begin_send,
    .wants = wants,
    .on_events = on_events,
    .next_due = next_due,
    .run = run,
    .begin_anew = begin_anew,
};

int main(int count, char **arguments) { return sp_main(count, arguments, &smallest); }
