/* What most programs in C do: SO_SNDTIMEO, a mutex, and a loop around send, on the kit.
 *
 * The stall that it does not guard against: the timer begins anew with each call of send, nobody
 * closes the connection that timed out, and who waits for the mutex waits for its own time as well.
 *
 * The use: it blocks, so it has `deliver` and lives on the real clock only. Put your own transport in
 * its place.
 *
 * Build: cc -std=c11 -pthread -o blocking blocking.c
 */

#define STALLPROOF_IMPLEMENTATION
#include "stallproof.h"

#include <arpa/inet.h>

struct Locked {
    int fd;
    pthread_mutex_t sending;
};

static int open_locked(struct sp_conn *conn)
{
    struct Locked *locked = sp_made(sizeof *locked);
    struct timeval most = {sp_policy.send_timeout / 1000000, sp_policy.send_timeout % 1000000};
    locked->fd = conn->fd;
    pthread_mutex_init(&locked->sending, NULL);
    conn->mine = locked;
    return setsockopt(conn->fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) < 0 ? errno : 0;
}

static int send_all(int fd, const uint8_t *bytes, size_t count)
{
    for (ssize_t sent; count > 0; bytes += sent, count -= (size_t)sent) {
        sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            sent = 0;
        else if (sent < 0)
            return errno == EAGAIN ? ETIMEDOUT : errno; /* So SO_SNDTIMEO says it. */
    }
    return 0;
}

static int deliver(struct sp_conn *conn, const uint8_t *payload, size_t bytes)
{
    struct Locked *locked = conn->mine;
    uint32_t prefix = htonl((uint32_t)bytes);
    pthread_mutex_lock(&locked->sending);
    int error = send_all(locked->fd, (const uint8_t *)&prefix, sizeof prefix);
    if (error == 0)
        error = send_all(locked->fd, payload, bytes);
    pthread_mutex_unlock(&locked->sending);
    return error;
}

static void close_locked(struct sp_conn *conn)
{
    struct Locked *locked = conn->mine;
    sp_closing(conn, "local");
    shutdown(locked->fd, SHUT_RDWR);
    sp_closed(conn);
}

static const struct sp_implementation blocking = {
    .name = "SO_SNDTIMEO + send",
    .version = "1",
    .features = "unix tcp descriptor accepting",
    .knobs = "streaming_send_timeout",
    .frames = SP_PREFIXED,
    .open = open_locked,
    .deliver = deliver,
    .close = close_locked,
};

int main(int count, char **arguments) { return sp_main(count, arguments, &blocking); }
