import {
  ACT_ONE_BYTES,
  ACT_THREE_BYTES,
  ACT_TWO_BYTES,
  HandshakeInitiator,
  type HandshakeKeys,
  HandshakeResponder,
} from '../noise/handshake.ts';
import type { KeyPair } from '../noise/keys.ts';

type Send = (bytes: Uint8Array) => void;

/** A handshake as an exchange of messages. */
export interface Exchange {
  /** Bytes of the next message of the peer. */
  readonly nextBytes: number;
  /** Sends the first message, if it is ours. */
  begin(send: Send): void;
  /** Reads a message, and sends the next. Returns the keys at the end. @throws NoiseError */
  read(act: Uint8Array, send: Send): HandshakeKeys | undefined;
}

/** Opens a connection to the peer with this public key. */
export function outbound(ours: KeyPair, peer: Uint8Array): Exchange {
  const handshake = new HandshakeInitiator(ours, peer);
  return {
    nextBytes: ACT_TWO_BYTES,
    begin: (send) => send(handshake.actOne()),
    read(act, send) {
      const { actThree, keys } = handshake.actThree(act);
      send(actThree);
      return keys;
    },
  };
}

/** Accepts a connection. */
export function inbound(ours: KeyPair): Exchange {
  const handshake = new HandshakeResponder(ours);
  let hasReplied = false;
  return {
    get nextBytes() {
      return hasReplied ? ACT_THREE_BYTES : ACT_ONE_BYTES;
    },
    begin: () => undefined,
    read(act, send) {
      if (hasReplied) return handshake.finish(act);
      hasReplied = true;
      send(handshake.actTwo(act));
      return undefined;
    },
  };
}
