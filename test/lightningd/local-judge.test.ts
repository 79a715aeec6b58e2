import { beforeAll, expect, test } from 'vitest';
import { quoteString } from '@clnrest/json';
import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import {
  Alternative,
  CONDITIONS,
  Master,
  needsNode,
  NOT_PERMITTED,
  Restriction,
  type Rune,
  staticVerdict,
} from '@clnrest/runes';
import { useNode } from '../support/use-node.ts';

/**
 * Compares the verdicts that the gateway makes itself with those of lightningd, word for word, on generated runes and calls.
 * `CLNREST_PAIRS` and `CLNREST_SEED` set the number of pairs and the seed.
 */
const PAIRS = Number(process.env['CLNREST_PAIRS'] ?? 1_000_000);
const SEED = Number(process.env['CLNREST_SEED'] ?? Date.now() % 2 ** 32);
/** Pairs that are in flight on the shared connection. */
const AT_ONCE = 2_000;

const node = useNode();
let master: Master;
let pipeline: RpcPipeline;

beforeAll(async () => {
  const { secret } = await node().rpc.call<{ secret: string }>('makesecret', {
    string: 'commando',
  });
  master = new Master(Uint8Array.from(Buffer.from(secret, 'hex')));
  pipeline = node().rpc.pipeline({ batching: true });
});

/** A small generator of random numbers (mulberry32), because a million pairs must not take hours. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A number from 0 to `end`, exclusive. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  list<T>(maxLength: number, make: () => T): T[] {
    return Array.from({ length: this.below(maxLength + 1) }, make);
  }
}

const FIELDS = [
  'time',
  'id',
  'method',
  'pnum',
  'pname',
  'pnamea',
  'pnameab',
  'pnamea_b',
  'pnameé',
  'pnamea b',
  'parr0',
  'parr1',
  'parr10',
  // Only in comments: other conditions on unknown fields need the node.
  'note',
] as const;

const INTEGERS = [
  '0',
  '1',
  '-1',
  '2',
  '5',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '18446744073709551615',
  '18446744073709551616',
  '340282366920938463463374607431768211456',
] as const;

const TEXTS = [
  '',
  'a',
  'ab',
  'b',
  'é',
  'e\u0301',
  '☃',
  '😀',
  'a"b',
  'a\\b',
  'a|b&c',
  '\n',
  '\u0001',
  '\u007f',
  '\ufeff',
  'true',
  'null',
  '[1]',
  '{"x":1}',
  'x'.repeat(100),
] as const;

/** Texts that C reads as an integer, or almost. */
const ALMOST_INTEGERS = [
  '+5',
  ' 5',
  '\t5',
  '5 ',
  '05',
  '-0',
  '0x5',
  '5.0',
  '1e3',
  '--5',
  '٥',
] as const;

const METHODS = ['getinfo', 'listpeers', 'get', 'pay', 'x', 'a.b-c_d', '5'] as const;

/** A call, with the parameters in the canonical form of the gateway. */
interface Call {
  readonly method: string;
  readonly params: string;
}

class Pairs {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  rune(): Rune {
    for (;;) {
      const rune = master.create(
        String(this.#random.below(4)),
        this.#random.list(
          3,
          () =>
            new Restriction([
              this.#alternative(),
              ...this.#random.list(2, () => this.#alternative()),
            ]),
        ),
      );
      if (!needsNode(rune)) return rune;
    }
  }

  call(): Call {
    const random = this.#random;
    const method = random.of(METHODS);
    if (random.below(2) === 0) {
      return { method, params: `[${random.list(4, () => this.#value()).join()}]` };
    }
    const names = new Set(random.list(4, () => random.of(['', 'a', 'ab', 'b', 'é', 'a b', '☃'])));
    const members = [...names].map((name) => `${quoteString(name)}:${this.#value()}`);
    return { method, params: `{${members.join()}}` };
  }

  #alternative(): Alternative {
    const random = this.#random;
    const field = random.of(FIELDS);
    const condition = random.of(
      CONDITIONS as readonly [(typeof CONDITIONS)[number], ...(typeof CONDITIONS)[number][]],
    );
    const value =
      field === 'time'
        ? this.#time()
        : field === 'method'
          ? random.of([...METHODS, ...TEXTS])
          : this.#text();
    return new Alternative(field, condition, value);
  }

  /** The current second, its neighbours, or another text. */
  #time(): string {
    if (this.#random.below(4) === 0) return this.#text();
    return String(Math.floor(Date.now() / 1_000) + this.#random.below(5) - 2);
  }

  #text(): string {
    switch (this.#random.below(3)) {
      case 0:
        return this.#random.of(INTEGERS);
      case 1:
        return this.#random.of(ALMOST_INTEGERS);
      default:
        return this.#random.of(TEXTS);
    }
  }

  /** The JSON text of a parameter. */
  #value(): string {
    switch (this.#random.below(4)) {
      case 0:
        return this.#random.of(INTEGERS);
      case 1:
        return this.#random.of([
          'true',
          'false',
          '5.0',
          '1e3',
          '-0',
          '0.1',
          '[]',
          '{}',
          '[1]',
          '{"x":1}',
        ]);
      case 2:
        return quoteString(this.#random.of(INTEGERS));
      default:
        return quoteString(this.#text());
    }
  }
}

/** The verdict of the gateway, as text. */
function ourVerdict(rune: Rune, { method, params }: Call): string {
  const verdict = staticVerdict(rune, {
    now: BigInt(Date.now()) * 1_000_000n,
    method,
    params,
  });
  return verdict.kind === 'refused'
    ? `${NOT_PERMITTED} Not permitted: ${verdict.reason}`
    : verdict.kind;
}

async function nodesVerdict(rune: Rune, { method, params }: Call): Promise<string> {
  const question = `{"rune":"${rune.toBase64()}","method":"${method}","params":${params}}`;
  try {
    await pipeline.callText('checkrune', question);
    return 'allowed';
  } catch (error) {
    if (error instanceof RpcError) return `${error.code} ${error.message}`;
    throw error;
  }
}

test(
  `the gateway and the node return the same verdict on ${PAIRS} pairs, seed ${SEED}`,
  { timeout: 3_600_000 },
  async () => {
    const pairs = new Pairs(new Random(SEED));
    const counts = { allowed: 0, refused: 0 };
    const different: string[] = [];
    let left = PAIRS;
    const compare = async (): Promise<void> => {
      while (left-- > 0 && different.length < 10) {
        const [rune, call] = [pairs.rune(), pairs.call()];
        const before = ourVerdict(rune, call);
        const byNode = await nodesVerdict(rune, call);
        // The second can change in between.
        if (byNode !== before && byNode !== ourVerdict(rune, call)) {
          different.push(`${rune} ${JSON.stringify(call)}: ${before} | ${byNode}`);
        }
        counts[byNode === 'allowed' ? 'allowed' : 'refused']++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, compare));
    expect(different).toEqual([]);
    // A generator that finds only one kind of verdict tests nothing.
    expect(counts.allowed).toBeGreaterThan(PAIRS / 20);
    expect(counts.refused).toBeGreaterThan(PAIRS / 20);
  },
);
