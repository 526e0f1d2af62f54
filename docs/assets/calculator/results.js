// What follows from a configuration, in words: one sentence first, then the reasons.
"use strict";
(function (calculator) {
  const { e, secondsText, valueText } = calculator;

  const kinds = Object.fromEntries(calculator.data.knobs.map((one) => [one.field, one.kind]));
  const names = Object.fromEntries(calculator.data.knobs.map((one) => [one.field, one.name]));

  /** The two sides of each relation in words, and what kind of number stands on them. */
  const SIDES = {
    no_warning: ["deadline and grace", "limit", "s"],
    no_close: ["deadline and grace", "lower end of the close window", "s"],
    progress_before_ack_wait: ["progress timeout", "ACK wait", "s"],
    ack_interval_in_window: ["ACK interval", "window", "bytes"],
    window_holds_chunk: ["chunk", "window", "bytes"],
    outer_timeouts: ["upper end and margin", "shortest outer timeout", "s"],
    close_window_defined: ["longest time between two checks", "limit", "s"],
  };

  /** Return what an operator came for in a few sentences. */
  function summaryOf({ policy, window, outerSeconds, relations }) {
    const ends = `later than ${secondsText(window.afterUs)} and by ${secondsText(window.byUs)}`;
    const outer = `more than ${secondsText(window.aboveUs)}: ${outerSeconds} s in whole seconds`;
    const broken = relations.filter((one) => !one.holds).map((one) => one.name);
    const told = broken.length > 0 ? `Does not hold: ${broken.join(", ")}.` : "Every relation holds.";
    return policy.close_stalled
      ? `A stalled connection is closed ${ends} after its stall began. Set each outer timeout to ${outer}. ${told}`
      : `The monitor only warns. If it might close, it would do so ${ends} after the stall began, `
        + `and each outer timeout would have to be ${outer}. ${told}`;
  }

  /** Return both sides of a relation, or why there is nothing to compare. */
  function comparedText({ name, left, right, holds, isStrict, isIdle }) {
    if (isIdle) return "the monitor never closes a connection.";
    if (right === Infinity) return `none is given; each has to be more than ${secondsText(left)}.`;
    const [one, other, unit] = SIDES[name];
    const text = (value) => valueText({ unit }, value);
    const sign = `${holds ? "is" : "is not"} ${isStrict ? "less than" : "at most"}`;
    return `${one} (${text(left)}) ${sign} ${other} (${text(right)}).`;
  }

  function remedyText({ field, word, value }) {
    const name = field === null ? "each outer timeout" : names[field];
    const kind = field === null ? { unit: "s" } : kinds[field];
    return `To avoid that, set ${name} to ${word} ${valueText(kind, value)}.`;
  }

  /** Return one relation as an item of a list: whether it holds, what it compares, what follows. */
  function relationItem(found, law) {
    const mark = e("strong", { class: found.holds ? "holds" : law.severity }, found.holds ? "holds" : law.severity);
    const follows = found.holds ? null : ` What follows: ${law.follows}. ${remedyText(found.remedy)}`;
    const words = [mark, " ", e("code", {}, law.name), `, ${law.title}: ${comparedText(found)}`];
    return e("li", { "data-relation": law.name }, ...words, follows);
  }

  function windowTable({ windows }) {
    const [gaps, schedule] = windows;
    const late = secondsText(calculator.data.late_us);
    const heads = ["checks", `up to ${late} late`, "exact"];
    const row = (name, told) => e("tr", {}, e("th", { scope: "row" }, name),
      ...[schedule, gaps].map((one) => e("td", {}, told(one))));
    return e("table", {}, e("caption", {}, "The close window, from the beginning of a stall"),
      e("thead", {}, e("tr", {}, ...heads.map((head) => e("th", { scope: "col" }, head)))),
      e("tbody", {},
        row("later than", (one) => secondsText(one.afterUs)),
        row("by", (one) => secondsText(one.byUs)),
        row("outer timeouts above", (one) => secondsText(one.aboveUs)),
        row("promised", (one) => (one.isDefined ? "yes" : "no"))));
  }

  /** Return all that is told beside the summary and the picture. */
  function reasons(found) {
    const items = found.relations.map((one, n) => [one.holds, relationItem(one, calculator.data.relations[n])]);
    const ordered = [false, true].flatMap((holds) => items.filter(([one]) => one === holds));
    const deadline = `Where the deadline of a send works, the monitor is: ${found.case}.`;
    return [
      e("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "close window" }, windowTable(found)),
      e("p", {}, deadline),
      e("ul", { class: "relations" }, ...ordered.map(([, item]) => item)),
    ];
  }

  /** Return the file that sets what differs from the defaults, and the command that checks it. */
  function fileOf(written, release, { outersUs, marginUs, graceUs }) {
    const plain = (us) => secondsText(us).replace(" s", "");
    const command = ["stallproof config comm_config.json"];
    for (const [name, us] of Object.entries(outersUs)) command.push(`--outer ${name}=${plain(us)}`);
    if (marginUs !== 0) command.push(`--margin ${plain(marginUs)}`);
    if (graceUs !== calculator.data.grace_ms * 1000) command.push(`--grace-ms ${graceUs / 1000}`);
    if (release !== Object.keys(calculator.data.releases)[0]) command.push(`--release ${release}`);
    return [
      e("p", {}, "What differs from the defaults, for ", e("code", {}, "comm_config.json"), ":"),
      e("pre", { tabindex: "0" }, e("code", { class: "file" }, JSON.stringify(written, null, 2))),
      e("p", {}, "Check it where it will be used: ", e("code", { class: "command" }, command.join(" "))),
    ];
  }

  Object.assign(calculator, { summaryOf, reasons, fileOf });
})(window.stallproofCalculator);
