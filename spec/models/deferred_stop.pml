/*
 * deferred_stop.pml: a task that two threads find failing in a map, and an error for no task.
 *
 * The stall: whoever finds the task failing stops it under the lock of the map. The stop takes that
 * lock to take the task out, so that its finder waits for itself, and everybody for the finder.
 *
 * Processes (four): two finders of one failing task; the reader, to which an error comes for a
 * stream that nobody knows; another user of the map (init).
 *
 * What is abstracted away: the map has one task; a report takes the lock for a moment, as whoever
 * is told may do. What is done with the map during a visit is one step.
 *
 * Fairness: weak, for the liveness claims; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_STOPS_UNDER_THE_LOCK before -a):
 *     spin -a deferred_stop.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N one_stop
 *     ./pan -a -f -N everyone_returns
 */

#define NOBODY 0
#define READER 3
#define USER 4

byte holder = NOBODY;
bool known = true;      /* The task is in the map. */
bool recorded = false;  /* It was found failing before. */
byte made = 0;          /* Tasks that an error made. */

/* What the claims look at; no thread decides anything by it. */
byte stops = 0;
byte reports = 0;
byte finished = 0;
bool under = false;     /* A stop ran under the lock. */

inline take(who) {
#ifdef BREAK_HOLDER_COMES_IN_AGAIN
  atomic { holder == NOBODY || holder == who -> holder = who; printf("@ thread%d > map : takes the lock\n", who) }
#else
  atomic { holder == NOBODY -> holder = who; printf("@ thread%d > map : takes the lock\n", who) }
#endif
}
inline give(who) { atomic { holder = NOBODY; printf("@ thread%d > map : gives it back\n", who) } }

/* A stop takes the task out of the map. */
inline stop() {
  atomic {
    stops++;
    under = under || holder == me;
    printf("@ thread%d > task : stops it\n", me)
  };
  take(me);
  known = false;
  give(me)
}

proctype finder(byte me) {
  bool mine = false;

#ifdef BREAK_LOOKS_BEFORE_THE_LOCK
  mine = known && !recorded;
#endif
  take(me);
  atomic {
#ifndef BREAK_LOOKS_BEFORE_THE_LOCK
    mine = known && !recorded;
#endif
#ifndef BREAK_RECORDS_NOTHING
    recorded = true;
#endif
    printf("@ thread%d > map : finds the task failing\n", me)
  };
#if defined(BREAK_STOPS_UNDER_THE_LOCK) || defined(BREAK_HOLDER_COMES_IN_AGAIN)
  if
  :: mine -> stop()
  :: !mine -> give(me)
  fi;
#else
  give(me);
  if
  :: mine -> stop()
  :: !mine
  fi;
#endif
  finished++
}

/* An error comes for a stream that nobody knows. */
proctype reader() {
  take(READER);
#ifdef BREAK_ERROR_MAKES_A_TASK
  atomic { printf("@ thread%d > map : makes a task of the error\n", READER); made++ };
#endif
#ifdef BREAK_REPORTS_UNDER_THE_LOCK
  printf("@ thread%d > user : an error for an unknown stream\n", READER);
  take(READER);
#endif
  give(READER);
#ifndef BREAK_SAYS_NOTHING
  take(READER);
  atomic { reports++; printf("@ thread%d > user : an error for an unknown stream\n", READER) };
  give(READER);
#endif
  finished++
}

init {
  atomic { run finder(1); run finder(2); run reader() };
  take(USER);
  give(USER);
  finished++
}

/* A task is stopped once, whoever finds it failing. */
ltl one_stop { [] (stops <= 1) }

/* No stop runs under the lock. */
ltl never_under_the_lock { [] !under }

/* Everyone returns: nobody waits for himself. */
ltl everyone_returns { <> (finished == 4) }

/* An error for an unknown stream makes no task. */
ltl makes_nothing { [] (made == 0) }

/* It is reported. */
ltl is_reported { <> (reports == 1) }
