// The example by vectors and by the oracle: `node --test tests/implementations/node/`.

import { oracle, vectors } from "../kits/node/testing.js";
import { Example } from "./harness.js";

vectors(Example);
oracle("node tests/implementations/node/harness.js", { only: "SD-2", args: ["--clock", "virtual"] });
