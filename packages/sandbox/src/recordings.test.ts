import { readFileSync } from 'node:fs';
import { decodeBolt11 } from '@clnrest/runes/bolt11';
import { describe, expect, test } from 'vitest';
import { ManualClock } from './testing/manual-clock.ts';
import { SocketClient } from './testing/socket-client.ts';
import { temporarySandbox } from './testing/temporary-sandbox.ts';

/** A request, and the reply of a real lightningd v26.06.6: see `test/recordings/README.md`. */
interface Recorded {
  readonly label: string;
  readonly request: string;
  readonly reply: string;
}

const RUNE_SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
/** The start of the recording: 2026-11-20, 17:13:49 UTC. */
const RECORDED_AT = 1_795_194_829_000_000_000n;

function recorded(name: string): Recorded[] {
  return readFileSync(new URL(`../../../test/recordings/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recorded);
}

/** Newer nodes have no `commando-…` commands. The sandbox keeps them on purpose. */
function isIntentionalDifference({ request }: Recorded): boolean {
  return request.includes('"commando-');
}

async function recordedNode(clock: ManualClock): Promise<SocketClient> {
  const { rpcPath } = await temporarySandbox({
    args: ['--developer', `--dev-rune-secret=${RUNE_SECRET}`],
    clock,
  });
  return SocketClient.connect(rpcPath);
}

/** The time of the requests whose reply contains it. */
const TIMES: ReadonlyMap<string, bigint> = new Map([
  ['checkrune so as to set last_used', 1_795_194_829_124_430_673n],
  ['checkrune derived', 1_795_194_829_125_823_531n],
  ['create: unrestricted', 1_795_194_831_000_000_000n],
]);

test('createrune, showrunes, blacklistrune and decode match the recordings', async () => {
  const clock = new ManualClock(RECORDED_AT);
  const client = await recordedNode(clock);
  for (const file of ['createrune', 'showrunes', 'blacklistrune', 'decode_runes']) {
    for (const one of recorded(file)) {
      clock.time = TIMES.get(one.label) ?? clock.time;
      if (isIntentionalDifference(one)) continue;
      if (one.label === 'end<start') {
        // lightningd crashes.
        const { error } = await client.call('blacklistrune', { start: 50, end: 40 });
        expect(error).toEqual({ code: -32602, message: 'end can not be before start' });
        continue;
      }
      expect(await client.exchange(one.request), `${file}: ${one.label}`).toBe(one.reply);
    }
  }
});

describe('checkrune matches the recording of', () => {
  /** The number of unique ids in the recordings. */
  const RUNES = 212;
  const files = [
    'and_or',
    'auth',
    'id',
    'method_operators',
    'pinv',
    'pname_parr',
    'pnum',
    'rate_per',
    'time',
    'unknown_field',
  ];

  test.each(files)('%s', async (file) => {
    const clock = new ManualClock(1_795_194_925_000_000_000n);
    const client = await recordedNode(clock);
    // The node stores the last use only of unique ids that it has created.
    for (let id = 0; id < RUNES; id++) await client.call('createrune', [null, 'readonly']);
    await client.call('blacklistrune', [52]);
    for (const one of recorded(`checkrune/${file}`)) {
      // The interval of the recording: longer than rate=6000 allows, shorter than per=500msec.
      const [, wait = '0.02'] = / after ([0-9.]+) s/.exec(one.label) ?? [];
      clock.advance(Number(wait) * 1000);
      expect(await client.exchange(one.request), one.label).toBe(one.reply);
    }
  });
});

test('invoice, listinvoices and errors match the recordings', async () => {
  const client = await recordedNode(new ManualClock(RECORDED_AT));
  for (const { label, request, reply } of recorded('invoice_and_errors')) {
    const ours = await client.exchange(request);
    expect(comparable(ours), label).toEqual(comparable(reply));
  }
});

/** A reply without the values that differ between nodes. Invoices are decoded. */
function comparable(text: string): unknown {
  return JSON.parse(text, (name, value: unknown) => {
    switch (name) {
      case 'payment_hash':
      case 'payment_secret':
      case 'id':
        return typeof value;
      case 'alias':
      case 'color':
      case 'version':
      case 'lightning-dir':
      case 'binding':
        return name;
      case 'bolt11': {
        const { amountMsat, description, expiry, minFinalCltvExpiry, features, createdAt } =
          decodeBolt11(String(value));
        return { amountMsat, description, expiry, minFinalCltvExpiry, features, createdAt };
      }
      default:
        return value;
    }
  });
}

test('members have the order of a real node', async () => {
  const client = await recordedNode(new ManualClock(RECORDED_AT));
  const names = (text: string): string[] =>
    [...text.matchAll(/"([a-z_-]+)":/g)].map(([, name]) => name ?? '');
  for (const { label, request, reply } of recorded('invoice_and_errors')) {
    const ours = await client.exchange(request);
    const theirs = label === 'params null' ? reply.replace(/"type":.*?(?=\])/, '') : reply;
    expect(names(ours), label).toEqual(names(theirs));
  }
});
