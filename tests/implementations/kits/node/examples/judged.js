// The guarded example by vectors, in this process, and by the oracle, as tests of node:test.

import { oracle, vectors } from "../testing.js";
import { GuardedHarness } from "./guarded.js";

const program = ".venv/bin/stallproof";

vectors(GuardedHarness, { only: "SD,CX", folder: "spec/vectors" });
oracle("node mine/examples/guarded.js", { only: "SD-13", args: ["--clock", "virtual"], program });
