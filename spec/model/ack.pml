/*
 * ack.pml: the sender of a stream that waits for its window, and everybody who may wake it.
 *
 * The stall: the window is full, and the sender sleeps until an ACK opens it. If the wake-up comes
 * between the sender's look and its sleep it is lost, and the stream stands still though nothing is
 * in its way. And a receiver that is gone must not keep it for ever: the watchdog ends the wait.
 *
 * Processes (four): the sender of CHUNKS chunks of CHUNK bytes; the receiver's thread, which applies
 * ACKS acknowledgements, true and untrue; the user, who may cancel; the clock (init).
 *
 * What is abstracted away: the send of a chunk takes a moment and always succeeds (lock.pml); an
 * offset that is no integer (its type is checked before anything else). Time is counted in ticks,
 * and the watchdog's interval is a tick. In half of the runs the clock stands still, so that only
 * a wake-up can end a wait. The condition variable wakes nobody without a reason; whoever sleeps
 * has given the mutex back in the same step.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_CLEARS_AFTER_LOOKING before -a):
 *     spin -a ack.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N one_outcome
 *     ./pan -a -f -N an_opening_ack_wakes
 */

#define CHUNKS 3
#define CHUNK 2
#define WINDOW 1
#define ACKS 2
#define OFFSETS 3 /* An ACK says a number from 0 to this. */
#define PROGRESS 2 /* The progress timeout, in ticks. */
#define ACK_WAIT 3
#define HORIZON 5
#define NEVER 15 /* No moment of this model. */

mtype = {
  running, done, no_progress, ack_wait, ack_error, cancelled,
  progress, no_news, beyond_sent, other_origin, after_the_end, mine, other
};

bool mutex = false;
bool asleep = false;   /* The sender waits, without the mutex. */
bool woken = false;    /* Somebody has told it to look again. */
byte wake_at = NEVER;  /* When it looks again by itself. */
byte now = 0;

/* The stream, which only the holder of the mutex changes. */
byte sent = 0;
byte acknowledged = 0;
byte moved_at = 0;       /* The last progress. */
byte began_at = NEVER;   /* The beginning of the wait. */
mtype outcome = running;
bool carrying = false;   /* A chunk is under way. */
bool notice_due = false;

/* What the claims look at; no thread decides anything by it. */
byte outcomes = 0;
byte notices = 0;
byte true_moved_at = 0;     /* The last time that more was acknowledged than ever before. */
byte true_began_at = NEVER; /* The beginning of the wait, by an observer. */
byte most = 0;              /* The greatest true offset so far. */
bool chunk_too_late = false;
bool too_early = false;
bool sleeps_too_long = false;

#define OPEN (sent - acknowledged <= WINDOW)
#define CLOCK (true_moved_at > true_began_at -> true_moved_at : true_began_at)

/* Send the notice, once, and after the chunk that may be under way; with the mutex held. */
inline tell_receiver() {
  if
#ifdef BREAK_TELLS_TWICE
  :: notice_due ->
#else
  :: notice_due && !carrying ->
    notice_due = false;
#endif
    notices++;
    printf("@ sender > receiver : notice\n")
  :: else
  fi
}

/* Give the stream its outcome, unless it has one; with the mutex held. */
inline finish(what) {
  if
#ifdef BREAK_LAST_OUTCOME_WINS
  :: true ->
#else
  :: outcome == running ->
#endif
    outcome = what;
    outcomes++;
    began_at = NEVER;
    true_began_at = NEVER;
#ifdef BREAK_TELLS_OF_ERRORS
    notice_due = (what != done)
#else
    notice_due = (what != done && what != ack_error)
#endif
#ifndef BREAK_LAST_OUTCOME_WINS
  :: else
#endif
  fi
}

/* Look at the stream, with a chunk ready: begin it, sleep, or be over. */
inline look() {
  atomic {
    if
#ifndef BREAK_FORGETS_THE_END
    :: outcome != running ->
      over = true;
      /* Only somebody else can have ended the stream since the last look. */
      if
      :: outcome == cancelled -> printf("# look 1 %d -> cancelled\n", now)
      :: outcome == ack_error -> printf("# look 1 %d -> ack_error\n", now)
      fi
#endif
#ifdef BREAK_WINDOW_AND_ONE
    :: (outcome == running) && sent - acknowledged <= WINDOW + 1 ->
#elif defined(BREAK_FORGETS_THE_END)
    :: OPEN ->
#else
    :: outcome == running && OPEN ->
#endif
      began_at = NEVER;
      true_began_at = NEVER;
      chunk_too_late = chunk_too_late || outcome != running;
      printf("# look 1 %d -> begin\n", now);
      sent = sent + CHUNK;
      carrying = true;
      go = true;
      printf("# chunk 1 %d\n", CHUNK);
      printf("@ sender > receiver : the chunk up to %d\n", sent)
    :: else ->
      began_at = (began_at == NEVER -> now : began_at);
      true_began_at = (true_began_at == NEVER -> now : true_began_at);
#ifdef BREAK_CLOCK_RUNS_IN_PAUSES
      clock = moved_at;
#else
      clock = (moved_at > began_at -> moved_at : began_at);
#endif
      if
      :: clock + PROGRESS <= now ->
        too_early = too_early || CLOCK + PROGRESS > now;
        printf("# look 1 %d -> no_progress\n", now);
        printf("@ sender > sender : NO_PROGRESS at %d\n", now);
        finish(no_progress);
        tell_receiver();
        over = true
      :: clock + PROGRESS > now && began_at + ACK_WAIT <= now ->
        too_early = too_early || true_began_at + ACK_WAIT > now;
        printf("# look 1 %d -> ack_wait\n", now);
        printf("@ sender > sender : ACK_WAIT at %d\n", now);
        finish(ack_wait);
        tell_receiver();
        over = true
      :: clock + PROGRESS > now && began_at + ACK_WAIT > now ->
        printf("# look 1 %d -> wait\n", now);
        wake_at = (clock + PROGRESS < began_at + ACK_WAIT -> clock + PROGRESS : began_at + ACK_WAIT);
#ifdef BREAK_SLEEPS_A_WHOLE_INTERVAL
        wake_at = now + PROGRESS + 1;
#endif
        sleeps_too_long = sleeps_too_long || wake_at > CLOCK + PROGRESS;
        sleeps_too_long = sleeps_too_long || wake_at > true_began_at + ACK_WAIT;
        printf("@ sender > sender : the window is full, waits until %d\n", wake_at)
      fi
    fi;
    clock = 0
  }
}

proctype sender() {
  byte chunks = 0;
  byte clock;
  bool go;
  bool over;

next:
  /* The source may take its time. */
  atomic { !mutex -> mutex = true };
again:
  look();
  if
  :: over -> mutex = false; goto leaves
  :: go -> go = false; mutex = false
  :: !over && !go ->
#ifdef BREAK_CLEARS_AFTER_LOOKING
    /* An event in the place of a condition variable, and cleared too late. */
    mutex = false;
    atomic { woken = false; printf("@ sender > sender : clears the event\n") };
    atomic { asleep = true; printf("@ sender > sender : falls asleep\n") };
#else
    atomic {
      woken = false;
      asleep = true;
      mutex = false;
      printf("@ sender > sender : falls asleep\n")
    };
#endif
end_asleep:
    atomic { (woken || now >= wake_at) -> asleep = false; wake_at = NEVER };
    atomic { !mutex -> mutex = true };
    goto again
  fi;
  /* The chunk leaves without the mutex: ACKs and a cancel may come meanwhile. */
  atomic { !mutex -> mutex = true };
  atomic {
    carrying = false;
    chunks++;
    if
    :: chunks == CHUNKS && outcome == running ->
      printf("# stop 1 done -> done\n");
      printf("@ sender > sender : DONE\n");
      finish(done)
    :: else -> tell_receiver()
    fi;
    mutex = false
  };
  if
  :: chunks < CHUNKS -> goto next
  :: chunks == CHUNKS
  fi;

leaves:
  skip
}

/* Apply one ACK of any offset, of the receiver or of somebody else. */
inline apply() {
  atomic {
    if
    :: outcome != running ->
      said = after_the_end
    :: outcome == running && from == other ->
      said = other_origin
    :: outcome == running && from == mine && offset > sent ->
#ifdef BREAK_BELIEVES_ANY_OFFSET
      acknowledged = offset;
#endif
      said = beyond_sent
    :: outcome == running && from == mine && offset <= acknowledged ->
#ifdef BREAK_A_REPEAT_IS_PROGRESS
      moved_at = now;
#endif
      said = no_news
    :: outcome == running && from == mine && offset > acknowledged && offset <= sent ->
      acknowledged = offset;
      moved_at = now;
      true_moved_at = now;
      most = offset;
      said = progress
    fi;
    printf("@ receiver > sender : ACK of %d, %e\n", offset, said);
    printf("# ack 1 %d %e %d -> %e\n", offset, from, now, said)
  }
}

proctype receiver() {
  byte acks = ACKS;
  byte offset;
  mtype from;
  mtype said;

next:
  atomic {
    if
    :: acks == 0 -> goto leaves
    :: acks > 0 -> acks--
    :: acks > 0 -> acks = 0; goto stops
    :: true -> goto leaves
    fi;
    select (offset : 0 .. OFFSETS);
    if
    :: from = mine
    :: from = other
    fi
  };
#ifdef BREAK_WAKES_BEFORE_CHANGING
  atomic { woken = true; printf("@ receiver > sender : look again\n") };
  atomic { !mutex -> mutex = true };
  apply();
#elif defined(BREAK_APPLIES_WITHOUT_MUTEX)
  apply();
  atomic { woken = woken || asleep; printf("@ receiver > sender : look again\n") };
  atomic { !mutex -> mutex = true };
#else
  atomic { !mutex -> mutex = true };
  apply();
  atomic { woken = true; printf("@ receiver > sender : look again\n") };
#endif
  atomic { mutex = false; offset = 0; from = 0; said = 0 };
  goto next;

stops:
  /* The receiver reports an error. */
  atomic { !mutex -> mutex = true };
  atomic {
    printf("@ receiver > sender : error ACK\n");
    if
    :: outcome == running -> printf("# stop 1 ack_error -> ack_error\n")
    :: else -> printf("# stop 1 ack_error -> %e\n", outcome)
    fi;
    finish(ack_error);
#ifdef BREAK_TELLS_OF_ERRORS
    tell_receiver();
#endif
    woken = true;
    mutex = false
  };

leaves:
  skip
}

proctype user() {
  if
  :: true -> goto leaves
  :: true
  fi;
  atomic { !mutex -> mutex = true };
  atomic {
    printf("@ user > sender : cancel\n");
    if
    :: outcome == running -> printf("# stop 1 cancelled -> cancelled\n")
    :: else -> printf("# stop 1 cancelled -> %e\n", outcome)
    fi;
    finish(cancelled);
    tell_receiver();
#ifndef BREAK_CANCEL_WAKES_NOBODY
    woken = true;
#endif
    mutex = false
  };

leaves:
  skip
}

/* The clock, which goes on or stands still. */
init {
  bool goes;

  atomic {
    printf("# policy window=%d chunk=%d progress_timeout=%d ack_wait=%d\n", WINDOW, CHUNK, PROGRESS, ACK_WAIT);
    printf("# made 1 0\n");
    if
    :: goes = true
    :: goes = false
    fi;
    run sender();
    run receiver();
    run user()
  };
  do
  :: atomic { goes && now < HORIZON -> now++; printf("@ clock > clock : %d\n", now) }
  :: else -> break
  od
}

/* AP-8: a sender that sleeps while the window is open wakes. */
ltl an_opening_ack_wakes { [] ((asleep && outcome == running && OPEN) -> <> !asleep) }

/* AP-12: a sender that sleeps while its stream is over wakes. */
ltl a_stop_wakes { [] ((asleep && outcome != running) -> <> !asleep) }

/* AP-13: a stream has one outcome. */
ltl one_outcome { [] (outcomes <= 1) }

/* AP-13: after the outcome no chunk begins. */
ltl nothing_after_the_end { [] !chunk_too_late }

/* AP-2, AP-11: no more than the window and one chunk is ever outstanding. */
ltl bounded { [] (sent <= acknowledged + WINDOW + CHUNK) }

/* AP-3, AP-4, AP-5: no failure before its bound, a pause of the source is no stall. */
ltl never_early { [] !too_early }

/* AP-1, AP-6, AP-14: nobody sleeps beyond the moment at which a failure is due. */
ltl found_when_due { [] !sleeps_too_long }

/* AP-10: what is acknowledged was sent, and was said by the receiver. */
ltl only_true_offsets { [] (acknowledged <= sent && acknowledged == most) }

/* AP-9: at most one notice, and none of an error that the receiver itself reported. */
ltl one_notice { [] (notices <= 1 && (outcome == ack_error -> notices == 0)) }
