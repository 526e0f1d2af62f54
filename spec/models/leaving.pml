/*
 * leaving.pml: who is given up while it waits for the fair send lock, step by step.
 *
 * The stall: a waiter whose caller does not want it any more leaves the queue. Its turn comes all
 * the same, and a lock that hands over in order of arrival then hands over to nobody: everyone
 * behind it waits for ever. And the word to leave may come as the turn does.
 *
 * Processes (four): three senders that wait for their turn, once each, and the caller (init) of two
 * of them, who gives them up at any moment: before they have parked, while they are, and as they
 * are served. A sender that is not given up may keep the lock for ever.
 *
 * What is abstracted away: what is done under the lock (lock.pml); attempts that never wait, tickets
 * that are drawn in two steps, and the order of those who stay (ticket.pml). Each statement that the interpreter carries
 * out as a whole (drawing, storing, taking away, reading) is one step, and nothing else is; and what
 * happens under the mutex of a give-up is one step more.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_LEAVES_UNMARKED before -a):
 *     spin -a leaving.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N one_holder
 *     ./pan -a -f -N everyone_is_served
 */

#define SENDERS 3
#define TICKETS 8 /* More than are drawn: a wrong variant serves turns twice. */

/* What lies beside a ticket until its turn comes. */
#define ABSENT 0
#define ABANDONED 1
#define PARKED 2

byte tickets = 1;        /* The next ticket. */
byte serving = 1;        /* The ticket whose turn it is. */
byte waiting[TICKETS];   /* By ticket: ABSENT, ABANDONED or PARKED. */
bool woken[TICKETS];     /* By ticket: the lock on which its sender is parked has been opened. */
bool leaves[TICKETS];    /* By ticket: it was opened by a give-up and not by the turn. */
bool unwanted[TICKETS];  /* By ticket: its caller has given it up. */
bool heard[TICKETS];     /* By ticket: its sender has left word of how a give-up wakes it. */

/* What the claims look at; no process decides anything by it. */
byte holders = 0;        /* Senders that have the lock. */
bool asking[TICKETS];    /* By ticket: drawn, its turn has not come, and nobody gave it up. */
bool stuck = false;      /* The lock is held for ever. */
byte waits = 0;          /* How many that were given up are still in the queue. */
byte finished = 0;       /* Senders that have returned. */

/* Whoever takes the parked lock away opens it, and nobody else does. Part of one step. */
inline wake_to_leave(ticket) {
  if
  :: waiting[ticket] == PARKED ->
    waiting[ticket] = ABSENT; leaves[ticket] = true; woken[ticket] = true
  :: else
  fi
}

/* The lock is taken with ticket `mine`. */
inline take() {
  atomic {
    holders++;
    asking[mine] = false;
    if
    :: unwanted[mine] -> waits--
    :: else
    fi;
    printf("@ lock > sender%d : is yours, ticket %d\n", me, mine)
  }
}

/* Wait for the turn of a ticket of one's own; `got` tells whether it came. */
inline acquire() {
  atomic {
    mine = tickets;
    tickets++;
    asking[mine] = true;
    printf("@ sender%d > lock : draws ticket %d\n", me, mine)
  };
  if
  :: mine == serving
  :: mine != serving ->
    atomic { waiting[mine] = PARKED; printf("@ sender%d > lock : lays out where it parks\n", me) };
    if
    :: mine == serving -> waiting[mine] = ABSENT
    :: mine != serving ->
      atomic {
        heard[mine] = true;
#ifndef BREAK_HEARS_NOTHING_OLD
        if
        :: unwanted[mine] -> wake_to_leave(mine)
        :: else
        fi
#endif
      };
      /* Behind a holder that keeps the lock for ever this is where a sender ends. */
end_parked:
      woken[mine]
    fi
  fi;
  if
  :: leaves[mine] -> leave()
  :: !leaves[mine] -> got = true
  fi
}

/* Leave a mark in one's place; `got` tells whether the turn has come all the same. */
inline leave() {
#ifdef BREAK_LEAVES_UNMARKED
  got = false
#else
  atomic { waiting[mine] = ABANDONED; printf("@ sender%d > lock : abandons ticket %d\n", me, mine) };
#ifdef BREAK_LEAVES_WITHOUT_A_LOOK
  got = false
#else
  if
  :: mine != serving -> got = false
  :: mine == serving ->
#ifdef BREAK_LEAVES_THE_MARK
    got = true
#else
    /* Whoever takes the mark away decides what becomes of this turn. */
    atomic { got = (waiting[mine] == ABANDONED); waiting[mine] = ABSENT }
#endif
  fi
#endif
#endif
}

/* Serve the next ticket, and wake its sender if it is parked; an abandoned turn passes on. */
inline release() {
  atomic { holders--; printf("@ sender%d > lock : gives it back\n", me) };
  do
  :: true ->
    atomic { serving = serving + 1; printf("@ lock > lock : serves ticket %d\n", serving) };
    atomic { found = waiting[serving]; waiting[serving] = ABSENT };
    if
    :: found == ABSENT -> break
    :: found == PARKED ->
      atomic { woken[serving] = true; printf("@ lock > lock : wakes ticket %d\n", serving) };
      break
    :: found == ABANDONED -> skip
    fi
  od
}

proctype sender(byte me) {
  byte mine;
  byte found;
  bool got;

  acquire();
  if
  :: got ->
    take();
    if
    :: true -> release()
    :: !stuck && !unwanted[mine] ->
      /* The send under the lock never ends. */
      atomic { stuck = true; printf("@ sender%d > sender%d : keeps it for ever\n", me, me) };
      goto end_stays
    fi
  :: !got -> atomic { waits--; printf("@ sender%d > caller : is given up\n", me) }
  fi;
  finished++;
  goto returned;

end_stays:
  false;
returned:
  skip
}

init {
  byte victim = 0;
  atomic { run sender(1); run sender(2); run sender(3) };
  do
  :: victim == SENDERS -> break
  :: victim < SENDERS ->
    atomic {
      victim++;
      if
      :: asking[victim] && victim > 1 ->
        unwanted[victim] = true;
        asking[victim] = false;
        waits++;
        printf("@ caller > lock : gives up ticket %d\n", victim);
        if
        :: heard[victim] -> wake_to_leave(victim)
        :: else
        fi
      :: true /* This one is not given up, or not asking. */
      fi
    }
  od
}

/* The lock is never two senders' at once. */
ltl one_holder { [] (holders <= 1) }

/* Where nobody keeps the lock for ever, everyone returns: no turn and no wake-up is lost. */
ltl everyone_is_served { <> (finished == SENDERS || stuck) }

/* Who is given up leaves the queue or has its turn, though the lock be held for ever. */
ltl giving_up_ends_it { [] (waits > 0 -> <> (waits == 0)) }
