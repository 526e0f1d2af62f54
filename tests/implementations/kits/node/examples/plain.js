// What most programs do: write, wait for the callback, and call it a timeout after a while.

import net from "node:net";

import { addressOf, Harness, main, PREFIXED, prefixed } from "../index.js";

export class Plain extends Harness {
  static who = { name: "socket.write and a timer", version: process.versions.node };
  static frames = PREFIXED;

  connect(request) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(addressOf(request), () => resolve(socket));
      socket.on("error", reject);
    });
  }

  send(socket, payload) {
    const frame = prefixed(payload);
    return new Promise((resolve, reject) => {
      const late = Object.assign(new Error("it takes too long"), { code: "ETIMEDOUT" });
      const timer = setTimeout(() => reject(late), this.knobs.streaming_send_timeout * 1000);
      socket.write(frame.piece(0, frame.size), (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  close(socket) {
    socket.destroy();
  }
}

main(import.meta.url, Plain);
