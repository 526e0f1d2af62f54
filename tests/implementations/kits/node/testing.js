// The entry for node:test: one subtest a requirement, by vectors here and by the oracle.
//
//     // mine.test.js
//     import { oracle, vectors } from "./kit/testing.js";
//     import { Mine } from "./harness.js";
//     vectors(Mine);
//     oracle("node harness.js", { only: "SD-13" });
//
// The complication: what was not judged has not passed. An unsupported requirement is a skipped
// subtest that says why, and whatever else is no pass fails, unless it is allowed by name.

import { spawn } from "node:child_process";
import { describe, it, test } from "node:test";

import { load, play, whyLeftOut } from "./vectors.js";

const SHOWN_MAX = 10;

/**
 * Play vectors in this process, with a subtest for each requirement: of those in `only` (a list of
 * IDs or groups, with commas), for the `profile` that the implementation is to keep.
 */
export function vectors(kind, { only = null, profile = "hardened", folder } = {}) {
  const played = new Map();
  const once = (vector) => {
    if (!played.has(vector)) played.set(vector, play(kind, vector));
    return played.get(vector);
  };
  const byRequirement = new Map();
  for (const vector of load(folder)) {
    for (const id of vector.requirements) {
      if (isSelected(id, only)) byRequirement.set(id, [...(byRequirement.get(id) ?? []), vector]);
    }
  }
  if (byRequirement.size === 0) throw new Error(`no vector is for ${only}`);
  describe("vectors", () => {
    for (const [id, about] of [...byRequirement].sort(inOrder)) {
      const reasons = about.map((vector) => whyLeftOut(kind, vector, { profile }));
      const asked = about.filter((_vector, number) => reasons[number] === null);
      const skip = asked.length === 0 ? reasons[0] : false;
      it(id, { skip }, async (t) => {
        if (asked.length < about.length) t.diagnostic(`${id}: ${asked.length} of ${about.length}`);
        const found = [];
        for (const vector of asked) {
          const lines = await once(vector);
          if (lines.length > 0) found.push(`${vector.name}: ${vector.reason}`, ...lines);
        }
        if (found.length > 0) throw new Error(shown(found));
      });
    }
  });
}

/**
 * Have the oracle judge what `command` starts, with a subtest for each requirement. `args` are more
 * options of `conform`, `allow` verdicts that are skipped and do not fail, such as "inconclusive".
 * Without a `program` on the PATH the test is skipped, but not where CI is set.
 */
export function oracle(command, { only = null, args = [], allow = [], program = "stallproof" } = {}) {
  test("oracle", async (t) => {
    const options = only === null ? args : ["--only", only, ...args];
    const ended = await run(program, ["conform", "--impl", command, "--json", "-", ...options]);
    if (ended === null) {
      if (process.env.CI) throw new Error(`there is no ${program} on the PATH`);
      return t.skip(`there is no ${program} on the PATH`);
    }
    const report = reportOf(ended);
    for (const trouble of report.harness) throw new Error(`the harness broke: ${wordsOf(trouble)}`);
    for (const judgement of report.requirements.filter(({ selected }) => selected)) {
      const { id, title, verdict, findings } = judgement;
      await t.test(`${id} ${title}`, (each) => {
        if (verdict === "pass") return;
        const why = [verdict, ...findings.map(({ explanation }) => explanation)];
        if (verdict !== "unsupported" && !allow.includes(verdict)) throw new Error(shown(why));
        each.skip(why[0]);
      });
    }
  });
}

function reportOf({ code, out, err }) {
  try {
    return JSON.parse(out);
  } catch {
    throw new Error(`there is no report (exit code ${code}): ${err.trim()}`);
  }
}

function wordsOf(trouble) {
  return typeof trouble === "string" ? trouble : JSON.stringify(trouble);
}

/** Run a program, and resolve to how it ended; null where there is none. */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const out = [];
    const err = [];
    child.stdout.on("data", (data) => out.push(data));
    child.stderr.on("data", (data) => err.push(data));
    child.on("error", (error) => (error.code === "ENOENT" ? resolve(null) : reject(error)));
    child.on("close", (code) => {
      resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
    });
  });
}

function isSelected(id, only) {
  return only === null || only.split(",").some((one) => id === one || id.split("-")[0] === one);
}

/** By group, then by number. */
function inOrder([one], [other]) {
  return one.localeCompare(other, "en", { numeric: true });
}

function shown(lines) {
  const rest = lines.length > SHOWN_MAX ? [`and ${lines.length - SHOWN_MAX} more`] : [];
  return [...lines.slice(0, SHOWN_MAX), ...rest].join("\n");
}
