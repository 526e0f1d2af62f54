/*
 * reader.pml: what comes in while a send is blocked, at both ends of one connection.
 *
 * The stall: a reader that waits for the send lock, to answer a PING or to take in an ACK, reads
 * nothing while a frame is blocked. Where both ends do so, each waits for the other to read, for
 * ever.
 *
 * Processes (four, two an end): a sender, which sends a PING and then a frame of two bytes under
 * the lock of its end, and afterwards the answers that are queued; and a reader, which takes in what
 * the other end sends, and queues an answer for each PING.
 *
 * What is abstracted away: deadlines and closing (lock.pml), which would end the stall by force;
 * ACKs, which a reader takes in as it does a PING. The transport of each direction holds one byte,
 * and a byte says what it is part of.
 *
 * Fairness: weak, for the liveness claim; a process that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_READER_ANSWERS before -a):
 *     spin -a reader.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N whole_frames
 *     ./pan -a -f -N all_received
 */

#define NOBODY 0
#define SENDER 1
#define READER 2
#define BYTES 3 /* What a sender sends beside answers: a PING of one byte, and a frame of two. */

mtype = { ping, half, pong };

chan wire[2] = [1] of { mtype }; /* From an end to the other one. */
byte holder[2];                  /* Whose the lock of an end is. */
bool due[2];                     /* An answer is queued. */

/* What the claims look at; no process decides anything by it. */
byte got[2];          /* How much of it the other end has taken in, by the end that sent it. */
bool midway[2];       /* A frame is on the wire up to its middle. */
bool spliced = false; /* A byte came into the middle of a frame. */
bool waits = false;   /* A reader asked for a lock that was not free. */

inline take_lock(who) {
  atomic {
    holder[me] == NOBODY;
    holder[me] = who;
    printf("@ end%d > lock%d : takes it\n", me, me)
  }
}

inline give_back() {
  atomic { holder[me] = NOBODY; printf("@ end%d > lock%d : gives it back\n", me, me) }
}

/* Waits for room, with the lock in its hands. */
inline put(what) {
  atomic { wire[me] ! what -> printf("@ end%d > wire%d : %e\n", me, me, what) }
}

proctype sender(byte me) {
  take_lock(SENDER);
  put(ping);
  give_back();
  take_lock(SENDER);
  put(half);
  midway[me] = true;
  put(half);
  midway[me] = false;
  give_back();
end:
  do
  :: due[me] ->
    take_lock(SENDER);
    due[me] = false;
    put(pong);
    give_back()
  od
}

proctype reader(byte me) {
  mtype what;
end:
  do
  :: atomic {
      wire[1 - me] ? what;
      printf("@ wire%d > end%d : %e\n", 1 - me, me, what);
      got[1 - me] = got[1 - me] + (what == pong -> 0 : 1)
    };
#ifdef BREAK_READER_LOOKS_UNDER_THE_LOCK
    waits = waits || holder[me] != NOBODY;
    take_lock(READER);
    due[me] = due[me] || what == ping;
    give_back()
#else
    if
#ifdef BREAK_READER_ANSWERS
    :: what == ping ->
      waits = waits || holder[me] != NOBODY;
      take_lock(READER);
      put(pong);
      give_back()
#elif defined(BREAK_ANSWERS_PAST_THE_LOCK)
    :: what == ping ->
      atomic { spliced = spliced || midway[me]; wire[me] ! pong }
#else
    :: what == ping -> due[me] = true
#endif
    :: what != ping
    fi
#endif
  od
}

init {
  atomic { run sender(0); run reader(0); run sender(1); run reader(1) }
}

/* Whatever one end sends the other takes in, in the end. */
ltl all_received { <> (got[0] == BYTES && got[1] == BYTES) }

/* A reader waits for no lock. */
ltl waits_for_no_lock { [] !waits }

/* No answer comes into the middle of a frame. */
ltl whole_frames { [] !spliced }
