import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readInvoice } from './invoices.ts';
import {
  runeRefusal,
  isValidUtf8,
  Master,
  parseRestrictions,
  readParameters,
  RestrictionsError,
  restrictionInEnglish,
  restrictionsInEnglish,
  Rune,
  RuneSyntaxError,
  staticVerdict,
  summarize,
  uniqueIdNumber,
} from './index.ts';

/** Compares recorded replies of a real lightningd with this library. See test/recordings/README.md. */
const RECORDINGS = new URL('../../../test/recordings/', import.meta.url);
const SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
const master = new Master(Uint8Array.from(Buffer.from(SECRET, 'hex')));

interface Case {
  readonly label: string;
  /** Raw texts of the request's parameters. */
  readonly params: ReadonlyMap<string, string>;
  readonly reply: { result?: Record<string, unknown>; error?: { code: number; message: string } };
}

function cases(file: string, method: string, names: readonly string[]): Case[] {
  return readFileSync(new URL(file, RECORDINGS), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { label: string; request: string; reply: string })
    .filter(({ request }) => request.includes(`"method": "${method}"`))
    .map(({ label, request, reply }) => {
      const raw = readParameters(request).entries.find(({ name }) => name === 'params')?.raw ?? '';
      const { kind, entries } = readParameters(raw);
      const params = new Map(
        entries.map((entry, i) => [kind === 'array' ? (names[i] ?? '') : entry.name, entry.raw]),
      );
      return { label, params, reply: JSON.parse(reply) as Case['reply'] };
    });
}

/** Returns the text of a raw JSON string as lightningd reads it, without unescaping. */
const bare = (raw: string | undefined): string => raw?.replace(/^"|"$/g, '') ?? '';

const readRune = (raw: string): Rune | string => {
  try {
    const rune = Rune.fromBase64(raw.startsWith('"') ? bare(raw) : '');
    const id = rune.uniqueId === undefined ? undefined : uniqueIdNumber(rune.uniqueId);
    if (id !== undefined) return rune;
    return `rune: should have valid numeric unique_id: invalid token '${raw}'`;
  } catch (error) {
    expect(error).toBeInstanceOf(RuneSyntaxError);
    return `rune: should be base64 string: invalid token '${raw}'`;
  }
};

/** Returns the time between a case and the previous one, which the label states. */
function elapsed(label: string): bigint {
  const waited = /after (\d*\.\d+) s/.exec(label)?.[1];
  return waited === undefined
    ? 10_000_000n
    : BigInt(Math.round(Number(waited) * 1000)) * 1_000_000n;
}

describe('checkrune', () => {
  // Each file is one recording: with rate limits, a case depends on the cases before it.
  test.each(readdirSync(new URL('checkrune/', RECORDINGS)))('%s', (file) => {
    const lastUsed = new Map<string, bigint>();
    let now = 1_795_194_925_000_000_000n;
    const recorded = cases(`checkrune/${file}`, 'checkrune', [
      'rune',
      'nodeid',
      'method',
      'params',
    ]);
    expect(recorded.length).toBeGreaterThan(2);
    for (const { label, params, reply } of recorded) {
      now += elapsed(label);
      if (isParameterHandling(reply)) continue;
      const rune = readRune(params.get('rune') ?? '');
      if (typeof rune === 'string') {
        expect(rune, label).toBe(reply.error?.message);
        continue;
      }
      const bareOrNone = (name: string): string | undefined =>
        params.has(name) ? bare(params.get(name)) : undefined;
      const call = {
        now,
        method: bareOrNone('method'),
        nodeId: bareOrNone('nodeid'),
        params: params.get('params'),
      };
      const refusal = runeRefusal(master, rune, call, {
        lastUsed: (id) => lastUsed.get(id),
        isBlacklisted: (id) => id === '52',
        readInvoice,
      });
      expect(refusal, label).toEqual(reply.error);
      // The static check must not refuse a call that the node allowed.
      const timeless = { ...call, now: undefined };
      for (const circumstances of [{}, { readInvoice }]) {
        const { kind } = staticVerdict(rune, timeless, circumstances);
        if (refusal === undefined) expect(kind, label).not.toBe('refused');
      }
      if (refusal === undefined) lastUsed.set(rune.uniqueId ?? '', now);
    }
  });
});

test('createrune', () => {
  let next = 0;
  for (const { label, params, reply } of cases('createrune.jsonl', 'createrune', [
    'rune',
    'restrictions',
  ])) {
    if (isParameterHandling(reply)) continue;
    const raw = params.get('rune');
    const given = raw === undefined || (raw === 'null' && reply.result) ? undefined : readRune(raw);
    if (typeof given === 'string') {
      expect(given, label).toBe(reply.error?.message);
      continue;
    }
    const json = params.get('restrictions') ?? '[]';
    if (reply.error !== undefined) {
      const words = 'restrictions: not a valid restriction (should be array): invalid token';
      expect(`${words} '${refusedToken(json)}'`, label).toBe(reply.error.message);
      continue;
    }
    const restrictions = parseRestrictions(json, 'createrune');
    const rune = given?.restrictAll(restrictions) ?? master.create(String(next++), restrictions);
    expect([rune.toBase64(), rune.uniqueId], label).toEqual([
      reply.result?.['rune'],
      reply.result?.['unique_id'],
    ]);
  }
  expect(next).toBe(22);
});

function refusedToken(json: string): string | undefined {
  try {
    parseRestrictions(json, 'createrune');
    return undefined;
  } catch (error) {
    if (error instanceof RestrictionsError) return error.token;
    throw error;
  }
}

/** Cases that fail in the node's parameter handling, before the rune check. The sandbox's tests cover them. */
function isParameterHandling({ error }: Case['reply']): boolean {
  return error?.code === -32602 && !/^(?:rune|restrictions): /.test(error.message);
}

/** Returns a rune as a node shows it, without a trailing `&`. */
const asShown = ({ code, uniqueId, version, restrictions }: Rune): Rune =>
  new Rune(
    code,
    uniqueId,
    version,
    restrictions.filter(({ alternatives }) => alternatives.length > 0),
  );

describe('decode', () => {
  // The recording contains its time: "time=1795194831 (0 seconds from now)".
  const NOW = 1_795_194_831n;
  for (const { label, params, reply } of cases('decode_runes.jsonl', 'decode', ['string'])) {
    test(label, () => {
      const text = bare(params.get('string'));
      if (reply.error !== undefined) {
        expect(() => Rune.fromBase64(text)).toThrow(RuneSyntaxError);
        return;
      }
      const rune = asShown(Rune.fromBase64(text));
      const { result } = reply;
      expect(isValidUtf8(rune.toString())).toBe(result?.['valid']);
      if (result?.['valid'] !== true) return;
      expect(rune.toString()).toBe(result['string']);
      expect(rune.uniqueId).toBe(result['unique_id']);
      expect(rune.version).toBe(result['version']);
      expect(
        rune.restrictions.map((restriction) => ({
          alternatives: restriction.alternatives.map(String),
          summary: summarize(restriction, NOW),
        })),
      ).toEqual(result['restrictions']);
    });
  }
});

describe('showrunes', () => {
  interface Shown {
    rune: string;
    unique_id: string;
    our_rune?: boolean;
    restrictions: { alternatives: { english: string }[]; english: string }[];
    restrictions_as_english: string;
  }
  const shown = cases('showrunes.jsonl', 'showrunes', ['rune']).flatMap(
    ({ reply }) => (reply.result?.['runes'] ?? []) as Shown[],
  );
  test.each(shown)('$rune', (recorded) => {
    const rune = Rune.fromBase64(recorded.rune);
    expect(rune.uniqueId).toBe(recorded.unique_id);
    const { restrictions } = asShown(rune);
    expect(restrictions.map(restrictionInEnglish)).toEqual(
      recorded.restrictions.map(({ english }) => english),
    );
    expect(restrictionsInEnglish(restrictions)).toBe(recorded.restrictions_as_english);
    expect(master.verify(rune) === undefined).toBe(recorded.our_rune !== false);
  });
});
