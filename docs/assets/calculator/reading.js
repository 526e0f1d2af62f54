// From the text that an operator writes to whole microseconds, bytes or counts, and back.
//
// A bound is judged on the number as it stands, before any rounding, so numbers are kept exactly.
// The law is group CF; the reading is that of the command `stallproof config`.
"use strict";
(function (calculator) {
  const DECIMAL =
    /^[ \t\n\r\f\v]*([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?[ \t\n\r\f\v]*$/;
  const POWER_MAX = 400;
  const UNITS = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]];
  const PLACES = { s: 6, ms: 3 };

  const ten = (power) => 10n ** BigInt(power);

  /** Return the decimal that `text` is, as digits and a power of ten; null when it is none. */
  function decimal(text) {
    const found = DECIMAL.exec(text);
    if (found === null) return null;
    const [, sign, whole, fraction = "", exponent = "0"] = found;
    const digits = BigInt(`${whole}${fraction}` || "0");
    if (digits === 0n) return { digits, power: 0 };
    // Beyond this a number is out of every range, or nothing, whatever its exponent is.
    const farthest = POWER_MAX + whole.length + fraction.length;
    const power = Math.max(-farthest, Math.min(farthest, Number(exponent))) - fraction.length;
    return { digits: sign === "-" ? -digits : digits, power };
  }

  /** Tell whether `one` is less than `other`, exactly. */
  function isLess(one, other) {
    const power = Math.min(one.power, other.power);
    return one.digits * ten(one.power - power) < other.digits * ten(other.power - power);
  }

  function isWhole({ digits, power }) {
    return power >= 0 || digits % ten(-power) === 0n;
  }

  /** Return `number` times ten to the `places`, to the nearest integer, and half to the even one. */
  function scaled({ digits, power }, places) {
    const by = power + places;
    if (by >= 0) return Number(digits * ten(by));
    const base = ten(-by);
    const [whole, rest] = [digits / base, (digits % base) * 2n];
    return Number(rest > base || (rest === base && whole % 2n === 1n) ? whole + 1n : whole);
  }

  /**
   * Return what `text` is in core units, and whether it was taken to its minimum; null: refused.
   *
   * The value of a span is in microseconds, of anything else the number itself.
   */
  function read(kind, text) {
    const number = decimal(text);
    if (number === null || isLess(decimal(kind.most), number)) return null;
    if (kind.least !== null && isLess(number, decimal(kind.least))) return null;
    if (kind.whole && !isWhole(number)) return null;
    const isClamped = kind.clamp !== null && isLess(number, decimal(kind.clamp));
    const value = isClamped ? decimal(kind.clamp) : number;
    return { value: scaled(value, PLACES[kind.unit] ?? 0), isClamped };
  }

  /** Return the values of the texts that are not empty, by name, and the names of those refused. */
  function readAll(texts, kinds) {
    const found = { values: {}, refused: [] };
    for (const [name, text] of Object.entries(texts)) {
      const taken = typeof text === "boolean" ? { value: text } : text === "" ? undefined : read(kinds[name], text);
      if (taken === null) found.refused.push(name);
      else if (taken !== undefined) found.values[name] = taken.value;
    }
    return found;
  }

  /**
   * Return the policy that `texts` set by the names of knobs, and which knobs are refused.
   *
   * What is not there, or empty, has the default of `release`. The text of a switch is a boolean.
   */
  function policyOf(texts, release) {
    const { knobs, releases } = calculator.data;
    const kinds = Object.fromEntries(knobs.map((one) => [one.name, one.kind]));
    const given = readAll(texts, kinds);
    const normal = Object.entries(releases[release])
      .map(([name, value]) => [name, typeof value === "boolean" ? value : String(value)]);
    const { values } = readAll(Object.fromEntries(normal), kinds);
    const policy = knobs.map(({ name, field }) => [field, given.values[name] ?? values[name]]);
    return { policy: Object.fromEntries(policy), refused: given.refused };
  }

  /** Return what relations are judged with, and what of it is refused; no outer timeout is needed. */
  function termsOf({ grace, margin, outers }) {
    const { spans, grace_ms: graceMs } = calculator.data;
    const given = readAll({ grace, margin }, spans);
    const kinds = Object.fromEntries(Object.keys(outers).map((name) => [name, spans.outer]));
    const waits = readAll(outers, kinds);
    return {
      graceUs: given.values.grace ?? graceMs * 1000,
      marginUs: given.values.margin ?? 0,
      outersUs: waits.values,
      refused: [...given.refused, ...waits.refused],
    };
  }

  /** Return microseconds in seconds, exactly: `75 s`, `0.05 s`. */
  function secondsText(spanUs) {
    const rest = String(spanUs % 1e6).padStart(6, "0").replace(/0+$/, "");
    return `${Math.floor(spanUs / 1e6)}${rest && `.${rest}`} s`;
  }

  /** Return a size in bytes, and in the greatest unit of which it is at least one. */
  function bytesText(size) {
    const [bytes, unit] = UNITS.find(([least]) => size >= least) ?? [1, ""];
    if (unit === "") return `${size} byte${size === 1 ? "" : "s"}`;
    return `${size} bytes, ${Number((size / bytes).toFixed(2))} ${unit}`;
  }

  /** Return a value in core units for people. */
  function valueText(kind, value) {
    if (kind.unit === "s" || kind.unit === "ms") return secondsText(value);
    return kind.unit === "bytes" ? bytesText(value) : String(value);
  }

  Object.assign(calculator, { read, policyOf, termsOf, secondsText, bytesText, valueText });
})(window.stallproofCalculator);
