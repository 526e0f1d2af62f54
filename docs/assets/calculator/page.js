// The calculator on its page: fields, and what follows from them at each change.
"use strict";
(function (calculator) {
  const { e, policyOf, termsOf, calculate, knobFields, termFields } = calculator;
  const { summaryOf, timeline, reasons, fileOf } = calculator;
  const NEW_KNOBS = 6;
  const NARROWEST = 280;

  const group = (legend, ...children) => e("fieldset", {}, e("legend", {}, legend), ...children);

  /** Return a choice of the release whose defaults count. */
  function releaseChoice(onChange) {
    const options = Object.keys(calculator.data.releases).map((name) => e("option", {}, name));
    const select = e("select", { id: "calculator-release" }, ...options);
    select.addEventListener("input", () => onChange(select.value));
    const label = e("label", { for: "calculator-release" }, "defaults of NVFlare");
    return { element: e("div", { class: "field" }, label, select), chosen: () => select.value };
  }

  const textsOf = (fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.text()]));

  /** Return what the fields set: policy and terms, what differs from the defaults, and refusals. */
  function asked(knobs, terms, release) {
    const { policy, refused } = policyOf(textsOf(knobs), release);
    const { grace, margin, outers } = terms;
    const judgedWith = termsOf({ ...textsOf({ grace, margin }), outers: textsOf(outers) });
    const normal = policyOf({}, release).policy;
    const changed = calculator.data.knobs
      .filter(({ field }) => policy[field] !== normal[field])
      .map(({ name, field, kind }) => [name, kind.unit === "s" ? policy[field] / 1e6 : policy[field]]);
    return {
      policy, terms: judgedWith, changed: Object.fromEntries(changed),
      refused: [...refused, ...judgedWith.refused],
    };
  }

  /** Build the calculator in `place`, in the stead of what stands there without scripts. */
  function start(place) {
    const summary = e("output", { class: "summary" });
    const picture = e("div", { class: "picture" });
    const more = e("section", { class: "more", "aria-label": "what follows" });
    const change = () => {
      const found = asked(knobs, terms, release.chosen());
      if (found.refused.length > 0) {
        summary.textContent = `Refused: ${found.refused.join(", ")}. The field says what is allowed.`;
        picture.replaceChildren();
        more.replaceChildren();
        return;
      }
      const follows = calculate(found.policy, found.terms);
      const told = summaryOf(follows);
      if (summary.textContent !== told) summary.textContent = told;
      const width = Math.max(NARROWEST, picture.clientWidth);
      picture.replaceChildren(timeline(follows, found.terms.graceUs, width, told));
      more.replaceChildren(...reasons(follows), ...fileOf(found.changed, release.chosen(), found.terms));
    };
    const release = releaseChoice((name) => {
      for (const [knob, value] of Object.entries(calculator.data.releases[name])) knobs[knob].set(value);
      change();
    });
    const knobs = knobFields(release.chosen(), change);
    const terms = termFields(change);
    const outers = Object.values(terms.outers);
    const elements = Object.values(knobs).map((field) => field.element);
    place.replaceChildren(
      e("form", { "aria-label": "configuration" },
        group("The six knobs", ...elements.slice(0, NEW_KNOBS)),
        group("Your outer timeouts", ...outers.map((field) => field.element), terms.margin.element),
        e("details", {}, e("summary", {}, "Older knobs, the release, and grace"),
          release.element, ...elements.slice(NEW_KNOBS), terms.grace.element)),
      summary, picture, more,
    );
    place.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    change();
    new ResizeObserver(change).observe(picture);
  }

  start(document.getElementById("calculator"));
})(window.stallproofCalculator);
