/** The head of a frame that the server sends. */
export interface FrameHead {
  readonly opcode: number;
  /** Bytes of the head. */
  readonly bytes: number;
  /** Bytes of the payload. */
  readonly length: number;
  readonly problem: string | undefined;
}

/** Reads the head of a frame; returns `undefined` if it is incomplete. */
export function readFrameHead(buffer: Buffer): FrameHead | undefined {
  if (buffer.length < 2) return undefined;
  const [first = 0, second = 0] = buffer;
  const short = second & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (buffer.length < 2 + extra) return undefined;
  const length =
    extra === 0 ? short : extra === 2 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  const isOdd = (first & 0x70) !== 0 || (second & 0x80) !== 0;
  const problem = isOdd ? 'a frame with reserved bits, or with a mask' : undefined;
  return { opcode: first & 0x0f, bytes: 2 + extra, length, problem };
}
