// Frames: a prefix of 16 bytes, the header of a stream's frame, and the payload.
//
// The intuition: a payload is made while it leaves, piece by piece, so that a frame of any size
// takes no memory. It consists of blocks of eight bytes that say whose they are and where they
// belong, so that whoever reads them can tell whether one is lost, doubled or somebody else's.
//
// Spec: spec/sd.md (frame prefix), spec/protocol.md (payloads).

import { blocks } from "../kits/node/payload.js";

export const DATA = 1;
export const ACK = 2;
export const PING = 6;
export const PONG = 7;
export const NOTICE = 8;
const KIND_NAMES = { [DATA]: "data", [PING]: "heartbeat", [ACK]: "ack" };

export const STREAM_MARK = 2 ** 31;
const PREFIX_BYTES = 16;
const PLACE_BYTES = 13; // The header of a chunk or an ACK: stream (4), offset (8), flags (1).
const HEAD_BYTES = PREFIX_BYTES + PLACE_BYTES;
const PAYLOAD_MAX = 2 ** 32 - 1 - HEAD_BYTES;
const RECEIVED_MAX = 2 ** 30; // A longer one means that the stream is garbage.
const EMPTY = Buffer.alloc(0);

/** An ACK of stream 0 up to offset 0, as a receiver sends it; `flags` is 1 of an error. */
function ackHex(flags) {
  const frame = Buffer.alloc(HEAD_BYTES);
  frame.writeUInt32BE(HEAD_BYTES, 0);
  frame.writeUInt16BE(PLACE_BYTES, 4);
  frame.writeUInt8(ACK, 6);
  frame.writeUInt8(flags, HEAD_BYTES - 1);
  return frame.toString("hex");
}

/** Where things are, in the words of the protocol. */
export const LAYOUT = {
  prefix_bytes: PREFIX_BYTES,
  length: { at: 0, bytes: 4, counts_prefix: true },
  extra: { at: 4, bytes: 2 },
  kind: { at: 6, bytes: 1, data: [DATA], heartbeat: [PING], ack: [ACK] },
  sequence: { at: 14, bytes: 2 },
  ack: {
    frame_hex: ackHex(0),
    stream: [{ at: 12, bytes: 2 }, { at: PREFIX_BYTES, bytes: 4 }],
    offset: [{ at: PREFIX_BYTES + 4, bytes: 8 }],
    error_hex: ackHex(1),
  },
};

/** Return what a kind of frames is called in events. */
export function kindName(kind) {
  return KIND_NAMES[kind] ?? "other";
}

/** A frame that is asked for. `number`: of its send, null where nobody asked for it by one. */
export class Frame {
  number = null;
  mark = 0; // Whose the blocks of its payload are.
  begin = 0; // Where its payload begins in its stream.
  payloadBytes = 0;
  header = EMPTY;
  streamId = 0;

  constructor(fields) {
    Object.assign(this, fields);
    if (this.payloadBytes > PAYLOAD_MAX) throw new RangeError("a frame has fewer than 2^32 bytes");
  }

  get size() {
    return PREFIX_BYTES + this.header.length + this.payloadBytes;
  }

  /** Return bytes `from` to `to` of the frame, which has the number `sequence` in its prefix. */
  piece(from, to, sequence) {
    const headBytes = PREFIX_BYTES + this.header.length;
    const parts = [];
    if (from < headBytes) parts.push(this.#head(sequence).subarray(from, Math.min(to, headBytes)));
    if (to > headBytes) parts.push(this.#payload(Math.max(from - headBytes, 0), to - headBytes));
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  #head(sequence) {
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(this.size, 0);
    prefix.writeUInt16BE(this.header.length, 4);
    prefix.writeUInt8(this.kind, 6);
    prefix.writeUInt16BE(this.streamId, 12);
    prefix.writeUInt16BE(sequence, 14);
    return Buffer.concat([prefix, this.header]);
  }

  #payload(from, to) {
    return blocks(this.mark, this.begin + from, this.begin + to);
  }
}

export function sendFrame(number, payloadBytes) {
  return new Frame({ kind: DATA, number, mark: number, payloadBytes });
}

export function chunkFrame(stream, offset, payloadBytes, isLast) {
  const header = Buffer.alloc(PLACE_BYTES);
  header.writeUInt32BE(stream, 0);
  header.writeBigUInt64BE(BigInt(offset), 4);
  header.writeUInt8(isLast ? 1 : 0, 12);
  const place = { mark: STREAM_MARK + stream, begin: offset, streamId: stream % 65536 };
  return new Frame({ kind: DATA, payloadBytes, header, ...place });
}

export function noticeFrame(stream) {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(stream, 0);
  return new Frame({ kind: NOTICE, header, streamId: stream % 65536 });
}

/** Finds the frames in what comes in, however it is cut; of each only the head is kept. */
export class FrameReader {
  #head = Buffer.alloc(HEAD_BYTES);
  #seen = 0;
  #onFrame;

  /** `onFrame(kind, ack)`: `ack` is `{stream, offset, error}` where the frame is one. */
  constructor(onFrame) {
    this.#onFrame = onFrame;
  }

  /** Take in bytes; tell whether they make sense as frames. */
  feed(bytes) {
    for (let at = 0; at < bytes.length; ) {
      const known = this.#seen >= PREFIX_BYTES;
      const end = known ? this.#head.readUInt32BE(0) : PREFIX_BYTES;
      const taken = Math.min(end - this.#seen, bytes.length - at);
      bytes.copy(this.#head, Math.min(this.#seen, HEAD_BYTES), at, at + taken);
      this.#seen += taken;
      at += taken;
      if (this.#seen < PREFIX_BYTES) return true;
      const size = this.#head.readUInt32BE(0);
      const headerBytes = this.#head.readUInt16BE(4);
      if (size < PREFIX_BYTES + headerBytes || size > RECEIVED_MAX) return false;
      if (this.#seen === size) {
        this.#seen = 0;
        this.#onFrame(this.#head[6], headerBytes === PLACE_BYTES ? this.#ack() : null);
      }
    }
    return true;
  }

  #ack() {
    return {
      stream: this.#head.readUInt32BE(16),
      offset: Number(this.#head.readBigUInt64BE(20)),
      error: this.#head[28] === 0 ? null : "reported by the receiver",
    };
  }
}
