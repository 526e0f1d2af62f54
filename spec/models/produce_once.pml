/*
 * produce_once.pml: callers that miss an item, and produce it beside others.
 *
 * The stall: an item is produced under the lock of the store, takes for ever, and whoever wants
 * another item waits for it. Without the lock two produce the same item, and the later result must
 * not replace the first one, nor bring back what was evicted meanwhile.
 *
 * Processes (four): two callers that want the same item, the first of which may produce for ever;
 * a caller that wants another item; the owner (init), who evicts the item once or never.
 *
 * What is abstracted away: a result is its caller's number; each caller looks once; a failure,
 * which stores nothing (the machine's proof). A look and a comparison are one step under the lock.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_PRODUCES_UNDER_THE_LOCK before -a):
 *     spin -a produce_once.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N first_wins
 *     ./pan -a -f -N other_proceeds
 */

#define NOBODY 0
#define OTHER 3
#define OWNER 4

byte holder = NOBODY;
byte life = 0;        /* Of the item: how often it was evicted. */
byte stored = 0;      /* Whose result is stored, 0 for none. */
byte producing = 0;   /* Callers that produce. */

/* What the claims look at; no thread decides anything by it. */
bool replaced = false;     /* A result was stored in place of another one. */
bool brought_back = false; /* A result was stored in a life in which its caller did not look. */
bool differs = false;      /* A caller returned another result than the one of its life. */
bool second_returned = false;
bool other_returned = false;

inline take(who) { atomic { holder == NOBODY -> holder = who; printf("@ caller%d > store : takes the lock\n", who) } }
inline give(who) { atomic { holder = NOBODY; printf("@ caller%d > store : gives it back\n", who) } }

/* With the lock held: the result is stored. */
inline keep() {
  replaced = replaced || stored != 0;
  brought_back = brought_back || life != looked;
  stored = me;
  printf("@ caller%d > store : its result is stored\n", me)
}

proctype caller(byte me) {
  byte looked; /* The life in which it looked. */
  byte value = 0;
  bool first;

  take(me);
  atomic {
    looked = life;
    value = stored;
    if
    :: value != 0
    :: value == 0 -> producing++
    fi
  };
#ifndef BREAK_PRODUCES_UNDER_THE_LOCK
  give(me);
#endif
  if
  :: value != 0 -> goto leaves
  :: value == 0
  fi;
#ifdef BREAK_WAITS_FOR_THE_OTHER
  if
  :: producing == 2 ->
    printf("@ caller%d > caller%d : waits for the result of the other\n", me, 3 - me);
end_waits:
    stored != 0
  :: producing == 1
  fi;
#endif
  printf("@ caller%d > caller%d : produces\n", me, me);
  if
  :: true
  :: me == 1 ->
end_for_ever:
    false
  fi;
#ifdef BREAK_COMPARES_BEFORE_THE_LOCK
  atomic { first = (stored == 0 && life == looked) };
#endif
#ifndef BREAK_PRODUCES_UNDER_THE_LOCK
  take(me);
#endif
  atomic {
#ifdef BREAK_STORES_WITHOUT_COMPARING
    first = (life == looked);
#elif defined(BREAK_COMPARES_NO_LIVES)
    first = (stored == 0);
#elif !defined(BREAK_COMPARES_BEFORE_THE_LOCK)
    first = (stored == 0 && life == looked);
#endif
    value = me;
    if
    :: first -> keep()
#ifdef BREAK_LOSER_KEEPS_ITS_OWN
    :: !first
#else
    :: !first && life == looked -> value = stored
    :: !first && life != looked
#endif
    fi;
    differs = differs || (life == looked && value != stored);
    printf("@ store > caller%d : returns the result of %d\n", me, value)
  };
  give(me);
  goto gone;

leaves:
#ifdef BREAK_PRODUCES_UNDER_THE_LOCK
  give(me);
#endif
gone:
  if
  :: me == 2 -> second_returned = true
  :: me == 1
  fi
}

/* It wants another item, which is there. */
proctype other() {
  take(OTHER);
  give(OTHER);
  other_returned = true
}

init {
  atomic { run caller(1); run caller(2); run other() };
  if
  :: true -> goto stays
  :: true
  fi;
  take(OWNER);
  atomic { life++; stored = 0; printf("@ caller%d > store : evicts the item\n", OWNER) };
  give(OWNER);
stays:
  skip
}

/* A result never takes the place of another one. */
ltl first_wins { [] !replaced }

/* Who has a result while the life lasts returns the one that is stored. */
ltl one_result { [] !differs }

/* What was evicted is not brought back. */
ltl not_brought_back { [] !brought_back }

/* Whoever wants another item returns, though one be produced for ever. */
ltl other_proceeds { <> other_returned }

/* Whoever wants the same item returns, though another caller produce it for ever. */
ltl waits_for_nobody { <> second_returned }
