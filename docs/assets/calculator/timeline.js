// The time line of a stall: its deadline, the checks of the monitor, the close window, and callers.
//
// A row has its words above its bar, so that no two texts meet, however narrow the page is. What a
// colour says is said in words as well.
"use strict";
(function (calculator) {
  const { s, secondsText } = calculator;
  const [TOP, ROW, BAR, BOTTOM, SIDE] = [8, 46, 16, 30, 4];
  const CHECKS_DRAWN_MAX = 60;
  const TICK_WIDTH = 90;
  const ROOM = 1.06;

  /** Return what is drawn: rows of words and bars, each bar from a moment to another, by kind. */
  function rowsOf(found, graceUs) {
    const { policy, window, heldUs } = found;
    const checks = Array.from(
      { length: Math.min(policy.checks_max, CHECKS_DRAWN_MAX) },
      (_, n) => policy.stall_timeout_us + (n + 1) * calculator.data.period_us,
    );
    const ends = `later than ${secondsText(window.afterUs)}, by ${secondsText(window.byUs)}`;
    const toGo = `${policy.checks_max} ${policy.checks_max === 1 ? "check" : "checks"}`;
    return [
      {
        words: `deadline of the send: ${secondsText(policy.send_timeout_us)} + ${secondsText(graceUs)}`,
        bars: [["send", 0, policy.send_timeout_us], ["grace", policy.send_timeout_us, heldUs]],
      },
      {
        words: `stalled from ${secondsText(policy.stall_timeout_us)} on, then ${toGo}`,
        bars: [["wait", 0, policy.stall_timeout_us], ...checks.map((us) => ["check", us, us])],
      },
      {
        words: `${policy.close_stalled ? "closed" : "only warns, or else"}: ${ends}`,
        bars: [[policy.close_stalled ? "close" : "idle", window.afterUs, window.byUs]],
      },
      ...Object.entries(found.outersUs).map(([name, us]) => outerRow(name, us, found)),
    ];
  }

  function outerRow(name, us, { policy, window }) {
    const isShort = policy.close_stalled && us <= window.aboveUs;
    const words = `the ${name} gives up: ${secondsText(us)}${isShort ? ", too short" : ""}`;
    return { words, bars: [[isShort ? "short" : "outer", 0, us]] };
  }

  /** Return a step between marks of the axis: 1, 2 or 5 times a power of ten. */
  function stepOf(endUs, marks) {
    const least = endUs / Math.max(1, marks);
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least) ?? least;
  }

  function axis(endUs, x, width, bottom) {
    const step = stepOf(endUs, Math.floor(width / TICK_WIDTH));
    const marks = [];
    for (let at = 0; at <= endUs; at += step) {
      const anchor = at === 0 ? "start" : "middle";
      marks.push(s("line", { class: "grid", x1: x(at), x2: x(at), y1: 0, y2: bottom }));
      const place = { class: "mark", x: x(at), y: bottom + 18, "text-anchor": anchor };
      if (x(at) < width - 24) marks.push(s("text", place, secondsText(Math.round(at))));
    }
    return marks;
  }

  function bar([kind, fromUs, untilUs], x, y) {
    const at = { class: kind, y, height: BAR };
    if (kind === "check") return s("rect", { ...at, x: x(fromUs) - 1, width: 2 });
    return s("rect", { ...at, x: x(fromUs), width: Math.max(1, x(untilUs) - x(fromUs)) });
  }

  /** Return the picture, `width` pixels wide; `summary` is what a screen reader says of it. */
  function timeline(found, graceUs, width, summary) {
    const rows = rowsOf(found, graceUs);
    const { heldUs, window, outersUs } = found;
    const endUs = ROOM * Math.max(heldUs, window.aboveUs, ...Object.values(outersUs));
    const x = (us) => Math.round((SIDE + ((width - 2 * SIDE) * us) / endUs) * 10) / 10;
    const bottom = TOP + ROW * rows.length;
    const height = bottom + BOTTOM;
    const above = { class: "above", x1: x(window.aboveUs), x2: x(window.aboveUs), y1: 0, y2: bottom };
    return s(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": summary },
      ...axis(endUs, x, width, bottom),
      ...rows.flatMap(({ bars }, n) => bars.map((one) => bar(one, x, TOP + ROW * n + 20))),
      s("line", above, s("title", {}, `Outer timeouts: more than ${secondsText(window.aboveUs)}`)),
      ...rows.map(({ words }, n) => s("text", { x: SIDE, y: TOP + ROW * n + 14 }, words)),
    );
  }

  Object.assign(calculator, { timeline });
})(window.stallproofCalculator);
