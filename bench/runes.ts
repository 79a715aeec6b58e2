import { type Call, Master, Restriction, Rune, runeRefusal, staticVerdict } from '@clnrest/runes';

export interface RuneFigures {
  readonly restrictions: number;
  /** Runes decoded, verified and checked per second. Like `knownPerSecond`, in the fastest interval. */
  readonly perSecond: number;
  /** Checks per second of a rune that was decoded and verified before, as the gateway makes them. */
  readonly knownPerSecond: number;
}

/** Measures decoding, verifying and checking a typical rune and a long one, in one thread. */
export function benchRunes(seconds: number): RuneFigures[] {
  const master = new Master(new Uint8Array(32).fill(7));
  const typical = ['method=pay|method=xpay', 'time<4102444800', 'pnameamountmsat<10000'];
  return [3, 100].map((count) => {
    const restrictions = Array.from({ length: count }, (_, i) =>
      Restriction.parse(typical[i % typical.length] ?? ''),
    );
    const text = master.create('5', restrictions).toBase64();
    const known = Rune.fromBase64(text);
    return {
      restrictions: count,
      perSecond: rate(seconds, () => {
        const refusal = runeRefusal(master, Rune.fromBase64(text), CALL);
        if (refusal !== undefined) throw new Error(refusal.message);
      }),
      knownPerSecond: rate(seconds, () => {
        const verdict = staticVerdict(known, CALL);
        if (verdict.kind !== 'allowed') throw new Error(verdict.kind);
      }),
    };
  });
}

const CALL: Call = {
  now: 1_700_000_000_000_000_000n,
  method: 'pay',
  params: '{"bolt11":"x","amount_msat":5}',
};

/** Looking at the clock takes as long as some checks. */
const CHECKS_PER_LOOK = 100;
/** Other load on the machine slows some intervals. */
const INTERVAL_MS = 50;

/** How often the function runs in a second, in the fastest of the intervals. */
function rate(seconds: number, run: () => void): number {
  const warm = performance.now() + 200;
  while (performance.now() < warm) run();
  const end = performance.now() + seconds * 1000;
  let best = 0;
  while (performance.now() < end) best = Math.max(best, interval(run));
  return best;
}

function interval(run: () => void): number {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < INTERVAL_MS) {
    for (let i = 0; i < CHECKS_PER_LOOK; i++) run();
    done += CHECKS_PER_LOOK;
  }
  return (done * 1000) / (performance.now() - start);
}
