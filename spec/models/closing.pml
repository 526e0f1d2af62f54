/*
 * closing.pml: how a connection is closed while a send is blocked in it.
 *
 * The stall: the peer does not read, the sender is blocked, and everyone waits behind it. To close
 * the descriptor would not wake the sender, and would free its number for another connection while
 * this one still writes to it. So closing is a latch, then a shutdown, which wakes everybody; the
 * descriptor is released later, by a worker that has waited for everybody to leave.
 *
 * Processes (four): the sender of SENDS frames, whose own deadline may begin the closing; the
 * reader, which waits for the peer; the worker, which releases the descriptor; the owner (init),
 * who closes at some moment, twice or never.
 *
 * What is abstracted away: a frame is SIZE bytes, and the kernel has room for fewer, so that a send
 * blocks where the peer does not make room. Whether the deadline comes is settled at the beginning:
 * where it is far away, only the closing can end a blocked send. The lock serves one at a time
 * (ticket.pml says in which order); the decisions about failures are in lock.pml and send.pml.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_NO_SHUTDOWN before -a):
 *     spin -a closing.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N closes_once
 *     ./pan -a -f -N every_send_returns
 */

#define SIZE 2
#define SENDS 2

bool locked = false;
bool closing = false;     /* The latch. */
bool shut_writing = false;
bool shut_reading = false;
bool finishing = false;   /* The worker was asked to do its last task. */
bool released = false;    /* The descriptor is closed; its number may be another connection's. */
bool reader_left = false;
bool room = true;         /* The kernel has room for one byte more. */
bool near = false;        /* The deadline comes while the send is blocked. */
bool peer_ended = false;

/* What the claims look at; no thread decides anything by it. */
byte inside = 0;            /* Threads in a system call on the descriptor. */
byte shutdowns = 0;
byte returned = 0;          /* Sends that have returned. */
bool closed = false;        /* The call that closes has returned from its shutdown. */
bool wrote_closed = false;  /* A write took bytes after that. */
bool wrote_barred = false;  /* A send that took the lock after closing began wrote something. */
bool loud = false;          /* What our own shutdown did to a send was told as a failure. */

/* Begin the closing unless somebody else has: the one that takes the latch shuts down. */
inline begin_closing(who) {
#ifdef BREAK_SHUTDOWN_BEFORE_LATCH
  if
  :: !closing ->
    atomic { shut_writing = true; shut_reading = true; shutdowns++; printf("@ %e > peer : shutdown\n", who) };
    atomic { closing = true; printf("@ %e > %e : takes the latch\n", who, who) };
    atomic { closed = true; finishing = true; printf("@ %e > worker : finish\n", who) }
  :: closing
  fi
#else
#ifdef BREAK_TESTS_THEN_SETS
  if
  :: !closing ->
    atomic { closing = true; printf("@ %e > %e : finds it open, sets the flag\n", who, who) };
#else
  if
  :: atomic { !closing -> closing = true; printf("@ %e > %e : takes the latch\n", who, who) };
#endif
#ifdef BREAK_CLOSER_RELEASES
    atomic { released = true; printf("@ %e > descriptor : closes it\n", who) };
#endif
    atomic {
#ifndef BREAK_NO_SHUTDOWN
#ifndef BREAK_SHUTS_READING_ONLY
      shut_writing = true;
#endif
#ifndef BREAK_SHUTS_WRITING_ONLY
      shut_reading = true;
#endif
      printf("@ %e > peer : shutdown\n", who);
#endif
      shutdowns++;
      closed = true
    };
    atomic { finishing = true; printf("@ %e > worker : finish\n", who) }
  :: closing
  fi
#endif
}

mtype = { sender, owner };

proctype sending() {
  byte sends = 0;
  byte left;
  bool barred;
  bool refused;
  bool late;

next:
  if
  :: sends == SENDS -> goto done
  :: sends < SENDS -> sends++
  fi;
#ifdef BREAK_LOOKS_BEFORE_LOCK
  if
  :: closing -> returned++; goto next
  :: else
  fi;
#endif
  atomic { !locked -> locked = true; left = SIZE; barred = closing; printf("@ sender > lock : takes it\n") };
#ifndef BREAK_LOOKS_BEFORE_LOCK
  if
  :: closing -> goto leave
  :: else
  fi;
#endif

write:
  /* The look right before a write: the deadline may have come, closing may have begun. */
#ifndef BREAK_LOOKS_BEFORE_LOCK
  if
  :: closing -> goto leave
  :: else
  fi;
#endif
  /* One system call; it never waits. */
  atomic {
    if
    :: shut_writing || peer_ended -> refused = true; printf("@ peer > sender : the write fails\n")
    :: !shut_writing && !peer_ended && room ->
      room = false;
      left--;
      wrote_closed = wrote_closed || closed;
      wrote_barred = wrote_barred || barred;
      printf("@ sender > peer : a byte\n")
    :: !shut_writing && !peer_ended && !room -> printf("@ sender > sender : no room\n")
    fi;
    inside++
  };
  inside--;
  if
  :: refused ->
    /* Closing or not decides what the failure is called. */
    atomic { loud = loud || (!closing && shut_writing); refused = false };
    goto leave
  :: !refused && left == 0 -> goto leave
  :: !refused && left > 0
  fi;
  if
  :: closing -> goto leave
  :: else
  fi;
  /* Poll: the descriptor stays in use for as long as it lasts. */
  atomic { inside++; printf("@ sender > sender : waits in poll\n") };
end_blocked:
  atomic {
    if
    :: room || shut_writing || peer_ended -> late = false
    :: near -> late = true; printf("@ sender > sender : the deadline has come\n")
    fi;
    inside--
  };
  if
  :: late -> begin_closing(sender); late = false
  :: !late -> goto write
  fi;

leave:
  atomic { locked = false; left = 0; barred = false; returned++; printf("@ sender > lock : gives it back\n") };
  goto next;

done:
  skip
}

proctype reader() {
  atomic { inside++; printf("@ reader > reader : waits in recv\n") };
end_waiting:
  atomic {
    (shut_reading || peer_ended);
    inside--;
    printf("@ peer > reader : the end of the stream\n")
  };
  reader_left = true
}

proctype worker() {
end_idle:
  finishing;
#ifndef BREAK_FORGETS_THE_READER
  reader_left;
#endif
#ifdef BREAK_RELEASES_WITHOUT_LOCK
  atomic { released = true; printf("@ worker > descriptor : closes it\n") };
#else
  atomic { !locked -> locked = true; printf("@ worker > lock : takes it\n") };
  atomic { released = true; printf("@ worker > descriptor : closes it\n") };
  atomic { locked = false; printf("@ worker > lock : gives it back\n") };
#endif
#ifdef BREAK_OPENS_AGAIN
  /* "The object can be used again." */
  atomic { closing = false; printf("@ worker > worker : opens the latch\n") };
#endif
  skip
}

/* The owner, and before it what the peer and the clock will do. */
init {
  bool twice = false;

  atomic {
    if
    :: near = true
    :: near = false
    fi;
    run sending();
    run reader();
    run worker()
  };
  do
  :: atomic { !room -> room = true; printf("@ peer > peer : reads a byte\n") }
  :: atomic { !peer_ended -> peer_ended = true; printf("@ peer > peer : ends the connection\n") }
  :: goto stays
  :: break
  od;
again:
  begin_closing(owner);
  if
  :: !twice -> twice = true; goto again
  :: twice
  fi;

stays:
  skip
}

/* Once closing has begun every send returns, the blocked one and those that come later. */
ltl every_send_returns { [] (closing -> <> (returned == SENDS)) }

/* Once the shutdown has returned no write takes a byte. */
ltl nothing_after_shutdown { [] !wrote_closed }

/* A send that takes the lock after closing began writes nothing. */
ltl nothing_new { [] !wrote_barred }

/* The transport is shut down once, whoever asks and however often. */
ltl closes_once { [] (shutdowns <= 1) }

/* Closing is final. */
ltl closed_is_final { [] (closing -> [] closing) }

/* What our own closing does to a send is never told as a failure. */
ltl closing_is_quiet { [] !loud }

/* The descriptor is released under nobody's feet, whose bytes would go elsewhere. */
ltl released_when_unused { [] (released -> inside == 0) }

/* The descriptor is released in the end. */
ltl released_in_the_end { [] (closing -> <> released) }
