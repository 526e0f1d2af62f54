// When a stalled connection is closed, and which relations between knobs hold.
//
// All of it is in whole microseconds, bytes and counts, and far below 2^53, so it is exact. The law
// is SC-9, CX-5 and CF-5; a test compares it with the Python of `stallproof config`.
"use strict";
(function (calculator) {
  const { period_us: PERIOD_US, late_us: LATE_US } = calculator.data;

  /** Return the ends of the close window: form (a) is checks a period apart, (b) a schedule. */
  function closeWindow(form, policy, marginUs) {
    const { stall_timeout_us: limitUs, checks_max: checks } = policy;
    const lateUs = form === "b" ? LATE_US : 0;
    const byUs = limitUs + checks * PERIOD_US + lateUs;
    return {
      form,
      afterUs: limitUs + Math.max(0, (checks - 1) * PERIOD_US - lateUs),
      byUs,
      aboveUs: byUs + marginUs,
      gapUs: PERIOD_US + lateUs,
      isDefined: limitUs >= PERIOD_US + lateUs,
      oneSkipUs: form === "b" ? PERIOD_US : 0,
    };
  }

  /** Return what the monitor does where the deadline works. */
  function caseOf(policy, heldUs, { afterUs }) {
    if (heldUs <= policy.stall_timeout_us) return "silent";
    return heldUs <= afterUs ? "warns only" : "may close";
  }

  // Each relation has two sides, left at most (or less than) right, and what mends it. `idle`: the
  // monitor never closes, so there is nothing to compare.

  const sides = (left, right, isStrict = false) => ({
    left, right, isStrict, holds: isStrict ? left < right : left <= right,
  });

  const RELATIONS = {
    no_warning: (policy, { heldUs }) => ({
      ...sides(heldUs, policy.stall_timeout_us),
      remedy: { field: "stall_timeout_us", word: "at least", value: heldUs },
    }),
    no_close: (policy, { heldUs, window }) => ({
      ...sides(heldUs, window.afterUs),
      needsClosing: true,
      remedy: {
        field: "stall_timeout_us",
        word: "at least",
        value: policy.stall_timeout_us + heldUs - window.afterUs,
      },
    }),
    progress_before_ack_wait: (policy) => ({
      ...sides(policy.ack_progress_timeout_us, policy.ack_wait_us),
      remedy: { field: "ack_progress_timeout_us", word: "at most", value: policy.ack_wait_us },
    }),
    ack_interval_in_window: (policy) => ({
      ...sides(policy.ack_interval_bytes, policy.window_bytes),
      remedy: { field: "ack_interval_bytes", word: "at most", value: policy.window_bytes },
    }),
    window_holds_chunk: (policy) => ({
      ...sides(policy.chunk_bytes, policy.window_bytes),
      remedy: { field: "window_bytes", word: "several times", value: policy.chunk_bytes },
    }),
    outer_timeouts: (_policy, { window, outersUs }) => ({
      ...sides(window.aboveUs, Math.min(...Object.values(outersUs)), true),
      needsClosing: true,
      remedy: { field: null, word: "more than", value: window.aboveUs },
    }),
    close_window_defined: (policy, { window }) => ({
      ...sides(window.gapUs, policy.stall_timeout_us),
      needsClosing: true,
      remedy: { field: "stall_timeout_us", word: "at least", value: window.gapUs },
    }),
  };

  function relation({ name }, policy, terms) {
    const { needsClosing = false, ...judged } = RELATIONS[name](policy, terms);
    const isIdle = needsClosing && !policy.close_stalled;
    return { name, ...judged, isIdle, holds: isIdle || judged.holds };
  }

  /**
   * Return all that follows from a policy, by the names of its fields in Python.
   *
   * `outersUs`: how long callers wait, by their names. Relations are judged by form (b).
   */
  function calculate(policy, { graceUs, marginUs, outersUs }) {
    const windows = ["a", "b"].map((form) => closeWindow(form, policy, marginUs));
    const window = windows[1];
    const heldUs = policy.send_timeout_us + graceUs;
    const terms = { heldUs, window, outersUs };
    return {
      policy, heldUs, windows, window, marginUs, outersUs,
      case: caseOf(policy, heldUs, window),
      relations: calculator.data.relations.map((one) => relation(one, policy, terms)),
      // The smallest whole number of seconds that is more than the window and the margin.
      outerSeconds: Math.floor(window.aboveUs / 1e6) + 1,
    };
  }

  Object.assign(calculator, { calculate });
})(window.stallproofCalculator);
