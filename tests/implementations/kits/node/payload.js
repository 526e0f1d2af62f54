// Payloads, and the simplest frame around one.
//
// The intuition: a payload is made while it leaves, piece by piece, so that a frame of any size
// takes no memory. It consists of blocks of eight bytes that say whose they are and where they
// belong, so that whoever reads them can tell whether one is lost, doubled or somebody else's.
//
// A frame, for a transport, is whatever has `size` and `piece(from, to)`.
//
// Spec: spec/protocol.md (`send`, payloads).

const BLOCK_BYTES = 8;
const LENGTH_BYTES = 4;
/** Leaves room for any prefix below 2^32 bytes, the most that four bytes of length can tell. */
const PAYLOAD_MAX = 2 ** 32 - 64;

/** Return bytes `from` to `to` of the blocks that are marked with `mark`. */
export function blocks(mark, from, to) {
  const firstBlock = Math.floor(from / BLOCK_BYTES);
  const lastBlock = Math.ceil(to / BLOCK_BYTES);
  const made = Buffer.allocUnsafe((lastBlock - firstBlock) * BLOCK_BYTES);
  for (let block = firstBlock, at = 0; block < lastBlock; block++, at += BLOCK_BYTES) {
    made.writeUInt32BE(mark, at);
    made.writeUInt32BE(block % 2 ** 32, at + 4);
  }
  return made.subarray(from - firstBlock * BLOCK_BYTES, to - firstBlock * BLOCK_BYTES);
}

/** One send that the oracle asks for: its number, its payload, and who may give it up. */
export class Payload {
  /** `isReported`: whether `lock_taken` and `written` are to be said of it. */
  constructor({ number, size, isReported = true, signal = null }) {
    if (size > PAYLOAD_MAX) throw new RangeError("a frame has fewer than 2^32 bytes");
    Object.assign(this, { number, size, isReported, signal });
  }

  piece(from, to) {
    return blocks(this.number, from, to);
  }

  /** Return all of it as a Buffer, for a library that takes no pieces. */
  whole() {
    return this.piece(0, this.size);
  }
}

/** How the frames of `prefixed` look on the wire, in the words of the protocol. */
export const PREFIXED = {
  prefix_bytes: LENGTH_BYTES,
  length: { at: 0, bytes: LENGTH_BYTES, counts_prefix: false },
};

/** Return the frame of a payload: four bytes of length, and what it holds. */
export function prefixed(payload) {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(payload.size);
  return {
    number: payload.number,
    isReported: payload.isReported,
    size: LENGTH_BYTES + payload.size,
    piece(from, to) {
      const rest = payload.piece(Math.max(from - LENGTH_BYTES, 0), Math.max(to - LENGTH_BYTES, 0));
      return from < LENGTH_BYTES ? Buffer.concat([head.subarray(from, to), rest]) : rest;
    },
  };
}
