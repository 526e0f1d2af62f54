/*
 * monitor.pml: the monitor, a connection that may stall for ever, and another one that must not care.
 *
 * The stall: a send without a deadline of its own (an older peer, another transport) holds its lock.
 * The monitor counts stalled checks in a row and closes the connection at the threshold, if it may.
 * What must be true: it never becomes a victim of what it watches, it closes what stays stalled, it
 * closes nothing too soon, and the other connection does not notice.
 *
 * Processes (four): the monitor; the user of connection 1 and the user of connection 2, each of them
 * the sender of its connection and the worker that sends its heartbeats; the world (init), which is
 * the peers and the passing of time.
 *
 * What is abstracted away: a frame is one write; the period (the monitor's passes come at any
 * moments, at least one after each tick); the deadline of the send (lock.pml has it); the content of
 * heartbeats. A check reads clock and stamp, counts, and takes the latch of the closing in one step;
 * two closers that race are in lock.pml. Of the time only differences count, and only as far as they
 * decide anything: ages stop one tick beyond their limit, so that time goes on for ever and the
 * states are finite. Both warn-only and closing are searched: the first step chooses.
 *
 * Assumed: weak fairness, for the liveness claims; and the peer of connection 2 reads, so that a send
 * there is over within the limit once it has its lock.
 *
 * By hand, in this folder (a variant: add -DBREAK_HEARTBEATS_THROUGH_LOCK before -a):
 *     spin -a monitor.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N never_too_soon
 *     ./pan -a -f -N pass_completes
 */

#define LIMIT 1  /* The stall timeout, in ticks: stalled is strictly longer. */
#define CHECKS 2 /* The threshold. */
#define FOR_EVER 1000000000 /* The send timeout: no deadline helps here. */
#define QUIET 1  /* The heartbeat interval, in ticks: idle is strictly longer. */

/* Of each connection, 1 and 2. Index 0 is not used. */
bool locked[3];      /* Its send lock. */
bool wanted[3];      /* The monitor waits for it: only in broken variants. */
bool stamp[3];       /* What the sender publishes: a send is in flight. */
byte age[3];         /* For how many ticks it has been, up to one beyond the limit. */
byte quiet[3];       /* For how many ticks nothing came from the peer; 2 never sends. */
bool closing[3];     /* The latch. */
bool shut[3];        /* The shutdown of the transport has returned. */
bool queued[3];      /* A heartbeat is asked for. */
byte count[3];       /* What the monitor remembers: stalled checks in a row, up to the threshold, */
bool same[3];        /* and whether the send that it saw last is still the one in flight. */
bool may_close;      /* Closing enabled; otherwise warn-only. */
bool writable = true; /* Connection 1: the kernel has room for a frame. */
bool due = false;    /* A tick has come that the monitor has not answered with a pass. */

/* Only for printing, and no part of a state. */
hidden int clock = 0;
hidden int shown[3];

/* What the claims look at; no process decides anything by it. */
bool in_pass = false;
byte turn = 0;           /* Which connection the pass is at. */
bool flying[3];          /* A send is in flight: the truth that the stamp should tell. */
byte found[3];           /* How often the send in flight was really found stalled, up to CHECKS. */
byte shutdowns = 0;      /* Of connection 1. */
bool too_soon = false;   /* The monitor closed before the threshold, or what was not stalled. */
bool not_allowed = false; /* The monitor closed in warn-only mode. */
bool miscounted = false; /* After a check the count was not what the law says. */
bool gone = false;       /* Connection 1 is closed and released. */

#ifdef BREAK_ONE_COUNTER
#define SLOT 1
#else
#define SLOT turn
#endif

#ifdef BREAK_ONE_LOCK
#define LOCK_OF_2 1
#else
#define LOCK_OF_2 2
#endif

#ifdef BREAK_ONE_EARLY
#define THRESHOLD (CHECKS - 1)
#else
#define THRESHOLD CHECKS
#endif

/* One check: read, count, decide. */
inline check() {
  atomic {
    if
    :: stamp[turn] && age[turn] > LIMIT ->
#ifdef BREAK_COUNT_CARRIED_OVER
      same[turn] = true;
#endif
      count[SLOT] = (same[turn] -> (count[SLOT] < CHECKS -> count[SLOT] + 1 : CHECKS) : 1);
      shown[turn] = (same[turn] -> shown[turn] + 1 : 1);
      stalled = true
    :: else ->
#ifndef BREAK_NEVER_RESETS
      count[SLOT] = 0;
      shown[turn] = 0;
#endif
      stalled = false
    fi;
    same[turn] = stamp[turn];

    /* The law again, from what is true: how many checks in a row found this very send stalled. */
    if
    :: flying[turn] && age[turn] > LIMIT ->
      found[turn] = (found[turn] < CHECKS -> found[turn] + 1 : CHECKS)
    :: else -> found[turn] = 0
    fi;
    miscounted = miscounted || count[SLOT] != found[turn];

    closes = stalled && count[SLOT] >= THRESHOLD;
#ifndef BREAK_CLOSES_IN_WARN_ONLY
    closes = closes && may_close;
#endif
#ifndef BREAK_CLOSES_AGAIN
    closes = closes && !closing[turn];
#endif
    beats = !stalled && !closing[turn] && !stamp[turn] && quiet[turn] > QUIET;
    too_soon = too_soon || (closes && found[turn] < CHECKS);
    not_allowed = not_allowed || (closes && !may_close);
    closing[turn] = closing[turn] || closes;
    if
    :: stalled -> printf("@ monitor > user%d : stalled, %d of %d\n", turn, shown[turn], CHECKS)
    :: else
    fi;
    if
    :: closes -> printf("# check %d %d -> %d closes\n", turn, clock, shown[turn])
    :: !closes && stalled -> printf("# check %d %d -> %d warns\n", turn, clock, shown[turn])
    :: beats -> printf("# check %d %d -> %d healthy heartbeat\n", turn, clock, shown[turn])
    :: else -> printf("# check %d %d -> %d healthy\n", turn, clock, shown[turn])
    fi
  }
}

/* What the check decided: shut down, or leave a heartbeat to the connection's own worker. */
inline act() {
  if
  :: closes ->
#ifdef BREAK_SAYS_GOODBYE
    /* A last frame before the shutdown, through the lock that the stalled send holds. */
    wait_for_lock();
#endif
    atomic {
#ifndef BREAK_CLOSES_WITHOUT_SHUTDOWN
      shut[turn] = true;
#endif
      shutdowns = (shutdowns < 2 -> shutdowns + 1 : 2);
      printf("@ monitor > user%d : closes the connection\n", turn)
    }
  :: !closes && beats ->
#ifdef BREAK_HEARTBEATS_THROUGH_LOCK
    /* The check saw no send in flight. By now there may be one. */
    wait_for_lock();
#else
    atomic { queued[turn] = true; printf("@ monitor > user%d : a heartbeat is due\n", turn) }
#endif
  :: else
  fi
}

/* What no monitor must do. The lock is fair: nobody overtakes it here. */
inline wait_for_lock() {
  atomic { wanted[turn] = true; printf("@ monitor > lock%d : waits for it\n", turn) };
  atomic { !locked[turn] -> locked[turn] = true; wanted[turn] = false };
  locked[turn] = false
}

proctype monitor() {
  bool stalled;
  bool closes;
  bool beats;

end:
  do
  :: atomic { due -> due = false; in_pass = true; turn = 1; printf("@ monitor > monitor : a pass\n") };
    do
    :: turn == 1 && gone ->
      /* To look at a connection that has been released fails: the pass goes on with the next. */
#ifdef BREAK_FAILURE_ENDS_PASS
      break
#else
      turn = 2
#endif
    :: turn <= 2 && !(turn == 1 && gone) ->
#ifdef BREAK_READS_UNDER_LOCK
      wait_for_lock();
#endif
      check();
      act();
      turn++
    :: turn > 2 -> break
    od;
    atomic { in_pass = false; turn = 0; stalled = false; closes = false; beats = false }
  od
}

/* Take the lock; whoever has it publishes the stamp. */
inline take_lock(conn, lock) {
  !locked[lock] && !wanted[lock];
  locked[lock] = true;
  printf("@ user%d > lock%d : takes it\n", conn, lock)
}

inline publish(conn) {
  stamp[conn] = true;
  flying[conn] = true;
  age[conn] = 0;
  same[conn] = false;
  printf("# lock_taken %d 1 %d -> held %d\n", conn, clock, clock + FOR_EVER)
}

/* However a send ends, its stamp goes, and then the lock. */
inline end_send(conn, lock) {
  flying[conn] = false;
  found[conn] = 0;
  stamp[conn] = false;
  same[conn] = false;
  age[conn] = 0;
  locked[lock] = false;
  printf("@ user%d > lock%d : gives it back\n", conn, lock)
}

/* Connection 1: its peer may be slow, or stop reading for ever. */
proctype user1() {
  bool fails;

  do
  :: atomic {
      queued[1] = false;
      take_lock(1, 1);
      if
      :: closing[1] ->
        printf("# lock_taken 1 1 %d -> suppressed\n", clock);
        locked[1] = false;
        break
      :: else -> publish(1)
      fi;
      /* Fairness must not make a write fail that only waits: so it is chosen here. */
      if
      :: fails = false
      :: fails = true
      fi
    };
    if
    :: atomic { fails && !closing[1] ->
        printf("# failed 1 error %d -> error\n", clock);
        printf("@ peer1 > user1 : the write fails\n");
        fails = false;
        end_send(1, 1);
#ifdef BREAK_STAMP_STAYS
        /* The failure is raised past the place that clears the stamp. */
        stamp[1] = true
#endif
      }
    :: atomic { writable && !shut[1] && !fails ->
        writable = false;
        printf("@ user1 > peer1 : a frame\n");
        printf("# step 1 1 %d -> ok\n", clock);
        end_send(1, 1)
      }
    :: atomic { shut[1] ->
        printf("@ peer1 > user1 : the write fails, closed\n");
        printf("# failed 1 closed %d -> suppressed\n", clock);
        end_send(1, 1);
        break
      }
    fi
  od;
  gone = true
}

/* Connection 2: its peer reads. Its heartbeats are sent between its frames. */
proctype user2() {
  do
  :: atomic { queued[2] = false; take_lock(2, LOCK_OF_2); publish(2) };
    atomic {
      printf("@ user2 > peer2 : a frame\n");
      printf("# step 2 1 %d -> ok\n", clock);
      end_send(2, LOCK_OF_2)
    }
  od
}

/* Time, and with each tick what the peers do. */
init {
  bool reading = true;

  atomic {
    if
    :: may_close = true
    :: may_close = false
    fi;
    printf("# policy send_timeout=%d stall_timeout=%d checks_max=%d close=%d heartbeat=%d\n",
      FOR_EVER, LIMIT, CHECKS, may_close, QUIET);
    run user2();
    run user1();
    run monitor();
    quiet[1] = QUIET + 1;
    quiet[2] = QUIET + 1
  };
  do
  :: atomic { !(flying[2] && age[2] >= LIMIT) ->
      clock++;
      due = true;
      age[1] = (stamp[1] && age[1] <= LIMIT -> age[1] + 1 : age[1]);
      age[2] = (stamp[2] && age[2] <= LIMIT -> age[2] + 1 : age[2]);
      quiet[1] = (quiet[1] <= QUIET -> quiet[1] + 1 : quiet[1]);
      printf("@ clock > clock : %d\n", clock);
      if
      :: true
      :: reading -> writable = true
      :: reading -> reading = false; printf("@ peer1 > peer1 : stops reading for ever\n")
      fi;
      if
      :: true
      :: quiet[1] = 0; printf("# received 1 %d\n", clock); printf("@ peer1 > user1 : a frame\n")
      fi
    }
  od
}

/* Never before the threshold of stalled checks in a row, of one connection and one send. */
ltl never_too_soon { [] !too_soon }

/* In warn-only mode the monitor never closes. */
ltl warn_only { [] !not_allowed }

/* The count is that of the send in flight, and 0 when nothing is stalled. */
ltl true_count { [] !miscounted }

/* The monitor never closes a connection twice. */
ltl closes_once { [] (shutdowns <= 1) }

/* Passes begin again and again, and end. */
ltl pass_completes { ([]<> in_pass) && ([]<> !in_pass) }

/* With closing enabled a stall that lasts is closed. */
ltl stall_is_closed { [] ((may_close && flying[1]) -> <> (closing[1] || !flying[1])) }

/* Closing ends the send that is blocked. */
ltl closing_frees { [] (closing[1] -> <> !flying[1]) }

/* What happens to one connection never keeps another from its check. */
ltl other_is_checked { ([]<> (turn == 2)) && ([]<> (turn != 2)) }

/* The other connection goes on sending. */
ltl other_proceeds { ([]<> flying[2]) && ([]<> !flying[2]) }
