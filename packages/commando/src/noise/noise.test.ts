import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import vectors from './bolt8-vectors.json' with { type: 'json' };
import { HandshakeInitiator, HandshakeResponder } from './handshake.ts';
import { keyPair, randomKeyPair } from './keys.ts';
import { MAX_MESSAGE_BYTES, MessageOpener, MessageSealer } from './message-cipher.ts';

const { initiator, responder, acts } = vectors;
const [actOne = '', actTwo = '', actThree = ''] = acts;

const keys = (hex: string) => keyPair(hexToBytes(hex));

function newInitiator(): HandshakeInitiator {
  const peer = hexToBytes(responder.publicKey);
  return new HandshakeInitiator(keys(initiator.privateKey), peer, keys(initiator.ephemeral));
}

function newResponder(): HandshakeResponder {
  return new HandshakeResponder(keys(responder.privateKey), keys(responder.ephemeral));
}

describe('the test vectors of BOLT 8:', () => {
  test('the initiator', () => {
    const handshake = newInitiator();
    expect(bytesToHex(handshake.actOne())).toBe(actOne);
    const { actThree: third, keys } = handshake.actThree(hexToBytes(actTwo));
    expect(bytesToHex(third)).toBe(actThree);
    expect(bytesToHex(keys.sendingKey)).toBe(vectors.initiatorSends);
    expect(bytesToHex(keys.receivingKey)).toBe(vectors.responderSends);
    expect(bytesToHex(keys.chainingKey)).toBe(vectors.chainingKey);
  });

  test('the responder', () => {
    const handshake = newResponder();
    expect(bytesToHex(handshake.actTwo(hexToBytes(actOne)))).toBe(actTwo);
    const keys = handshake.finish(hexToBytes(actThree));
    expect(bytesToHex(keys.peer)).toBe(initiator.publicKey);
    expect(bytesToHex(keys.receivingKey)).toBe(vectors.initiatorSends);
    expect(bytesToHex(keys.sendingKey)).toBe(vectors.responderSends);
  });

  test.each(vectors.rejectedByInitiator)('the initiator rejects $name', ({ act, error }) => {
    const handshake = newInitiator();
    handshake.actOne();
    expect(() => handshake.actThree(hexToBytes(act))).toThrow(
      expect.objectContaining({ code: error }),
    );
  });

  test.each(vectors.rejectedByResponder)('the responder rejects $name', ({ acts, error }) => {
    const handshake = newResponder();
    const [first = '', third] = acts;
    const run = (): void => {
      handshake.actTwo(hexToBytes(first));
      if (third !== undefined) handshake.finish(hexToBytes(third));
    };
    expect(run).toThrow(expect.objectContaining({ code: error }));
  });

  test('1,002 messages, with two key rotations', () => {
    const chainingKey = hexToBytes(vectors.chainingKey);
    const key = hexToBytes(vectors.initiatorSends);
    const sealer = new MessageSealer({ sendingKey: key, chainingKey });
    const opener = new MessageOpener({ receivingKey: key, chainingKey });
    const message = new TextEncoder().encode(vectors.message);
    const sealed = Array.from({ length: 1_002 }, () => sealer.seal(message));
    for (const [number, hex] of Object.entries(vectors.sealed)) {
      expect(bytesToHex(sealed[Number(number)] ?? new Uint8Array())).toBe(hex);
    }
    for (const bytes of sealed) {
      expect(opener.openLength(bytes.subarray(0, 18))).toBe(5 + 16);
      expect(opener.openMessage(bytes.subarray(18))).toEqual(message);
    }
  });
});

describe('messages', () => {
  const key = new Uint8Array(32).fill(7);
  const newSealer = () => new MessageSealer({ sendingKey: key, chainingKey: key });
  const newOpener = () => new MessageOpener({ receivingKey: key, chainingKey: key });

  test.each([0, 1, 65_534, MAX_MESSAGE_BYTES])('of %d bytes arrive', (length) => {
    const message = new Uint8Array(length).fill(3);
    const sealed = newSealer().seal(message);
    const opener = newOpener();
    expect(opener.openLength(sealed.subarray(0, 18))).toBe(length + 16);
    expect(Buffer.compare(opener.openMessage(sealed.subarray(18)), message)).toBe(0);
  });

  test('that are too long are not sent', () => {
    expect(() => newSealer().seal(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(RangeError);
  });

  test('are rejected after any change of a bit, of the length or of the text', () => {
    const sealed = newSealer().seal(Uint8Array.of(1, 2, 3));
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const opener = newOpener();
      expect(() => {
        opener.openLength(changed.subarray(0, 18));
        opener.openMessage(changed.subarray(18));
      }).toThrow(expect.objectContaining({ code: 'bad_mac' }));
    }
  });

  test('are rejected if they are repeated, or in another order', () => {
    const sealer = newSealer();
    const [first, second] = [sealer.seal(Uint8Array.of(1)), sealer.seal(Uint8Array.of(2))];
    const opener = newOpener();
    expect(() => opener.openLength(second.subarray(0, 18))).toThrow('authentication');
    const other = newOpener();
    other.openLength(first.subarray(0, 18));
    other.openMessage(first.subarray(18));
    expect(() => other.openLength(first.subarray(0, 18))).toThrow('authentication');
  });
});

test('two random keys agree, and the wrong responder does not', () => {
  const [alice, bob, eve] = [randomKeyPair(), randomKeyPair(), randomKeyPair()];
  const handshake = new HandshakeInitiator(alice, bob.publicKey);
  const first = handshake.actOne();
  expect(() => new HandshakeResponder(eve).actTwo(first)).toThrow('authentication');
  const answering = new HandshakeResponder(bob);
  const { actThree, keys } = handshake.actThree(answering.actTwo(first));
  expect(answering.finish(actThree)).toEqual({
    ...keys,
    sendingKey: keys.receivingKey,
    receivingKey: keys.sendingKey,
    peer: alice.publicKey,
  });
});

test('a point that is not on the curve is not a key', () => {
  const act = concatBytes(Uint8Array.of(0, 2), new Uint8Array(32).fill(0xff), new Uint8Array(16));
  expect(() => newResponder().actTwo(act)).toThrow(expect.objectContaining({ code: 'bad_key' }));
});

test.each([new Uint8Array(32), new Uint8Array(31), new Uint8Array(32).fill(0xff)])(
  '%s is not a private key',
  (bytes) => {
    expect(() => keyPair(bytes)).toThrow(RangeError);
  },
);
