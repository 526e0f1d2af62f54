/*
 * ticket.pml: the fair send lock, step by step as the ticket lock takes its steps.
 *
 * The stall: with an unfair lock a busy sender takes the lock again and again, while another one
 * waits without bound. A lock that hands over in order of arrival has a danger of its own: a
 * wake-up that comes between looking and falling asleep, after which nobody is ever served again.
 *
 * Processes (three): two senders that wait for their turn, and a worker that only tries, as one
 * does for a heartbeat. One sender asks twice, the other once; the worker tries twice, so that two
 * abandoned tickets can follow one another. A sender may keep the lock for ever: that is the
 * stalled send, and what happens beside it is part of the claims.
 *
 * What is abstracted away: what is done under the lock (lock.pml). A ticket is a number that never
 * comes again; here there are as many as can be drawn. Each statement that the interpreter carries
 * out as a whole (drawing, storing, taking away, reading) is one step, and nothing else is.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_LOOKS_FIRST before -a):
 *     spin -a ticket.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N one_holder
 *     ./pan -a -f -N everyone_is_served
 */

#define THREADS 3
#define TICKETS 12 /* More than are drawn: a wrong variant serves turns twice. */

/* What lies beside a ticket until its turn comes. */
#define ABSENT 0
#define ABANDONED 1
#define PARKED 2

byte tickets = 0;       /* The next ticket. */
byte serving = 0;       /* The ticket whose turn it is. */
byte waiting[TICKETS];  /* By ticket: ABSENT, ABANDONED or PARKED. */
bool woken[TICKETS];    /* By ticket: the lock on which its thread is parked has been opened. */

/* What the claims look at; no thread decides anything by it. */
byte holders = 0;        /* Threads that have the lock. */
bool asking[TICKETS];    /* By ticket: a sender drew it and has not had its turn yet. */
bool overtaken = false;  /* A ticket was served while an earlier one was still asking. */
bool stuck = false;      /* The lock is held for ever. */
bool trying = false;     /* The worker is inside its attempt. */
byte finished = 0;       /* Threads that asked as often as they wanted. */

/* The lock is taken with ticket `mine`. */
inline take() {
  atomic {
    holders++;
    asking[mine] = false;
    other = 0;
    do
    :: other < mine -> overtaken = overtaken || asking[other]; other++
    :: else -> break
    od;
    other = 0;
    printf("@ lock > thread%d : is yours, ticket %d\n", me, mine)
  }
}

inline draw() {
#ifdef BREAK_DRAWS_IN_TWO_STEPS
  mine = tickets;
  atomic {
    tickets = mine + 1;
#else
  atomic {
    mine = tickets;
    tickets++;
#endif
    asking[mine] = !trier;
    printf("@ thread%d > lock : draws ticket %d\n", me, mine)
  }
}

/* Wait for the turn of a ticket of one's own. */
inline acquire() {
  draw();
#ifdef BREAK_UNFAIR
  /* An ordinary lock: whoever finds it free takes it, whenever he came. */
  atomic { holders == 0 -> take() };
#else
  if
  :: mine == serving
  :: mine != serving ->
    atomic { waiting[mine] = PARKED; printf("@ thread%d > lock : lays out where it parks\n", me) };
    if
#ifndef BREAK_LOOKS_ONCE
    :: mine == serving -> waiting[mine] = ABSENT
    :: mine != serving ->
#else
    :: true ->
#endif
      /* Asleep until somebody opens the lock that lies beside the ticket; behind a holder that
         keeps the lock for ever this is where a sender ends. */
end_parked:
      woken[mine]
    fi
  fi;
  take();
#endif
}

/* Take the lock if it is free and nobody waits; `got` tells. Never waits. */
inline try_acquire() {
  draw();
  got = false;
  if
  :: mine == serving -> got = true
  :: mine != serving ->
#ifdef BREAK_TRYING_WAITS
    atomic { waiting[mine] = PARKED; printf("@ thread%d > lock : lays out where it parks\n", me) };
    if
    :: mine == serving -> waiting[mine] = ABSENT
    :: mine != serving -> woken[mine]
    fi;
    got = true
#else
#ifndef BREAK_ABANDONS_UNMARKED
    atomic { waiting[mine] = ABANDONED; printf("@ thread%d > lock : abandons ticket %d\n", me, mine) };
    if
    :: mine != serving
    :: mine == serving ->
#ifdef BREAK_LEAVES_THE_MARK
      got = true
#else
      /* Whoever takes the mark away decides what becomes of this turn. */
      atomic { got = (waiting[mine] == ABANDONED); waiting[mine] = ABSENT }
#endif
    fi
#else
    skip
#endif
#endif
  fi;
  if
  :: got -> atomic { take(); trying = false }
  :: !got -> trying = false
  fi
}

/* Serve the next ticket, and wake its thread if it is parked; an abandoned turn passes on. */
inline release() {
  atomic { holders--; printf("@ thread%d > lock : gives it back\n", me) };
  do
  :: true ->
#ifdef BREAK_LOOKS_FIRST
    atomic { turn = serving + 1; found = waiting[turn]; waiting[turn] = ABSENT };
    atomic { serving = turn; printf("@ lock > lock : serves ticket %d\n", turn) };
#else
    /* Reading and writing are two steps: what keeps others out is having the lock. */
    turn = serving + 1;
    atomic { serving = turn; printf("@ lock > lock : serves ticket %d\n", turn) };
    atomic { found = waiting[turn]; waiting[turn] = ABSENT };
#endif
    if
    :: found == ABSENT -> break
    :: found == PARKED -> atomic { woken[turn] = true; printf("@ lock > lock : wakes ticket %d\n", turn) }; break
#ifdef BREAK_PASSES_ONE_ON
    :: found == ABANDONED && passed -> break
    :: found == ABANDONED && !passed -> passed = true
#else
    :: found == ABANDONED -> skip
#endif
    fi
  od;
#ifdef BREAK_PASSES_ONE_ON
  passed = false;
#endif
  atomic { mine = 0; turn = 0; found = ABSENT }
}

proctype thread(byte me; bool trier; byte rounds) {
  byte mine;
  byte turn;
  byte found;
#ifdef BREAK_PASSES_ONE_ON
  bool passed;
#endif
  byte other;
  bool got;

  do
  :: rounds == 0 -> break
  :: rounds > 0 ->
    rounds--;
    if
    :: trier ->
      trying = true;
      try_acquire();
    :: !trier ->
      acquire();
      got = true;
      if
      :: true -> skip
      :: !stuck ->
        /* The send under the lock never ends. */
        atomic { stuck = true; printf("@ thread%d > thread%d : keeps it for ever\n", me, me) };
        goto end_stays
      fi
    fi;
    if
    :: got -> release()
    :: !got -> mine = 0
    fi;
    got = false
  od;
  finished++;
  goto leaves;

end_stays:
  false;
leaves:
  skip
}

init {
  atomic { run thread(1, false, 2); run thread(2, false, 1); run thread(3, true, 2) }
}

/* The lock is never two threads' at once. */
ltl one_holder { [] (holders <= 1) }

/* No sender is overtaken by one that asked after it. */
ltl in_order { [] !overtaken }

/* Where nobody keeps the lock for ever, everyone who asks is served: no wake-up is lost. */
ltl everyone_is_served { <> (finished == THREADS || stuck) }

/* An attempt returns, though the lock be held for ever. */
ltl trying_never_waits { [] (trying -> <> !trying) }
