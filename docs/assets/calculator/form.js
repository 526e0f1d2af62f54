// The fields: each number can be typed or set with a slider, and both always say the same.
"use strict";
(function (calculator) {
  const { e, read, valueText } = calculator;
  const MIDDLE = 100;
  const DECADES = 2;

  const linear = (from, to, step) => ({
    min: from, max: to, step, number: (at) => at, at: (number) => number,
  });

  /** A slider on which each step is the same factor; the `middle` number is in the middle. */
  const logarithmic = (middle, kind) => ({
    min: 0, max: 2 * MIDDLE, step: 1,
    number: (at) => {
      const found = Number((middle * 10 ** ((DECADES * (at - MIDDLE)) / MIDDLE)).toPrecision(2));
      return kind.whole ? Math.max(1, Math.round(found)) : found;
    },
    at: (number) => MIDDLE + (MIDDLE / DECADES) * Math.log10(number / middle),
  });

  const powersOfTwo = { min: 10, max: 36, step: 1, number: (at) => 2 ** at, at: Math.log2 };

  /** Return the words of a label, which may be broken after each part of a name. */
  const breakable = (words) => words.split(/(?<=_)/).flatMap((part) => [e("wbr"), part]);

  /** Return how the slider of a kind moves; `normal` is the number to begin with. */
  function scaleOf(kind, normal) {
    if (kind.unit === "bytes") return powersOfTwo;
    return kind.unit === "checks" ? linear(1, 20, 1) : logarithmic(normal, kind);
  }

  /**
   * Return a field for a number: its element, its text, and how it is set.
   *
   * `text` returns what stands in it; `empty` is said where that is nothing.
   */
  function numberField({ id, label, kind, scale, empty = "the default" }, onChange) {
    const notes = e("p", { id: `${id}-notes`, class: "notes" });
    const number = e("input", {
      id, type: "number", step: "any", inputmode: "decimal", "aria-describedby": `${id}-notes`,
    });
    const slider = e("input", {
      type: "range", min: scale.min, max: scale.max, step: scale.step, "aria-label": `${label}, slider`,
    });
    // A browser gives no text for what it does not take for a number.
    const text = () => (number.validity.badInput ? "no number" : number.value);
    const show = () => {
      const found = text() === "" ? undefined : read(kind, text());
      const isRefused = found === null;
      const told = isRefused ? `refused; allowed is ${kind.allowed}`
        : found === undefined ? empty
        : found.isClamped ? `becomes ${valueText(kind, found.value)}, the minimum`
        : valueText(kind, found.value);
      // What the number says by itself is not said again.
      const isPlain = found && !found.isClamped && kind.unit !== "bytes";
      notes.textContent = isPlain ? "" : told;
      notes.classList.toggle("refused", isRefused);
      number.setAttribute("aria-invalid", isRefused);
      slider.setAttribute("aria-valuetext", told);
      const at = scale.at(Number(number.value));
      if (found && Number.isFinite(at)) slider.value = at;
    };
    number.addEventListener("input", () => { show(); onChange(); });
    slider.addEventListener("input", () => {
      number.value = scale.number(Number(slider.value));
      show();
      onChange();
    });
    const set = (value) => { number.value = value; show(); };
    const unit = kind.unit === "checks" ? "" : ` (${kind.unit})`;
    const name = e("label", { for: id }, ...breakable(`${label}${unit}`));
    const element = e("div", { class: "field" }, name, number, slider, notes);
    return { element, text, set };
  }

  /** Return a field for a switch, as `numberField` does. */
  function switchField({ id, label }, onChange) {
    const box = e("input", { id, type: "checkbox" });
    box.addEventListener("input", onChange);
    const element = e("div", { class: "field switch" }, e("label", { for: id }, ...breakable(label)), box);
    const set = (value) => { box.checked = value; };
    return { element, text: () => box.checked, set };
  }

  /** Return the fields of all knobs by their names; a field begins with the default of `release`. */
  function knobFields(release, onChange) {
    const normal = calculator.data.releases[release];
    return Object.fromEntries(calculator.data.knobs.map(({ name, kind }) => {
      const told = { id: `calculator-${name}`, label: name, kind };
      const field = kind.unit === "switch"
        ? switchField(told, onChange)
        : numberField({ ...told, scale: scaleOf(kind, normal[name]) }, onChange);
      field.set(normal[name]);
      return [name, field];
    }));
  }

  /** Return the fields of what a configuration is judged with, by their names. */
  function termFields(onChange) {
    const { spans, grace_ms: graceMs } = calculator.data;
    const field = (name, label, kind, scale, empty) =>
      numberField({ id: `calculator-${name}`, label, kind, scale, empty }, onChange);
    const outer = (name) =>
      field(name, `outer timeout of the ${name}`, spans.outer, logarithmic(100, spans.outer), "not given");
    const grace = field("grace", "grace", spans.grace, linear(0, 1000, 10));
    const margin = field("margin", "margin", spans.margin, linear(0, 120, 1));
    grace.set(graceMs);
    margin.set(0);
    const outers = Object.fromEntries(["job", "task", "request"].map((name) => [name, outer(name)]));
    for (const one of Object.values(outers)) one.set("");
    return { grace, margin, outers };
  }

  Object.assign(calculator, { knobFields, termFields });
})(window.stallproofCalculator);
