/*
 * ack.pml: the sender of a stream that waits for its window, and everybody who may wake it.
 *
 * The stall: the window is full, and the sender sleeps until an ACK opens it. If the wake-up comes
 * between the sender's look and its sleep it is lost, and the stream stands still though nothing is
 * in its way. And a receiver that is gone must not keep it for ever: the watchdog ends the wait.
 *
 * Processes (four): the sender of CHUNKS chunks of CHUNK bytes; the reader, which applies
 * up to ACKS acknowledgements and errors, true and untrue; the user, who may cancel; the clock
 * (init).
 *
 * What is abstracted away: the send of a chunk takes a moment and always succeeds (lock.pml); an
 * offset that is no integer (its type is checked before anything else); the notice's way over the
 * connection. Time is counted in ticks. The watchdog's interval is left out, since a look more can
 * only hide a wake-up that was lost: a sleep ends by a wake-up, or when a failure is due. In half
 * of the runs the clock stands still, so that only a wake-up can end it. The condition variable
 * wakes nobody without a reason, and whoever falls asleep gives the mutex back in the same step.
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
#define PROGRESS 2 /* The progress timeout, in ticks. */
#define ACK_WAIT 3
#define HORIZON 5
#define NEVER 15 /* No moment of this model. */

mtype = {
  running, done, no_progress, ack_wait, ack_error, cancelled,
  progress, no_news, negative, beyond_sent, other_origin, after_the_end, mine, other
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
bool goes = false;       /* The clock goes on. */

/* What the claims look at; no thread decides anything by it. */
byte outcomes = 0;
byte notices = 0;
byte true_moved_at = 0;     /* The last time that more was acknowledged than ever before. */
byte true_began_at = NEVER; /* The beginning of the wait, by an observer. */
byte most = 0;              /* The greatest true offset so far. */
bool told_of_error = false; /* The receiver of this stream has reported an error. */
bool chunk_too_late = false;
bool too_early = false;
bool needless = false;      /* A failure although the window had room. */
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
    printf("@ worker > receiver : notice\n")
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
#elif defined(BREAK_CLOCK_BEFORE_WINDOW)
    :: outcome == running && OPEN && moved_at + PROGRESS > now ->
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
#if defined(BREAK_CLOCK_RUNS_IN_PAUSES) || defined(BREAK_CLOCK_BEFORE_WINDOW)
      clock = moved_at;
#else
      clock = (moved_at > began_at -> moved_at : began_at);
#endif
      if
      :: clock + PROGRESS <= now ->
        too_early = too_early || CLOCK + PROGRESS > now;
        needless = needless || OPEN;
        printf("# look 1 %d -> no_progress\n", now);
        printf("@ sender > sender : NO_PROGRESS at %d\n", now);
        finish(no_progress);
        tell_receiver();
        over = true
      :: clock + PROGRESS > now && began_at + ACK_WAIT <= now ->
        too_early = too_early || true_began_at + ACK_WAIT > now;
        needless = needless || OPEN;
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
#ifdef BREAK_SLEEPS_UNTIL_WOKEN
        wake_at = NEVER;
#endif
        sleeps_too_long = sleeps_too_long || wake_at > CLOCK + PROGRESS;
        sleeps_too_long = sleeps_too_long || wake_at > true_began_at + ACK_WAIT;
#ifdef BREAK_SLEEPS_UNTIL_WOKEN
        printf("@ sender > sender : the window is full, waits without an end\n")
#else
        printf("@ sender > sender : the window is full, waits until %d\n", wake_at)
#endif
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
    :: else ->
#ifdef BREAK_TELLS_AT_ONCE_OR_NEVER
      skip
#else
      tell_receiver()
#endif
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

/* Apply an ACK of any offset, or an error, of the receiver or of somebody else. Of an error only
   the origin counts: its offset is taken for 0, which is no news. */
inline apply() {
  atomic {
    if
    :: from = mine
    :: from = other
    fi;
    /* One choice with all that it can say, so that a random run meets each as often. */
    if
    :: fails = true; offset = 0
    :: offset = -1
    :: offset = 0
    :: offset = 1
    :: offset = 2
    :: offset = 3
    fi;
    if
    :: outcome != running -> said = after_the_end
    :: outcome == running && from == other -> said = other_origin
    :: outcome == running && from == mine && offset < 0 -> said = negative
    :: outcome == running && from == mine && offset > sent ->
#ifdef BREAK_BELIEVES_ANY_OFFSET
      acknowledged = offset;
#endif
      said = beyond_sent
    :: outcome == running && from == mine && offset >= 0 && offset <= acknowledged ->
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
    if
    :: fails -> printf("@ receiver > reader : error, %e\n", said)
    :: !fails -> printf("@ receiver > reader : ACK of %d, %e\n", offset, said)
    fi;
    printf("# ack 1 %d %e %d -> %e\n", offset, from, now, said);
    told_of_error = told_of_error || (fails && from == mine);
#ifdef BREAK_BELIEVES_ANY_ERROR
    valid = (said == progress || said == no_news || (fails && said == other_origin));
#else
    valid = (said == progress || said == no_news);
#endif
    if
    :: fails && from == mine && said == after_the_end ->
      /* The driver stops here; the machine must leave the outcome as it is, if it is asked. */
      printf("# stop 1 ack_error -> %e\n", outcome)
    :: valid && fails ->
      printf("# stop 1 ack_error -> ack_error\n");
      finish(ack_error);
#ifdef BREAK_TELLS_OF_ERRORS
      tell_receiver()
#endif
    :: else
    fi
  }
}

/* Tell the sender to look again, if what was applied was valid. */
inline wake(whom) {
  atomic {
    if
    :: whom -> woken = true; printf("@ reader > sender : look again\n")
    :: else
    fi
  }
}

proctype reader() {
  byte acks = ACKS;
  short offset;
  mtype from;
  mtype said;
  bool fails; /* It reports an error. */
  bool valid;

next:
  if
  :: acks > 0 -> acks--
  :: true -> goto leaves
  fi;
#ifdef BREAK_WAKES_BEFORE_CHANGING
  wake(true);
  atomic { !mutex -> mutex = true };
  apply();
#elif defined(BREAK_APPLIES_WITHOUT_MUTEX)
  apply();
  /* Whom nobody sees asleep nobody wakes. */
  wake(valid && asleep);
  atomic { !mutex -> mutex = true };
#else
  atomic { !mutex -> mutex = true };
  apply();
  wake(valid);
#endif
  atomic { mutex = false; offset = 0; from = 0; said = 0; fails = false; valid = false };
  goto next;

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
  atomic {
    printf("# policy window=%d chunk=%d progress_timeout=%d ack_wait=%d\n", WINDOW, CHUNK, PROGRESS, ACK_WAIT);
    printf("# made 1 0\n");
    if
    :: goes = true
    :: goes = false
    fi;
    run sender();
    run reader();
    run user()
  };
  do
  :: atomic { goes && now < HORIZON -> now++; printf("@ clock > clock : %d\n", now) }
  :: else -> break
  od
}

/* A sender that sleeps while the window is open wakes. */
ltl an_opening_ack_wakes { [] ((asleep && outcome == running && OPEN) -> <> !asleep) }

/* A sender that sleeps while its stream is over wakes. */
ltl a_stop_wakes { [] ((asleep && outcome != running) -> <> !asleep) }

/* A stream has one outcome. */
ltl one_outcome { [] (outcomes <= 1) }

/* After the outcome no chunk begins. */
ltl nothing_after_the_end { [] !chunk_too_late }

/* No more than the window and one chunk is ever outstanding. */
ltl bounded { [] (sent <= acknowledged + WINDOW + CHUNK) }

/* No failure before its bound, a pause of the source is no stall. */
ltl never_early { [] !too_early }

/* Outside a wait nothing fails, however long the silence. */
ltl only_while_waiting { [] !needless }

/* While time passes a wait ends, though the receiver be silent and nobody cancel. */
ltl a_wait_ends {
  [] ((goes && true_began_at + ACK_WAIT <= HORIZON) -> <> (true_began_at == NEVER))
}

/* Nobody sleeps beyond the moment at which a failure is due. */
ltl found_when_due { [] !sleeps_too_long }

/* What is acknowledged was sent, and was said by the receiver. */
ltl only_true_offsets { [] (acknowledged <= sent && acknowledged == most) }

/* The receiver of the stream is believed when it reports an error, and nobody else. */
ltl only_its_receiver { [] (outcome == ack_error -> told_of_error) }

/* At most one notice, and none of an error that the receiver itself reported. */
ltl one_notice { [] (notices <= 1 && (outcome == ack_error -> notices == 0)) }

/* A receiver that may wait for the rest is told in the end, once the chunk under way has left. */
ltl the_receiver_is_told {
  [] ((outcome == no_progress || outcome == ack_wait || outcome == cancelled) -> <> (notices > 0))
}
