/*
 * lock.pml: the send lock, its deadline, and a peer that may stop reading for ever.
 *
 * The stall: one sender holds the lock of a connection and waits for the peer; everyone else waits
 * for the lock. What must be true whatever the interleaving: one frame at a time, one deadline a
 * frame, one closing, nothing after a torn frame, and the lock free again in the end.
 *
 * Processes (four): two senders of FRAMES frames each; the world, which is the peer, the kernel's
 * buffer and the passing of time; the owner (init), who may close the connection at any moment.
 *
 * What is abstracted away: a frame is SIZE bytes, the kernel has room for ROOM; the content of a
 * frame and its prefix; who comes next at the lock (ticket.pml); streams (ack.pml); the monitor
 * (monitor.pml); releasing the descriptor (closing.pml). Time is counted in ticks, and passes only
 * while somebody holds the lock. It may pass between any two steps of a sender, and goes on to one
 * tick beyond the deadline: that tick is the scheduling delay for which the prose has grace. A
 * decision and the latch that it needs are one step only where the reference takes them so.
 *
 * Fairness: weak, for the liveness claims; a process that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_BLOCKING_WRITE before -a):
 *     spin -a lock.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N one_holder
 *     ./pan -a -f -N lock_is_freed
 */

#define SIZE 2
#define ROOM 1
#define FRAMES 1
#define TIMEOUT 2 /* The send timeout, in ticks. */
#define NOBODY 0

mtype = { late, closed, error };

byte holder = NOBODY; /* Whose the lock is. */
byte held = 0;         /* For how many ticks it has been, up to one beyond the deadline. */
byte deadline = 0;     /* At how many ticks the frame has used up its time. */
byte room = ROOM;
bool closing = false; /* The latch: closing has begun. */
bool shut = false;    /* The shutdown of the transport has returned. */
bool gone = false;    /* The peer closed its end: every write fails. */
bool failing = true;  /* One write may still fail for a reason of its own. */

/* Only for printing, and no part of a state: the time, and when the lock was taken last. */
hidden int clock = 0;
hidden int taken = 0;

/* What the claims look at; no process decides anything by it. */
byte holders = 0;          /* Senders between taking the lock and giving it back. */
byte unfinished = NOBODY;  /* Whose frame the wire ends in the middle of. */
byte shutdowns = 0;
byte ended = 0;            /* Sends that have returned. */
bool spliced = false;      /* A byte followed that does not belong to the unfinished frame. */
bool written_late = false; /* A write began at a moment that was known to be too late. */
bool written_shut = false; /* A send that took the lock after closing began wrote something. */
bool untrue = false;       /* A TIMEOUT before the deadline, or of a frame that is whole. */
bool needless = false;     /* A failure with nothing written closed the connection. */
bool left_open = false;    /* A send ended with TIMEOUT, and closing has not begun. */

/* The kernel takes what it has room for and never lets the caller wait. */
inline write_some() {
  atomic {
    wrote = (room < left -> room : left);
    written_late = written_late || (wrote > 0 && seen >= deadline);
    written_shut = written_shut || (wrote > 0 && barred);
    spliced = spliced || (wrote > 0 && unfinished != (left == SIZE -> NOBODY : me));
    room = room - wrote;
    left = left - wrote;
    if
    :: wrote > 0 && left > 0 -> unfinished = me
    :: wrote > 0 && left == 0 -> unfinished = NOBODY
    :: else
    fi;
    if
    :: wrote > 0 -> printf("@ sender%d > peer : %d of %d bytes\n", me, wrote, left + wrote)
    :: else -> printf("@ sender%d > sender%d : no room\n", me, me)
    fi
  }
}

proctype sender(byte me) {
  byte frames = FRAMES;
  byte left;
  byte wrote;
  byte seen;   /* The last reading of the clock. */
  bool barred; /* Closing had begun when this send took the lock. */
  mtype said;  /* What a write that failed said, 0 if none did. */
  mtype end;   /* The outcome that the send is about to have; late: TIMEOUT. */

next:
  if
  :: frames == 0 -> goto done
  :: frames > 0 -> frames--
  fi;
#ifdef BREAK_LOOKS_BEFORE_QUEUEING
  if
  :: closing -> goto returned
  :: else
  fi;
#endif
  atomic {
    holder == NOBODY;
    printf("@ sender%d > lock : takes it\n", me);
    holder = me;
    holders++;
    held = 0;
    deadline = TIMEOUT;
    taken = clock;
    left = SIZE;
    barred = closing;
    printf("@ lock > sender%d : held at %d until %d\n", me, clock, clock + deadline);
    if
#ifndef BREAK_LOOKS_BEFORE_QUEUEING
    :: closing ->
      printf("# lock_taken 1 %d %d -> suppressed\n", SIZE, clock);
      goto release
#endif
    :: else -> printf("# lock_taken 1 %d %d -> held %d\n", SIZE, clock, clock + deadline)
    fi
  }

write:
  /* The clock right before a write decides whether the write may begin. */
  atomic { seen = held; wrote = 0; said = 0 }
  atomic {
    if
#ifndef BREAK_LOOKS_BEFORE_QUEUEING
    :: closing -> printf("# step 1 0 %d -> suppressed\n", taken + seen); goto release
#endif
#ifdef BREAK_STRICT_EXPIRY
    :: !closing && seen > deadline -> end = late; goto ends
#else
    :: !closing && seen >= deadline -> end = late; goto ends
#endif
    :: else -> printf("# step 1 0 %d -> wait\n", taken + seen)
    fi
  }
#ifdef BREAK_BLOCKING_WRITE
  /* "Writable" promised room for a byte. The rest of the frame waits for the peer. */
  do
  :: shut || gone -> said = closed; goto refused
  :: !shut && !gone && left > 0 && room > 0 -> write_some()
  :: left == 0 -> wrote = SIZE; break
  od;
#else
  if
  :: shut || gone -> said = closed; goto refused
  :: !shut && !gone && failing -> failing = false; said = error; goto refused
  :: !shut && !gone -> write_some()
  fi;
#endif
  /* Written bytes are applied first; then closing and the deadline are looked at. */
  seen = held;
  atomic {
    if
#ifdef BREAK_EXPIRY_BEFORE_BYTES
    :: !closing && seen >= deadline -> end = late; goto ends
#endif
#ifdef BREAK_PARTIAL_IS_WHOLE
    :: wrote > 0 -> printf("# step 1 %d %d -> ok\n", wrote, taken + seen); goto release
#else
    :: left == 0 -> printf("# step 1 %d %d -> ok\n", wrote, taken + seen); goto release
#endif
    :: left > 0 && closing -> printf("# step 1 %d %d -> suppressed\n", wrote, taken + seen); goto release
    :: left > 0 && !closing && seen >= deadline -> end = late; goto ends
#ifdef BREAK_RESTARTED_DEADLINE
    :: left > 0 && !closing && wrote > 0 && seen < deadline ->
      deadline = seen + TIMEOUT;
      printf("# step 1 %d %d -> wait\n", wrote, taken + seen)
#endif
    :: else -> printf("# step 1 %d %d -> wait\n", wrote, taken + seen)
    fi
  }
  /* Poll: room, any event of the transport, or the end of the time that is left. */
#ifdef BREAK_ROUNDS_DOWN
  if
  :: room > 0 || shut || gone
  :: held + 1 >= deadline -> wrote = 0; end = late; goto ends
  fi;
#else
  room > 0 || shut || gone || held >= deadline;
#endif
  goto write;

refused:
  atomic {
    seen = held;
    printf("@ peer > sender%d : the write fails, %e\n", me, said);
    if
    :: closing -> printf("# failed 1 %e %d -> suppressed\n", said, taken + seen); goto release
    :: !closing && seen >= deadline -> end = late
#ifdef BREAK_EVERY_FAILURE_CLOSES
    :: !closing && seen < deadline -> end = said
#elif defined(BREAK_TORN_STAYS_OPEN)
    :: !closing && seen < deadline ->
      printf("# failed 1 %e %d -> %e\n", said, taken + seen, said);
      goto release
#else
    :: !closing && seen < deadline && left < SIZE -> end = said
    :: !closing && seen < deadline && left == SIZE ->
      /* Nothing of the frame is on the wire: the connection can go on. */
      printf("# failed 1 %e %d -> %e\n", said, taken + seen, said);
      goto release
#endif
    fi
  };
#ifdef BREAK_FAILURE_KEEPS_LOCK
  /* The failure is raised past the place that gives the lock back. */
  goto returned;
#endif

ends:
  /* The end that closes: whoever takes the latch shuts down, everyone else was closed upon. */
#ifdef BREAK_TIMEOUT_STAYS_OPEN
  if
  :: end == late ->
    left_open = left_open || !closing;
    printf("@ sender%d > sender%d : TIMEOUT\n", me, me);
    goto release
  :: else
  fi;
#endif
  atomic {
    untrue = untrue || (end == late && (seen < deadline || left == 0));
    if
    :: closing && said == 0 -> printf("# step 1 %d %d -> suppressed\n", wrote, taken + seen); goto release
    :: closing && said != 0 -> printf("# failed 1 %e %d -> suppressed\n", said, taken + seen); goto release
    :: !closing && said == 0 -> printf("# step 1 %d %d -> timeout\n", wrote, taken + seen)
    :: !closing && said != 0 && end == late -> printf("# failed 1 %e %d -> timeout\n", said, taken + seen)
    :: !closing && end != late -> printf("# failed 1 %e %d -> %e\n", said, taken + seen, end)
    fi;
    if
    :: end == late -> printf("@ sender%d > sender%d : TIMEOUT\n", me, me)
    :: else -> printf("@ sender%d > sender%d : closes, %e\n", me, me, end)
    fi;
    needless = needless || (end != late && left == SIZE);
#ifndef BREAK_TWO_CLOSERS
    closing = true
#endif
  };
#ifdef BREAK_TWO_CLOSERS
  /* Between the look above and this, somebody else can begin the closing too. */
  closing = true;
#endif
  atomic { shut = true; shutdowns++; printf("@ sender%d > peer : shutdown\n", me) };
  left_open = left_open || (end == late && !closing);

release:
  atomic {
    holders--;
    holder = NOBODY;
    held = 0;
    wrote = 0; seen = 0; left = 0; barred = false; said = 0; end = 0;
    printf("@ sender%d > lock : gives it back\n", me)
  }
returned:
  ended++;
  goto next;

done:
  skip
}

/* The peer, the kernel's buffer, and time. */
active proctype world() {
  bool reading = true;
  bool silent = false; /* It will never close its end either: fairness must not make it do so. */

end:
  do
  :: atomic { reading && room < ROOM -> room++; printf("@ peer > peer : reads a byte\n") }
  :: atomic { reading -> reading = false; printf("@ peer > peer : stops reading for ever\n") }
  :: atomic { !reading && !gone && !silent -> silent = true }
  :: atomic { !gone && !silent ->
      gone = true;
      reading = false;
      printf("@ peer > peer : closes its end\n")
    }
  :: atomic { holder != NOBODY && held <= deadline ->
      held++;
      clock++;
      printf("@ clock > clock : %d\n", clock)
    }
  od
}

/* The owner closes the connection at some moment, or never. */
init {
  printf("# policy send_timeout=%d\n", TIMEOUT);
  atomic { run sender(1); run sender(2) };
  if
  :: true -> goto stays
  :: true
  fi;
  atomic {
    if
    :: closing -> printf("# close 1 -> already\n"); goto stays
    :: else -> printf("# close 1 -> closes\n")
    fi;
#ifndef BREAK_TWO_CLOSERS
    closing = true
#endif
  };
#ifdef BREAK_TWO_CLOSERS
  closing = true;
#endif
  atomic { shut = true; shutdowns++; printf("@ owner > peer : shutdown\n") };
#ifdef BREAK_GIVES_THE_LOCK_AWAY
  /* "So that the queue can go on": the sender that holds the lock is still in its write. */
  holder = NOBODY;
  printf("@ owner > lock : gives it back\n");
#endif

stays:
  skip
}

/* A connection never has two sends in flight. */
ltl one_holder { [] (holders <= 1) }

/* The bytes of a frame follow one another, and none follows a torn frame. */
ltl whole_frames { [] !spliced }

/* One deadline for the whole frame, whatever progress it makes. */
ltl one_deadline { [] (held <= TIMEOUT + 1) }

/* No write begins at or after the deadline. */
ltl no_late_write { [] !written_late }

/* A TIMEOUT comes at or after the deadline, and only with bytes left. */
ltl true_timeout { [] !untrue }

/* A send that ends with TIMEOUT has closed its connection. */
ltl timeout_closes { [] !left_open }

/* The closing begins once. */
ltl closes_once { [] (shutdowns <= 1) }

/* A failure with nothing written leaves the connection open. */
ltl open_if_unwritten { [] !needless }

/* A send that takes the lock after closing began writes nothing. */
ltl nothing_after_closing { [] !written_shut }

/* Again and again, or in the end for ever, the lock is free. */
ltl lock_is_freed { []<> (holder == NOBODY) }

/* Every send returns, the blocked one and the queued ones. */
ltl all_return { <> (ended == 2 * FRAMES) }
