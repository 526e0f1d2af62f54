/* One connection with its bounds, in time: the decisions, spelt out anew from the law.
 *
 * The stall: a peer that stops reading keeps a sender, and with it the send lock. Two bounds end
 * that: the deadline of the send (spec/sd.md) and the count of the monitor (spec/sc.md). Here both
 * are decisions with numbers, so that a boundary that is off by one breaks a claim.
 *
 * The processes (four):
 *   sender   sends FRAMES frames in a row: takes the lock, writes, looks, polls, ends
 *   peer     the other side and the world: lets time pass, answers a write: takes some, or fails it
 *   monitor  checks the connection, at most once a tick, and skips ticks as it likes
 *   init     the owner, who closes the connection at some moment or never
 *
 * Abstracted away: the bytes (a write takes any number of those that are left, also none), the
 * queue behind the lock (see ticket.pml and lock.pml), and what a shutdown does to a descriptor
 * (closing.pml). Time is a small integer. Steps take no time, but for two things: a write takes up to
 * GRACE + 1 ticks, which is how a last byte is learnt after the deadline; and a poll sleeps for
 * as long as it was told. `until` is the tick at which the sender acts at the latest.
 *
 * Fairness: none is assumed, every claim is about safety.
 *
 * The variables that begin with `g_` are the judge's: they say what happened in the words of the
 * law, and nothing but the claims reads them. The lines that begin with # are followed by the
 * reference machines (python -m proofs.models --replay send), those with @ make the pictures.
 *
 * `timeout` is a word of Promela, so the outcome TIMEOUT is called timed_out here.
 *
 * By hand, in a folder of its own:
 *   spin -a send.pml && gcc -O1 -o pan pan.c && ./pan -a -N never_early
 *   spin -DBREAK_EXPIRES_EARLY -a send.pml && gcc -O1 -o pan pan.c && ./pan -a -N never_early
 *   spin -n7 -T send.pml
 */

#define SEND_TIMEOUT  4
#define STALL_TIMEOUT 1
#define CHECKS_MAX    2
#define GRACE         1
#define FRAMES        2
#define SIZE_MAX      2

mtype = { none, wait, ok, timed_out, closed, error, suppressed }
mtype = { nobody, send, monitoring, owner }
mtype = { healthy, warns, closes }

/* The connection. */
bool held;              /* The send lock is taken. */
byte frame;             /* How many sends took the lock so far; names the one in flight. */
byte size, written;     /* Of the frame in flight, in bytes. */
byte taken, deadline;   /* When the lock was taken, and when the send has to end. */
mtype closed_by = nobody;

/* The transport: what it says to a write, and how many bytes it took. */
chan answer = [0] of { mtype, byte };

/* The monitor. */
bool may_close;         /* False is warn-only. */
byte count, counted;    /* Stalled checks in a row, and the send that they were made of. */
bool checked;           /* This tick has had its check. */

/* Time. */
byte now, until;

/* What the judge knows. */
byte g_due;             /* The moment of taking the lock plus the send timeout. */
byte g_stalled;         /* Stalled checks in a row of the send in flight. */
byte g_closings;        /* How often a closing began. */
mtype g_end = none;     /* The last decision about a send, until the sender does its next thing. */
mtype g_why = none;     /* The failure that it answered, if any. */
bool g_whole, g_torn, g_past, g_closing, g_closes;
                        /* At that moment: every byte written; some but not all; at or after the
                           deadline; closing had begun before; it began the closing itself. */
bool g_late_write, g_miscounted, g_missed, g_hasty, g_unasked;

/* Decisions, and how each can be wrong. The law stands last in each group. */

#if defined(BREAK_EXPIRES_LATE)
#define EXPIRED (now > deadline)            /* Expiry taken as exclusive. */
#elif defined(BREAK_EXPIRES_EARLY)
#define EXPIRED (now + 1 >= deadline)       /* The time left rounded down to none. */
#else
#define EXPIRED (now >= deadline)
#endif

#ifdef BREAK_EXPIRY_FIRST
#define WHOLE (written == size && !EXPIRED) /* The clock is looked at before the bytes. */
#else
#define WHOLE (written == size)
#endif

#ifdef BREAK_TIMEOUT_OVER_CLOSING
#define QUIETLY (closed_by != nobody && !EXPIRED) /* Closing loses to the deadline. */
#else
#define QUIETLY (closed_by != nobody)
#endif

#ifdef BREAK_SILENT_OK
#define QUIET ok                            /* A caller that sees no error takes it for sent. */
#else
#define QUIET suppressed
#endif

#ifdef BREAK_TIMEOUT_LEFT_OPEN
#define TIMEOUT_CLOSES false
#else
#define TIMEOUT_CLOSES true
#endif

#if defined(BREAK_TORN_LEFT_OPEN)
#define FAILURE_CLOSES false                /* As if only a TIMEOUT had to close. */
#elif defined(BREAK_UNWRITTEN_CLOSES)
#define FAILURE_CLOSES true
#else
#define FAILURE_CLOSES (written > 0)
#endif

#ifdef BREAK_STALLED_AT_LIMIT
#define STALLED (held && now - taken >= STALL_TIMEOUT)
#else
#define STALLED (held && now - taken > STALL_TIMEOUT)
#endif

#ifdef BREAK_CARRIES_COUNT
#define SAME_SEND true                      /* The count belongs to the connection. */
#else
#define SAME_SEND (counted == frame)
#endif

#if defined(BREAK_CLOSES_AT_ONCE)
#define ENOUGH (count >= 1)
#elif defined(BREAK_CLOSES_LATE)
#define ENOUGH (count > CHECKS_MAX)
#else
#define ENOUGH (count >= CHECKS_MAX)
#endif

#ifdef BREAK_CLOSES_UNASKED
#define ALLOWED true                        /* Warn-only closes as well. */
#else
#define ALLOWED may_close
#endif

#ifdef BREAK_CLOSES_AGAIN
#define STILL_OPEN true
#else
#define STILL_OPEN (closed_by == nobody)
#endif

/* Closing begins: whoever comes first is its cause. */
inline begin_closing(cause)
{
	g_closings++;
	if
	:: closed_by == nobody -> closed_by = cause
	:: else
	fi
}

/* A send is over, or not yet: write down what the judge will ask about. */
inline judge(why)
{
	g_why = why;
	g_whole = (written == size);
	g_torn = (written > 0 && written < size);
	g_past = (now >= g_due);
	g_closing = (closed_by != nobody);
	g_closes = false
}

inline forget()
{
	g_end = none; g_why = none;
	g_whole = false; g_torn = false; g_past = false; g_closing = false; g_closes = false
}

/* The send ended with `g_end`: close if it must, and let the lock go. */
inline release(must_close)
{
	if
	:: must_close && closed_by == nobody ->
		g_closes = true;
		begin_closing(send);
		printf("@ sender > peer : closes the connection at %d\n", now)
	:: else
	fi;
	held = false;
	written = 0; size = 0; taken = 0; deadline = 0;
	g_due = 0; g_stalled = 0
}

/* The holder wrote some bytes, or only woke: bytes first, then closing, then the clock. */
inline on_step(wrote)
{
	written = written + wrote;
	judge(none);
#ifdef BREAK_DEADLINE_FOR_EACH_WRITE
	if
	:: wrote > 0 -> deadline = now + SEND_TIMEOUT
	:: else
	fi;
#endif
	if
	:: WHOLE ->
		g_end = ok;
		printf("@ sender > sender : all of frame %d is written at %d: OK\n", frame, now);
		printf("# step c1 %d %d -> ok\n", wrote, now);
		release(false)
	:: else ->
		if
		:: QUIETLY ->
			g_end = QUIET;
			printf("@ sender > sender : %d of %d written at %d, while closing: %e\n",
				written, size, now, g_end);
			printf("# step c1 %d %d -> %e\n", wrote, now, g_end);
			release(false)
		:: else ->
			if
			:: EXPIRED ->
				g_end = timed_out;
				printf("@ sender > sender : %d of %d written at %d: TIMEOUT\n",
					written, size, now);
#if defined(BREAK_TIMEOUT_LEFT_OPEN) || defined(BREAK_TIMEOUT_OVER_CLOSING)
				if
				:: TIMEOUT_CLOSES && closed_by == nobody ->
					printf("# step c1 %d %d -> timeout closes\n", wrote, now)
				:: else ->
					printf("# step c1 %d %d -> timeout open\n", wrote, now)
				fi;
#else
				printf("# step c1 %d %d -> timeout closes\n", wrote, now);
#endif
				release(TIMEOUT_CLOSES)
			:: else ->
				g_end = wait;
				printf("@ sender > sender : %d of %d written at %d, due at %d: goes on\n",
					written, size, now, deadline);
				printf("# step c1 %d %d -> wait %d\n", wrote, now, deadline - now)
			fi
		fi
	fi
}

/* A write met a failure, with bytes left: closing first, then the clock, then the table. */
inline on_failed(why)
{
	judge(why);
	if
	:: QUIETLY ->
		g_end = QUIET
	:: else ->
		if
		:: EXPIRED || why == timed_out ->
			g_end = timed_out
		:: else ->
#ifdef BREAK_CLOSED_IS_ERROR
			g_end = error
#else
			g_end = why
#endif
		fi
	fi;
	printf("@ sender > sender : %d of %d written: %e\n", written, size, g_end);
	if
	:: g_end == timed_out && TIMEOUT_CLOSES && closed_by == nobody ->
		printf("# failed c1 %e %d -> timeout closes\n", why, now);
		release(true)
	:: g_end != timed_out && !QUIETLY && FAILURE_CLOSES ->
		printf("# failed c1 %e %d -> %e closes\n", why, now, g_end);
		release(true)
	:: else ->
		printf("# failed c1 %e %d -> %e open\n", why, now, g_end);
		release(false)
	fi
}

/* A sender that takes the lock of a connection that closes leaves at once. */
inline on_lock_taken()
{
	frame++;
	forget();
	if
	:: closed_by != nobody ->
		g_end = suppressed; g_closing = true;
		printf("@ sender > sender : finds the connection closing: SUPPRESSED\n");
		printf("# lock_taken c1 %d %d -> suppressed\n", size, now);
		size = 0
	:: else ->
		held = true; written = 0;
		taken = now; deadline = now + SEND_TIMEOUT;
		g_due = now + SEND_TIMEOUT; g_stalled = 0;
		printf("@ sender > sender : takes the lock at %d: frame %d, size %d, due at %d\n",
			now, frame, size, deadline);
		printf("# lock_taken c1 %d %d -> held %d\n", size, now, deadline)
	fi;
	until = now
}

proctype sender()
{
	mtype said;
	byte wrote;
	byte slept;
	do
	:: d_step { frame < FRAMES -> forget(); until = now };
		atomic {
			if
			:: size = 1
			:: size = SIZE_MAX
			fi;
			d_step { on_lock_taken() }
		};
		do
		:: !held -> break
		:: held ->
			d_step {
				forget();
				g_late_write = (now >= g_due);
				until = now + 1 + GRACE;
				printf("@ sender > peer : a write begins at %d\n", now)
			};
			atomic {
				answer ? said, wrote;
				d_step {
					until = now;
					g_late_write = false;
					if
					:: said == ok ->
						printf("@ peer > sender : takes %d at %d\n", wrote, now);
						on_step(wrote)
					:: else ->
						printf("@ peer > sender : the write fails at %d: %e\n", now, said);
						on_failed(said)
					fi;
					said = none; wrote = 0
				}
			};
			if
			:: !held -> break
			:: else
			fi;
			/* Not yet: poll, for no longer than the time that is left. */
			d_step {
				forget();
				slept = now;
#ifdef BREAK_WAITS_THE_WHOLE_TIMEOUT
				until = now + SEND_TIMEOUT;
#else
				until = deadline;
#endif
				printf("@ sender > sender : polls, until %d at the latest\n", until)
			};
			atomic {
				(now > slept || closed_by != nobody) ->
				d_step {
					slept = 0;
					until = now;
#ifndef BREAK_WRITES_AFTER_WAKING
					on_step(0)
#endif
				}
			}
		od
	:: d_step { frame == FRAMES -> forget() } -> break
	od
}

/* The other side and the world: time passes while the sender may wait, and a write is answered. */
proctype peer()
{
end:	do
	:: d_step { now < until -> now++; checked = false }
	:: answer ! ok, 0
	:: answer ! ok, 1
	:: answer ! ok, size - written
	:: answer ! timed_out, 0
	:: answer ! closed, 0
	:: answer ! error, 0
	od
}

inline on_check()
{
	if
	:: STALLED ->
		if
		:: SAME_SEND -> count++
		:: else -> count = 1
		fi
	:: else -> count = 0
	fi;
	counted = (held -> frame : 0);
	/* The judge counts for itself, by the law. */
	if
	:: held && now > taken + STALL_TIMEOUT -> g_stalled++
	:: else -> g_stalled = 0
	fi;
	g_miscounted = (count != g_stalled);
	if
	:: STALLED && ENOUGH && ALLOWED && STILL_OPEN ->
		g_hasty = (g_stalled < CHECKS_MAX);
		g_unasked = !may_close;
		printf("@ monitor > sender : stalled for %d at %d (%d/%d): closes\n",
			now - taken, now, count, CHECKS_MAX);
		printf("# check c1 %d -> %d closes\n", now, count);
		begin_closing(monitoring)
	:: STALLED && !(ENOUGH && ALLOWED && STILL_OPEN) ->
		g_missed = (may_close && g_stalled >= CHECKS_MAX && closed_by == nobody);
		printf("@ monitor > monitor : stalled for %d at %d (%d/%d): warns\n",
			now - taken, now, count, CHECKS_MAX);
		printf("# check c1 %d -> %d warns\n", now, count)
	:: !STALLED ->
		printf("@ monitor > monitor : healthy at %d\n", now);
		printf("# check c1 %d -> %d healthy\n", now, count)
	fi
}

proctype monitor()
{
end:	do
	:: d_step { !checked -> checked = true; on_check() }
	od
}

/* The owner starts the others, and may close the connection. */
init {
	atomic {
		if
		:: may_close = true
		:: may_close = false
		fi;
		printf("# policy send_timeout=%d stall_timeout=%d checks_max=%d close=%d\n",
			SEND_TIMEOUT, STALL_TIMEOUT, CHECKS_MAX, may_close);
		run sender(); run peer(); run monitor()
	};
	if
	:: d_step {
		if
		:: closed_by == nobody ->
			printf("@ owner > sender : closes the connection at %d\n", now);
			printf("# close c1 -> closes\n");
			begin_closing(owner)
		:: else ->
			printf("@ owner > owner : it is closing already\n");
			printf("# close c1 -> already\n")
		fi }
	:: skip /* It never closes. */
	fi
}

/* It failed, and neither the deadline nor the closing was the reason. */
#define FAILED (g_why != none && g_end != timed_out && g_end != suppressed && g_end != ok)
#define DECIDED (g_end != none && frame > 0)

/* The deadline stays where taking the lock has put it. */
ltl one_deadline { [] (held -> deadline == g_due) }
/* Bytes left at or after the deadline are a TIMEOUT, unless closing had begun before. */
ltl expired_ends { [] ((DECIDED && g_past && !g_whole && !g_closing) -> g_end == timed_out) }
/* No write begins at or after the deadline. */
ltl no_late_write { [] !g_late_write }
/* The lock is free again no later than grace after the deadline. */
ltl free_in_time { [] (held -> now <= g_due + GRACE) }
/* No TIMEOUT before the deadline, unless the transport reported one. */
ltl never_early { [] (g_end == timed_out -> (g_past || g_why == timed_out)) }
/* A TIMEOUT closes. */
ltl timeout_closes { [] (g_end == timed_out -> closed_by != nobody) }
/* Whatever tears a frame closes. */
ltl torn_closes { [] ((FAILED && g_torn) -> closed_by != nobody) }
/* Before the deadline the error table decides. */
ltl by_the_table { [] ((g_why != none && !g_past && !g_closing) -> g_end == g_why) }
/* A failure with nothing written closes nothing. */
ltl unwritten_stays_open { [] ((FAILED && !g_torn) -> !g_closes) }
/* The last byte makes it OK, whenever that is learnt, and OK closes nothing. */
ltl whole_is_ok { [] ((DECIDED && g_whole) -> (g_end == ok && !g_closes)) }
/* OK says that every byte was written. */
ltl ok_is_honest { [] (g_end == ok -> g_whole) }
/* What does not complete while closing is SUPPRESSED, and nothing else is. */
ltl closing_suppresses { [] ((DECIDED && !g_whole && g_end != ok) -> (g_closing == (g_end == suppressed))) }
/* Closing begins once. */
ltl closes_once { [] (g_closings <= 1) }
/* The count is that of the stalled checks in a row of the send in flight. */
ltl counts_right { [] !g_miscounted }
/* Warn-only never closes. */
ltl warn_only { [] !g_unasked }
/* Never before the threshold. */
ltl never_hasty { [] !g_hasty }
/* At the threshold it closes. */
ltl never_missed { [] !g_missed }
