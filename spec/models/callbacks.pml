/*
 * callbacks.pml: callbacks of users beside the worker that moves the data of their streams.
 *
 * The stall: callbacks that block on the workers that move data use these up, and no stream moves.
 *
 * Processes (four): a mover, which takes in two chunks of each of two streams and submits a callback
 * for each; two callback workers; and a closer, which shuts their pool down at some moment. A
 * callback returns, raises, or blocks for ever.
 *
 * What is abstracted away: the order in which callbacks wait, of which only the number for each
 * stream is kept; and the mutex, which is held for moments: what is done under it is one step.
 *
 * Fairness: weak, for the liveness claims; a process that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_SHARED_POOL before -a):
 *     spin -a callbacks.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N nothing_is_lost
 *     ./pan -a -f -N all_data_moves
 */

#define CHUNKS 4 /* Two of each stream. */

byte left = CHUNKS;  /* Chunks that did not come in yet; their streams take turns. */
byte waits[2];       /* How many callbacks of a stream wait. */
byte runs;           /* How many run. */
bool stopped[2];     /* The stream was stopped. */
bool is_down;        /* The pool of the callbacks is shut down. */

/* What the claims look at; no process decides anything by it. */
byte moved;          /* Chunks that were moved, or came for a stopped stream. */
byte submitted;      /* Callbacks that were submitted, */
byte over;           /* are over, */
byte refused;        /* or were refused. */
byte alive = 2;      /* Callback workers that no exception has ended. */
bool raised[2];      /* A callback of the stream raised. */

inline submit(s) {
#ifdef BREAK_LOOKS_BEFORE_THE_LOCK
  is_refused = is_down || stopped[s];
  atomic {
#else
  atomic {
    is_refused = is_down || stopped[s];
#endif
    submitted++;
    if
    :: is_refused ->
      printf("@ pool > mover : refused\n");
      refused++
    :: else ->
      printf("@ mover > pool : a callback of stream %d\n", s);
      waits[s]++
    fi
  }
}

inline move() {
  atomic {
    left > 0 ->
    left--;
    stream = left % 2;
    printf("@ peer > mover : a chunk of stream %d\n", stream);
    moved++
  };
  submit(stream)
}

inline raise(s) {
  atomic {
    printf("@ pool > stream%d : an exception\n", s);
    raised[s] = true;
    runs--;
    over++;
#ifdef BREAK_EXCEPTION_STOPS_ALL
    stopped[1 - s] = true;
#endif
#ifndef BREAK_EXCEPTION_STOPS_NOTHING
    stopped[s] = true;
    refused = refused + waits[s];
    waits[s] = 0
#endif
  }
#ifdef BREAK_EXCEPTION_KILLS_THE_WORKER
  alive--;
  break
#endif
}

active proctype mover() {
  byte stream;
  bool is_refused;
#ifndef BREAK_SHARED_POOL
  do
  :: move()
  :: left == 0 -> break
  od
#endif
}

active [2] proctype worker() {
  byte stream;
  bool is_refused;
  do
#ifdef BREAK_SHARED_POOL
  :: move()
#endif
  :: atomic {
      waits[0] + waits[1] > 0 ->
      if
      :: waits[0] > 0 -> stream = 0
      :: waits[1] > 0 -> stream = 1
      fi;
      printf("@ pool > worker%d : a callback of stream %d begins\n", _pid, stream);
      waits[stream]--;
      runs++
    };
    if
    :: atomic { true -> runs--; over++ }
    :: raise(stream)
    :: true ->
      printf("@ worker%d > worker%d : blocks for ever\n", _pid, _pid);
end:
      false
    fi
  :: is_down && waits[0] + waits[1] == 0 -> break
  od
}

active proctype closer() {
  atomic {
    printf("@ closer > pool : shuts it down\n");
    is_down = true;
#ifndef BREAK_SHUTDOWN_DROPS_WHAT_WAITS
    refused = refused + waits[0] + waits[1];
#endif
    waits[0] = 0;
    waits[1] = 0
  }
}

/* All data moves, whatever callbacks do. */
ltl all_data_moves { <> (moved == CHUNKS) }

/* An exception ends no worker. */
ltl workers_live_on { [] (alive == 2) }

/* An exception stops its own stream. */
ltl exception_stops_its_stream { [] ((raised[0] -> stopped[0]) && (raised[1] -> stopped[1])) }

/* Nothing else stops a stream. */
ltl nothing_else_stops { [] ((stopped[0] -> raised[0]) && (stopped[1] -> raised[1])) }

/* Every callback waits, runs, is over or was refused. */
ltl nothing_is_lost { [] (submitted == waits[0] + waits[1] + runs + over + refused) }

/* None waits for a pool that is shut down. */
ltl none_waits_in_vain { [] (is_down -> waits[0] + waits[1] == 0) }
