// The harness of this example, on the kit: how a connection is made, and which method of it each
// operation is.

import { addressOf, Harness, main } from "../kits/node/index.js";
import { GuardedConnection } from "./connection.js";
import { ACK, DATA, kindName, LAYOUT, sendFrame } from "./frames.js";
import { MACHINES } from "./machines.js";
import { Monitor, SLACK_US } from "./monitor.js";
import { effectiveOf, policyOf } from "./policy.js";
import { Stream } from "./stream.js";
import { frameSocket, Room } from "./transports.js";

export class Example extends Harness {
  static who = { name: "stallproof-node", version: "1" };
  static frames = LAYOUT;
  static features = ["unix", "tcp", "checks", "monitor", "heartbeats", "sequence", "streams"];
  static monitor = { form: "b", slack_us: SLACK_US };
  static machines = MACHINES;
  static notes = [
    "node:net cannot set SO_SNDBUF: sockets keep the system's default.",
    "wall_jump moves Date.now, and nothing is decided by it.",
  ];

  policy = policyOf({});
  monitor = new Monitor(this.clock, this.say);

  configure(knobs) {
    this.policy = policyOf(knobs);
    return effectiveOf(this.policy);
  }

  async connect(request) {
    return this.#connection(request, await frameSocket(addressOf(request), this.clock));
  }

  over(line, request) {
    return this.#connection(request, new Room(line));
  }

  #connection(request, transport) {
    const { policy, clock, say } = this;
    const heartbeats = request.heartbeats !== false;
    const parts = { name: request.conn, transport, policy, clock, say, heartbeats };
    const conn = new GuardedConnection(parts);
    this.monitor.add(conn);
    transport.onFrame = (kind, ack) => {
      conn.onFrame(kind, kindName(kind));
      if (kind === ACK && ack) conn.streams.get(ack.stream)?.onAck(ack.offset, null, ack.error);
    };
    transport.onPeerEnded = (how) => {
      if (conn.isClosing) return;
      say({ event: "peer_ended", at_us: clock.now(), conn: conn.name, how });
    };
    return conn;
  }

  send(conn, { number, size, isReported }) {
    return new Promise((ended) => conn.send(sendFrame(number, size), { isReported, ended }));
  }

  close(conn) {
    conn.close("local");
  }

  arrive(conn) {
    conn.onFrame(DATA, kindName(DATA));
    return conn.receivedFrames;
  }

  received(conn) {
    return conn.receivedFrames;
  }

  stream(conn, plan) {
    const stream = new Stream({ ...plan, conn, clock: this.clock, say: this.say });
    conn.streams.set(plan.number, stream);
    return stream;
  }

  ack(stream, { offset, origin, error }) {
    stream.onAck(offset, origin, error);
  }

  cancel(stream) {
    stream.end("cancelled");
  }

  check() {
    this.monitor.runPass();
  }

  watch(periodUs) {
    if (periodUs === null) this.monitor.stop();
    else this.monitor.start(periodUs);
    return Example.monitor;
  }
}

main(import.meta.url, Example);
