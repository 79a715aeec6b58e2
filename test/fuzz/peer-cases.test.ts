import { MessageOpener, MessageSealer } from '@clnrest/commando/peer';
import { expect, test } from 'vitest';
import { isValid, messagesOf, type PeerCase, type PeerItem } from '../../fuzz/peers/case.ts';
import { makePeerCase } from '../../fuzz/peers/grammar/cases.ts';
import { command, handshake, INIT, message } from '../../fuzz/peers/grammar/items.ts';
import { type Allowed, PeerReader } from '../../fuzz/peers/peer-reader.ts';
import { shrinkPeerCase } from '../../fuzz/peers/shrink-peer-case.ts';

test('a seed and a number determine one case, which survives JSON', () => {
  for (let index = 0; index < 300; index++) {
    const made = makePeerCase(7, index);
    expect(makePeerCase(7, index)).toEqual(made);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  }
  expect(makePeerCase(8, 0)).not.toEqual(makePeerCase(7, 0));
});

test('cases of all kinds are generated, and many are valid throughout', () => {
  const seen = new Set<string>();
  let valid = 0;
  for (let index = 0; index < 5_000; index++) {
    const made = makePeerCase(1, index);
    for (const each of [made.kind, made.transport, made.ending]) seen.add(each);
    for (const { kind } of made.items) seen.add(kind);
    if (isValid(made)) valid++;
  }
  const kinds = [
    'tcp',
    'websocket',
    'never-read',
    'spoiled handshake',
    'not a peer',
    'no init',
    'spoiled',
    'even',
    'bad ping',
    'wrong length',
    'flood of large pongs',
    'flood of commands',
    'pong',
    'strange piece',
    'short piece',
    'hostile JSON',
    'waiting command',
    'large',
    'reply',
    'strange upgrade',
    'strange frame',
    'ping frame',
    'fragment',
    'empty frame',
  ];
  for (const kind of kinds) expect(seen).toContain(kind);
  expect(valid).toBeGreaterThan(500);
});

test('a case is shrunk while it still fails', async () => {
  const even: PeerItem = { ...message('even', 40_000, 'x'.repeat(64)), times: 9 };
  const peerCase: PeerCase = {
    kind: 'session',
    transport: 'tcp',
    peer: 1,
    items: [...handshake(), INIT, command('1', '{}'), even],
    writes: { pieces: 'bytes', gapMs: 1 },
    ending: 'idle',
    cut: 9_000,
  };
  const fails = ({ items }: PeerCase) => Promise.resolve(items.some(({ kind }) => kind === 'even'));
  expect(await shrinkPeerCase(peerCase, fails)).toEqual({
    kind: 'session',
    transport: 'tcp',
    peer: 4,
    items: [{ ...message('even', 40_000, 'x'.repeat(8)), times: 1 }],
    writes: { pieces: 'whole' },
    ending: 'read',
  });
});

test('a long command is sent in several messages', () => {
  const types = (isLast: boolean) =>
    messagesOf(command('1', '{{x*130001}}', isLast), {}).map(({ type }) => type);
  expect(types(true)).toEqual([0x4c4d, 0x4c4d, 0x4c4f]);
  expect(types(false)).toEqual([0x4c4d, 0x4c4d, 0x4c4d]);
});

/** A reader after the handshake, and what a server sends to it. */
function reader() {
  const key = new Uint8Array(32);
  const keys = { sendingKey: key, receivingKey: key, chainingKey: key, peer: key };
  const allowed: Allowed = { pings: 1, commands: new Map([[7n, { left: 1, reply: [0] }]]) };
  const reader = new PeerReader(false, allowed, () => undefined);
  const sealer = new MessageSealer(keys);
  reader.read(Buffer.alloc(50));
  reader.begin(keys);
  const send = (type: number, payload: string): string | undefined => {
    const [high, low] = [type >> 8, type & 0xff];
    const bytes = Buffer.concat([Buffer.of(high, low), Buffer.from(payload, 'latin1')]);
    reader.read(Buffer.from(sealer.seal(bytes)));
    return reader.violation;
  };
  return { reader, send };
}

const ID = '\0\0\0\0\0\0\0\x07';

test('the reader accepts what a server may send, in pieces of any size', () => {
  const { reader: own, send } = reader();
  expect(send(16, '\0\0\0\0')).toBeUndefined();
  expect(send(19, '\0\0')).toBeUndefined();
  expect(send(0x594b, `${ID}{"result":`)).toBeUndefined();
  expect(send(0x594d, `${ID}{}}`)).toBeUndefined();
  expect([own.codes, own.hasInit]).toEqual([[0], true]);
});

test.each([
  ['no init', 19, '\0\0', 'the first message has type 19'],
  ['a message of another type', 40_001, '', 'a message of type 40001'],
  ['a reply to no command', 0x594d, `${ID.slice(0, 7)}\x08{"result":{}}`, 'a reply to no command'],
  ['a wrong code', 0x594d, `${ID}{"error":{"code":19536}}`, 'a reply with code 19536'],
  ['a reply that is not JSON', 0x594d, `${ID}{`, 'a reply: {'],
])('the reader reports %s', (_, type, payload, words) => {
  const { send } = reader();
  if (type !== 19) send(16, '\0\0\0\0');
  expect(send(type, payload)).toContain(words);
});

test('the reader reports two replies, too many pongs, and bytes that do not decrypt', () => {
  const replies = reader();
  replies.send(16, '\0\0\0\0');
  replies.send(0x594d, `${ID}{"result":{}}`);
  expect(replies.send(0x594d, `${ID}{"result":{}}`)).toContain('two to one');
  const pongs = reader();
  pongs.send(16, '\0\0\0\0');
  pongs.send(19, '\0\0');
  expect(pongs.send(19, '\0\0')).toBe('more pongs than pings');
  const { reader: own } = reader();
  own.read(Buffer.alloc(MessageOpener.lengthBytes));
  expect(own.violation).toContain('a message of the server');
});
