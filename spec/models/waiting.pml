/*
 * waiting.pml: a stream that waits for its window, a send beside it, and a closing beneath both.
 *
 * The stall: a stream waits for its receiver with the send lock in its hands, and everybody else
 * waits for a receiver with whom they have nothing to do. Or the connection is closed, no ACK can
 * come any more, and the stream goes on waiting for one.
 *
 * Processes (four): the stream, of CHUNKS chunks; a sender of one frame on the same connection; the
 * reader, which applies one ACK or none for ever; the owner (init), who may cancel the stream, and
 * may close the connection.
 *
 * What is abstracted away: a send takes a moment and succeeds unless closing has begun (lock.pml);
 * who comes next at the lock (ticket.pml); the watchdog, which only shortens a wait (ack.pml); the
 * notice. The window holds one chunk. Whoever falls asleep gives the mutex back in the same step.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_WAITS_WITH_THE_LOCK before -a):
 *     spin -a waiting.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N a_wait_holds_nothing
 *     ./pan -a -f -N a_send_has_its_turn
 */

#define CHUNKS 2
#define NOBODY 0
#define STREAM 1
#define SENDER 2

mtype = { running, done, cancelled, send_failed };

byte holder = NOBODY; /* Whose the send lock is. */
bool closing = false;
bool mutex = false;   /* Of the state of the stream. */
bool asleep = false;  /* The stream waits, without the mutex. */
bool woken = false;
byte sent = 0;        /* Chunks that have begun. */
byte acknowledged = 0;
mtype outcome = running;

/* What the claims look at; no thread decides anything by it. */
byte outcomes = 0;
bool returned = false; /* The send beside the stream has returned. */

/* With the mutex held: the first outcome is the only one, and the sleeper hears of it. */
inline finish(how) {
  if
  :: outcome == running ->
    outcome = how;
    outcomes++;
    woken = true;
    printf("@ stream > stream : %e\n", how)
  :: else
  fi
}

proctype stream() {
  byte chunks = 0;
  bool taken; /* The connection took the chunk. */

next:
#ifdef BREAK_WAITS_WITH_THE_LOCK
  atomic { holder == NOBODY -> holder = STREAM; printf("@ stream > lock : takes it\n") };
#endif
again:
  atomic { !mutex -> mutex = true };
  atomic {
    if
    :: outcome != running -> mutex = false; goto leaves
    :: outcome == running && sent == acknowledged -> sent++; mutex = false
    :: outcome == running && sent > acknowledged ->
      woken = false;
      asleep = true;
      mutex = false;
      printf("@ stream > stream : the window is full, falls asleep\n");
      goto sleeps
    fi
  };
#ifndef BREAK_WAITS_WITH_THE_LOCK
  atomic { holder == NOBODY -> holder = STREAM; printf("@ stream > lock : takes it\n") };
#endif
#ifdef BREAK_A_STOPPED_STREAM_KEEPS_THE_LOCK
  if
  :: outcome != running -> goto gone
  :: else
  fi;
#endif
  atomic { taken = !closing; printf("@ stream > peer : a chunk, unless it was closed\n") };
  atomic { holder = NOBODY; printf("@ stream > lock : gives it back\n") };
  atomic { !mutex -> mutex = true };
  atomic {
    chunks++;
    if
    :: !taken -> finish(send_failed)
    :: taken && chunks == CHUNKS -> finish(done)
    :: taken && chunks < CHUNKS
    fi;
    mutex = false
  };
  if
  :: taken && chunks < CHUNKS -> goto next
  :: else -> goto leaves
  fi;

sleeps:
end_asleep:
  atomic { woken -> asleep = false; printf("@ stream > stream : wakes\n") };
  goto again;

leaves:
#ifdef BREAK_WAITS_WITH_THE_LOCK
  atomic { holder == STREAM -> holder = NOBODY; printf("@ stream > lock : gives it back\n") };
#endif
#ifdef BREAK_A_STOPPED_STREAM_KEEPS_THE_LOCK
gone:
#endif
  skip
}

proctype sender() {
  atomic { holder == NOBODY -> holder = SENDER; printf("@ sender > lock : takes it\n") };
  atomic { holder = NOBODY; printf("@ sender > lock : gives it back\n") };
  returned = true
}

/* The receiver acknowledges one chunk, or falls silent for ever. */
proctype reader() {
  if
  :: true -> goto leaves
  :: sent > acknowledged
  fi;
  atomic { !mutex -> mutex = true };
  atomic {
    acknowledged++;
    woken = true;
    mutex = false;
    printf("@ reader > stream : an ACK\n")
  };

leaves:
  skip
}

/* The owner cancels the stream or not, and closes the connection or not. */
init {
  atomic { run stream(); run sender(); run reader() };
  if
  :: true ->
    atomic { !mutex -> mutex = true };
    atomic { printf("@ owner > stream : cancel\n"); finish(cancelled); mutex = false }
  :: true
  fi;
  if
  :: true -> goto stays
  :: true
  fi;
  atomic { closing = true; printf("@ owner > peer : shutdown\n") };
#ifndef BREAK_CLOSING_FORGETS_THE_STREAMS
  atomic { !mutex -> mutex = true };
  atomic {
    printf("@ owner > stream : it was closed\n");
#ifdef BREAK_CLOSING_ENDS_WHAT_IS_OVER
    outcome = send_failed;
    outcomes++;
    woken = true;
#elif defined(BREAK_CLOSING_WAKES_NOBODY)
    if
    :: outcome == running -> outcome = send_failed; outcomes++
    :: else
    fi;
#else
    finish(send_failed);
#endif
    mutex = false
  };
#endif

stays:
  skip
}

/* A stream that waits for its window does not hold the send lock. */
ltl a_wait_holds_nothing { [] !(asleep && holder == STREAM) }

/* A send beside a stream has its turn, though the receiver of that stream be silent for ever. */
ltl a_send_has_its_turn { <> returned }

/* A connection that closes ends its stream. */
ltl closing_ends_the_stream { [] (closing -> <> (outcome != running)) }

/* A stream that sleeps while its connection closes wakes. */
ltl closing_wakes { [] ((closing && asleep) -> <> !asleep) }

/* A stream has one outcome, whoever ends it. */
ltl one_outcome { [] (outcomes <= 1) }
