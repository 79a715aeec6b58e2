import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { RpcError } from '@clnrest/lightningd';
import { Master, Restriction } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { fetchRuneSecret } from './rune-secret.ts';
import { RuneReader } from './rune-reader.ts';
import { RuneVerifier, type Standing } from './rune-verifier.ts';

/** The secret of the node that the recordings are of. */
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

/** A node that has a secret and a blacklist, or fails, and a clock. */
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
  readonly #verifier: RuneVerifier;

  constructor(node: Node) {
    this.#verifier = new RuneVerifier(node, this.#reader, () => node.now);
  }

  known(text: string): Standing {
    const rune = this.#reader.read(text);
    return rune instanceof Refusal ? rune : this.#verifier.known(rune);
  }

  async verify(text: string): Promise<Standing> {
    const rune = this.#reader.read(text);
    return rune instanceof Refusal ? rune : this.#verifier.verify(rune);
  }
}

function unknownCommand(): Error {
  return new RpcError(-32601, 'Unknown command');
}

/** What a standing says, as lightningd would. */
function words(standing: unknown): unknown {
  return standing instanceof Refusal
    ? { code: standing.code, message: standing.message, status: standing.status }
    : standing;
}

const BLACKLISTED = { code: 1503, message: 'Not authorized: Blacklisted rune', status: 401 };
const FOREIGN = { code: 1501, message: 'Not authorized: Not derived from master', status: 401 };

describe('runes that a node was recorded with', () => {
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
    const standing = await node.verifier().verify(rune);
    const isAboutRune =
      error !== undefined &&
      (error.code === 1501 || error.code === 1503 || error.message.startsWith('rune: '));
    if (!isAboutRune)
      expect({ standing, of: result ?? error }).toMatchObject({ standing: 'genuine' });
    else
      expect(words(standing)).toEqual({
        code: error.code,
        // lightningd also quotes the rune.
        message: error.message.replace(/: invalid token .*$/s, ''),
        status: 401,
      });
  });
});

describe('RuneVerifier', () => {
  test('asks for the secret once, and for the blacklist once a second', async () => {
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

  test('knows nothing of a rune before it has asked, and then refuses without asking', async () => {
    const node = new Node();
    const verifier = node.verifier();
    const [ours, theirs] = [runeOf(RECORDED, '3'), runeOf(OTHER, '3')];
    expect(verifier.known(theirs)).toBe('unknown');
    expect(words(verifier.known('not a rune'))).toMatchObject({ code: -32602 });
    expect(node.calls).toEqual([]);
    await verifier.verify(ours);
    expect(verifier.known(ours)).toBe('genuine');
    expect(words(verifier.known(theirs))).toEqual(FOREIGN);
    // An id may have been blacklisted since: then lightningd would say that.
    node.now += 1_001;
    expect(verifier.known(ours)).toBe('genuine');
    expect(verifier.known(theirs)).toBe('unknown');
  });

  test('refuses a blacklisted rune, genuine or not, and runes derived from it', async () => {
    const node = new Node();
    node.blacklist = '[{"start":2,"end":3},{"start":9,"end":9}]';
    const verifier = node.verifier();
    for (const id of ['2', '3', '9', '0x3']) {
      expect(words(await verifier.verify(runeOf(RECORDED, id)))).toEqual(BLACKLISTED);
      expect(words(await verifier.verify(runeOf(OTHER, id)))).toEqual(BLACKLISTED);
      expect(words(await verifier.verify(runeOf(RECORDED, id, 'method=pay')))).toEqual(BLACKLISTED);
    }
    for (const id of ['0', '1', '4', '8', '10', '9223372036854775807']) {
      expect(await verifier.verify(runeOf(RECORDED, id))).toBe('genuine');
    }
  });

  test('refuses a rune that is blacklisted later, though it is remembered as genuine', async () => {
    const node = new Node();
    const verifier = node.verifier();
    const rune = runeOf(RECORDED, '3');
    expect(await verifier.verify(rune)).toBe('genuine');
    node.blacklist = '[{"start":3,"end":3}]';
    node.now += 1_001;
    expect(words(await verifier.verify(rune))).toEqual(BLACKLISTED);
  });

  test('asks again before it refuses a rune that may be relisted', async () => {
    const node = new Node();
    node.blacklist = '[{"start":3,"end":3}]';
    const verifier = node.verifier();
    const rune = runeOf(RECORDED, '3');
    expect(words(await verifier.verify(rune))).toEqual(BLACKLISTED);
    node.blacklist = '[]';
    expect(words(verifier.known(rune))).toEqual(BLACKLISTED);
    node.now += 101;
    expect(verifier.known(rune)).toBe('unknown');
    expect(await verifier.verify(rune)).toBe('genuine');
  });

  test('asks for the secret again before it refuses, at most once a minute', async () => {
    const node = new Node();
    const verifier = node.verifier();
    await verifier.verify(runeOf(RECORDED, '3'));
    node.secret = OTHER;
    const rune = runeOf(OTHER, '3');
    node.now += 60_000;
    expect(words(await verifier.verify(rune))).toEqual(FOREIGN);
    node.now += 1;
    expect(await verifier.verify(rune)).toBe('genuine');
    // What was genuine to the node that had the socket before is not to this one.
    expect(words(await verifier.verify(runeOf(RECORDED, '3')))).toEqual(FOREIGN);
    const asked = node.calls.filter((method) => method === 'makesecret').length;
    for (let count = 0; count < 10; count++) await verifier.verify(runeOf(RECORDED, String(count)));
    expect(node.calls.filter((method) => method === 'makesecret')).toHaveLength(asked);
    expect(asked).toBe(2);
  });

  test('refuses only malformed runes of a node that gives neither secret nor blacklist', async () => {
    const node = new Node();
    node.secret = unknownCommand();
    node.blacklist = unknownCommand();
    const verifier = node.verifier();
    expect(await verifier.verify(runeOf(OTHER, '3'))).toBe('unknown');
    expect(words(await verifier.verify('AAAA'))).toMatchObject({ code: -32602 });
    expect(node.calls).toHaveLength(2);
    node.now += 9_999;
    await verifier.verify(runeOf(OTHER, '3'));
    expect(node.calls).toHaveLength(2);
    // It may have been away only for a moment.
    node.secret = RECORDED;
    node.blacklist = '[]';
    node.now += 1;
    expect(words(await verifier.verify(runeOf(OTHER, '3')))).toEqual(FOREIGN);
  });

  test('does not refuse by a blacklist or a secret that it can not ask for again', async () => {
    const node = new Node();
    node.blacklist = '[{"start":3,"end":3}]';
    const verifier = node.verifier();
    expect(words(await verifier.verify(runeOf(RECORDED, '3')))).toEqual(BLACKLISTED);
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
      expect(words(await node.verifier().verify(runeOf(OTHER, '3')))).toEqual(FOREIGN);
    },
  );

  test('leaves a rune of very many restrictions to the node', async () => {
    const restrictions = Array.from({ length: 257 }, () => 'a=1');
    const verifier = new Node().verifier();
    expect(words(await verifier.verify(runeOf(OTHER, '3', ...restrictions.slice(1))))).toEqual(
      FOREIGN,
    );
    expect(await verifier.verify(runeOf(OTHER, '3', ...restrictions))).toBe('unknown');
    expect(await verifier.verify(runeOf(RECORDED, '3', ...restrictions))).toBe('unknown');
    expect(verifier.known(runeOf(OTHER, '3', ...restrictions))).toBe('unknown');
  });

  test('goes on when it has forgotten a rune', async () => {
    const verifier = new Node().verifier();
    const long = 'x'.repeat(8_000);
    const runes = Array.from({ length: 100 }, (_, id) => runeOf(RECORDED, String(id), `a=${long}`));
    for (const rune of [...runes, ...runes.slice(0, 3)]) {
      expect(await verifier.verify(rune)).toBe('genuine');
    }
  });

  test('shows the secret nowhere', async () => {
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
