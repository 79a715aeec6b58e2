import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { RpcError } from '@clnrest/lightningd';
import { Master, Restriction } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { fetchRuneSecret } from './rune-secret.ts';
import { RuneReader } from './rune-reader.ts';
import { RuneVerifier } from './rune-verifier.ts';
import { EarlyRuneCheck, type RuneStatus } from './early-rune-check.ts';

/** The secret of the recorded node. */
const RECORDED = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
const OTHER = '07'.repeat(32);

function runeOf(secret: string, id: string, ...restrictions: readonly string[]): string {
  const master = new Master(Buffer.from(secret, 'hex'));
  return master
    .create(
      id,
      restrictions.map((each) => Restriction.of(each)),
    )
    .toBase64();
}

/** A node with a secret and a blacklist, or with errors, and a clock. */
class Node {
  secret: string | Error = RECORDED;
  blacklist: string | Error = '[]';
  now = 0;
  readonly calls: string[] = [];

  async callText(method: string): Promise<string> {
    this.calls.push(method);
    await Promise.resolve();
    const value = method === 'makesecret' ? this.secret : this.blacklist;
    if (value instanceof Error) throw value;
    return method === 'makesecret' ? `{"secret":"${value}"}` : `{"blacklist":${value}}`;
  }

  verifier(): TextVerifier {
    return new TextVerifier(this);
  }
}

/** Parses and verifies runes. */
class TextVerifier {
  readonly #reader = new RuneReader();
  readonly #verifier: EarlyRuneCheck;

  constructor(node: Node) {
    const verifier = new RuneVerifier(this.#reader);
    this.#verifier = new EarlyRuneCheck({ node, verifier, now: () => node.now });
  }

  status(text: string): RuneStatus {
    const rune = this.#reader.read(text);
    return rune instanceof Refusal ? rune : this.#verifier.status(rune);
  }

  async verify(text: string): Promise<RuneStatus> {
    const rune = this.#reader.read(text);
    return rune instanceof Refusal ? rune : this.#verifier.verify(rune);
  }
}

function unknownCommand(): Error {
  return new RpcError(-32601, 'Unknown command');
}

/** A refusal as plain values; other statuses unchanged. */
function plain(status: unknown): unknown {
  return status instanceof Refusal
    ? { code: status.code, message: status.message, status: status.status }
    : status;
}

const BLACKLISTED = { code: 1503, message: 'Not authorized: Blacklisted rune', status: 401 };
const FOREIGN = { code: 1501, message: 'Not authorized: Not derived from master', status: 401 };

describe('EarlyRuneCheck returns the recorded error of a real node', () => {
  interface Recorded {
    readonly label: string;
    readonly request: string;
    readonly reply: string;
  }
  const lines = ['checkrune/auth', 'checkrune/method_operators', 'checkrune/unknown_field'].flatMap(
    (name) => {
      const url = new URL(`../../../../test/recordings/${name}.jsonl`, import.meta.url);
      return readFileSync(url, 'utf8').trim().split('\n');
    },
  );
  const recorded = lines
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ request }) => request.includes('"method": "checkrune"'));
  const cases = recorded.flatMap(({ label, request, reply }) => {
    const { params } = JSON.parse(request) as { params: { rune?: unknown } };
    return typeof params.rune === 'string' ? [[label, params.rune, reply] as const] : [];
  });

  test.each(cases)('%s', async (_label, rune, reply) => {
    const { result, error } = JSON.parse(reply) as {
      result?: unknown;
      error?: { code: number; message: string };
    };
    const node = new Node();
    if (error?.code === 1503) node.blacklist = '[{"start":0,"end":99999999}]';
    const status = await node.verifier().verify(rune);
    const isAboutRune =
      error !== undefined &&
      (error.code === 1501 || error.code === 1503 || error.message.startsWith('rune: '));
    if (!isAboutRune) expect({ status, of: result ?? error }).toMatchObject({ status: 'genuine' });
    else
      expect(plain(status)).toEqual({
        code: error.code,
        // lightningd also quotes the rune.
        message: error.message.replace(/: invalid token .*$/s, ''),
        status: 401,
      });
  });
});

describe('EarlyRuneCheck', () => {
  test('fetches the secret once, and the blacklist once a second', async () => {
    const node = new Node();
    const verifier = node.verifier();
    const rune = runeOf(RECORDED, '3');
    await Promise.all([verifier.verify(rune), verifier.verify(rune), verifier.verify(rune)]);
    expect(node.calls.toSorted()).toEqual(['blacklistrune', 'makesecret']);
    node.now += 1_000;
    expect(await verifier.verify(rune)).toBe('genuine');
    expect(node.calls).toHaveLength(2);
    node.now += 1;
    expect(await verifier.verify(rune)).toBe('genuine');
    expect(node.calls.slice(2)).toEqual(['blacklistrune']);
  });

  test('returns `unknown` before the first fetch, and afterwards refuses without a fetch', async () => {
    const node = new Node();
    const verifier = node.verifier();
    const [ours, theirs] = [runeOf(RECORDED, '3'), runeOf(OTHER, '3')];
    expect(verifier.status(theirs)).toBe('unknown');
    expect(plain(verifier.status('not a rune'))).toMatchObject({ code: -32602 });
    expect(node.calls).toEqual([]);
    await verifier.verify(ours);
    expect(verifier.status(ours)).toBe('genuine');
    expect(plain(verifier.status(theirs))).toEqual(FOREIGN);
    // The id can have been blacklisted since. lightningd would then return another error.
    node.now += 1_001;
    expect(verifier.status(ours)).toBe('genuine');
    expect(verifier.status(theirs)).toBe('unknown');
  });

  test('refuses a blacklisted rune, genuine or not, and runes derived from it', async () => {
    const node = new Node();
    node.blacklist = '[{"start":2,"end":3},{"start":9,"end":9}]';
    const verifier = node.verifier();
    for (const id of ['2', '3', '9', '0x3']) {
      expect(plain(await verifier.verify(runeOf(RECORDED, id)))).toEqual(BLACKLISTED);
      expect(plain(await verifier.verify(runeOf(OTHER, id)))).toEqual(BLACKLISTED);
      expect(plain(await verifier.verify(runeOf(RECORDED, id, 'method=pay')))).toEqual(BLACKLISTED);
    }
    for (const id of ['0', '1', '4', '8', '10', '9223372036854775807']) {
      expect(await verifier.verify(runeOf(RECORDED, id))).toBe('genuine');
    }
  });

  test('refuses a rune that is blacklisted later, although it is cached as genuine', async () => {
    const node = new Node();
    const verifier = node.verifier();
    const rune = runeOf(RECORDED, '3');
    expect(await verifier.verify(rune)).toBe('genuine');
    node.blacklist = '[{"start":3,"end":3}]';
    node.now += 1_001;
    expect(plain(await verifier.verify(rune))).toEqual(BLACKLISTED);
  });

  test('fetches the blacklist again before it refuses a rune that was removed from it', async () => {
    const node = new Node();
    node.blacklist = '[{"start":3,"end":3}]';
    const verifier = node.verifier();
    const rune = runeOf(RECORDED, '3');
    expect(plain(await verifier.verify(rune))).toEqual(BLACKLISTED);
    node.blacklist = '[]';
    expect(plain(verifier.status(rune))).toEqual(BLACKLISTED);
    node.now += 101;
    expect(verifier.status(rune)).toBe('unknown');
    expect(await verifier.verify(rune)).toBe('genuine');
  });

  test('fetches the secret again before it refuses, at most once a minute', async () => {
    const node = new Node();
    const verifier = node.verifier();
    await verifier.verify(runeOf(RECORDED, '3'));
    node.secret = OTHER;
    const rune = runeOf(OTHER, '3');
    node.now += 60_000;
    expect(plain(await verifier.verify(rune))).toEqual(FOREIGN);
    node.now += 1;
    expect(await verifier.verify(rune)).toBe('genuine');
    // Runes of the node that listened on the socket before are not genuine any longer.
    expect(plain(await verifier.verify(runeOf(RECORDED, '3')))).toEqual(FOREIGN);
    const asked = node.calls.filter((method) => method === 'makesecret').length;
    for (let count = 0; count < 10; count++) await verifier.verify(runeOf(RECORDED, String(count)));
    expect(node.calls.filter((method) => method === 'makesecret')).toHaveLength(asked);
    expect(asked).toBe(2);
  });

  test('refuses only malformed runes if the node returns neither secret nor blacklist', async () => {
    const node = new Node();
    node.secret = unknownCommand();
    node.blacklist = unknownCommand();
    const verifier = node.verifier();
    expect(await verifier.verify(runeOf(OTHER, '3'))).toBe('unknown');
    expect(plain(await verifier.verify('AAAA'))).toMatchObject({ code: -32602 });
    expect(node.calls).toHaveLength(2);
    node.now += 9_999;
    await verifier.verify(runeOf(OTHER, '3'));
    expect(node.calls).toHaveLength(2);
    // The node can have been unavailable for a moment only.
    node.secret = RECORDED;
    node.blacklist = '[]';
    node.now += 1;
    expect(plain(await verifier.verify(runeOf(OTHER, '3')))).toEqual(FOREIGN);
  });

  test('does not refuse by an old blacklist or secret that it cannot fetch again', async () => {
    const node = new Node();
    node.blacklist = '[{"start":3,"end":3}]';
    const verifier = node.verifier();
    expect(plain(await verifier.verify(runeOf(RECORDED, '3')))).toEqual(BLACKLISTED);
    node.secret = new Error('away');
    node.blacklist = new Error('away');
    node.now += 60_001;
    expect(await verifier.verify(runeOf(RECORDED, '3'))).toBe('unknown');
    expect(await verifier.verify(runeOf(OTHER, '4'))).toBe('unknown');
  });

  test.each(['', 'zz', '58F5', 'undefined'])(
    'does not use the malformed secret %j',
    async (secret) => {
      const node = new Node();
      node.secret = secret;
      expect(await node.verifier().verify(runeOf(RECORDED, '3'))).toBe('unknown');
    },
  );

  test.each(['{}', '[1]', '[{"start":"1","end":2}]', 'null'])(
    'does not use the malformed blacklist %s',
    async (blacklist) => {
      const node = new Node();
      node.blacklist = blacklist;
      expect(await node.verifier().verify(runeOf(RECORDED, '3'))).toBe('genuine');
      expect(plain(await node.verifier().verify(runeOf(OTHER, '3')))).toEqual(FOREIGN);
    },
  );

  test('leaves a rune with too many restrictions to the node', async () => {
    const restrictions = Array.from({ length: 257 }, () => 'a=1');
    const verifier = new Node().verifier();
    expect(plain(await verifier.verify(runeOf(OTHER, '3', ...restrictions.slice(1))))).toEqual(
      FOREIGN,
    );
    expect(await verifier.verify(runeOf(OTHER, '3', ...restrictions))).toBe('unknown');
    expect(await verifier.verify(runeOf(RECORDED, '3', ...restrictions))).toBe('unknown');
    expect(verifier.status(runeOf(OTHER, '3', ...restrictions))).toBe('unknown');
  });

  test('verifies a rune again after it was evicted', async () => {
    const verifier = new Node().verifier();
    const long = 'x'.repeat(8_000);
    const runes = Array.from({ length: 100 }, (_, id) => runeOf(RECORDED, String(id), `a=${long}`));
    for (const rune of [...runes, ...runes.slice(0, 3)]) {
      expect(await verifier.verify(rune)).toBe('genuine');
    }
  });

  test('never prints the secret', async () => {
    const node = new Node();
    const verifier = node.verifier();
    await verifier.verify(runeOf(RECORDED, '3'));
    const secret = await fetchRuneSecret(node);
    const options = { showHidden: true, depth: Infinity };
    for (const object of [verifier, secret, { secret }]) {
      const shown = `${inspect(object, options)}${JSON.stringify(object)}${String(object)}`;
      expect(shown).not.toContain(RECORDED.slice(0, 8));
      expect(shown).not.toContain(Buffer.from(RECORDED, 'hex').toString('base64').slice(0, 8));
    }
    node.secret = `${RECORDED}!`;
    await expect(fetchRuneSecret(node)).rejects.toThrow('the node sent a malformed rune secret');
  });
});
