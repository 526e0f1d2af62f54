/*
 * self_message.pml: the only worker of a process submits messages, and one of them to itself.
 *
 * The stall: a message to oneself is put into one's own inbox like any other, and its sender waits
 * for the answer. The worker that would answer is the one that waits.
 *
 * Processes (two, or three in a variant): the worker of process 1, which submits one message to a
 * name that it chooses, and then serves its inbox; the worker of process 2, which serves its own.
 *
 * What is abstracted away: a message is its topic, which has a handler or none; an inbox holds one
 * request. Names: 1 is one's own, 3 an alias of it, 2 the other process.
 *
 * Fairness: weak, for the liveness claim; a thread that can always go on goes on.
 *
 * By hand, in this folder (a variant: add -DBREAK_SENDS_TO_ITSELF before -a):
 *     spin -a self_message.pml && gcc -O1 -o pan pan.c
 *     ./pan -a -N goes_right
 *     ./pan -a -f -N comes_back
 */

#define OWN 1
#define OTHER 2
#define ALIAS 3

mtype = { nothing, returned, unhandled };

chan inbox1 = [1] of { bool }; /* A request: has its topic a handler? */
chan inbox2 = [1] of { bool };
chan answer = [1] of { mtype };

byte to = 0;           /* Whom the message is for. */
bool handled;          /* Its topic has a handler. */
mtype result = nothing;
bool sent_home = false; /* A message to an own name went through an inbox. */
bool kept = false;      /* A message to another process was handled here. */

/* What a handler makes of a message, wherever it runs. */
inline handle(what, so) {
  if
  :: what -> so = returned
  :: !what -> so = unhandled
  fi
}

inline send(where) {
  where ! handled;
  answer ? result
}

active proctype worker1() {
  if
  :: to = OWN
  :: to = OTHER
  :: to = ALIAS
  fi;
  if
  :: handled = true
  :: handled = false
  fi;
  printf("@ worker1 > worker1 : submits a message to %d\n", to);
  if
#ifdef BREAK_SENDS_TO_ITSELF
  :: to == OWN || to == ALIAS -> printf("@ worker1 > inbox1 : sends it, and waits\n"); sent_home = true; send(inbox1)
#elif defined(BREAK_ANOTHER_WORKER_ANSWERS)
  :: to == OWN || to == ALIAS -> printf("@ worker1 > inbox1 : sends it, and waits\n"); sent_home = true; send(inbox1)
#elif defined(BREAK_ALIAS_IS_SENT)
  :: to == OWN -> handle(handled, result)
  :: to == ALIAS -> printf("@ worker1 > inbox1 : sends it, and waits\n"); sent_home = true; send(inbox1)
#elif defined(BREAK_LOCAL_FAILURE_IS_LOST)
  :: to == OWN || to == ALIAS -> printf("@ worker1 > worker1 : handles it, whatever comes of it\n"); result = returned
#else
  :: to == OWN || to == ALIAS -> printf("@ worker1 > worker1 : handles it\n"); handle(handled, result)
#endif
#ifdef BREAK_KEEPS_EVERYTHING
  :: to == OTHER -> printf("@ worker1 > worker1 : handles it\n"); kept = true; handle(handled, result)
#else
  :: to == OTHER -> printf("@ worker1 > inbox2 : sends it, and waits\n"); send(inbox2)
#endif
  fi;
  printf("@ worker1 > worker1 : has a result\n")
}

active proctype worker2() {
  bool what;
  mtype so;

end_serves:
  inbox2 ? what;
  atomic { handle(what, so); answer ! so; printf("@ worker2 > worker1 : answers\n") };
  goto end_serves
}

#ifdef BREAK_ANOTHER_WORKER_ANSWERS
active proctype second_worker1() {
  bool what;
  mtype so;

end_serves:
  inbox1 ? what;
  atomic { handle(what, so); answer ! so; printf("@ second > worker1 : answers\n") };
  goto end_serves
}
#endif

/* Whoever submits a message has its result in the end. */
ltl comes_back { <> (result != nothing) }

/* A message to oneself goes through no inbox, though another worker might answer it. */
ltl never_sent_home { [] !sent_home }

/* A message to somebody else is not handled here. */
ltl goes_right { [] !kept }

/* The result is what the handler makes of it, on either way. */
ltl same_result { [] (result == nothing || (handled == (result == returned))) }
