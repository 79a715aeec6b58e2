import { runeRefusal, Master, Restriction, Rune } from '@clnrest/runes';

export interface RuneFigures {
  readonly restrictions: number;
  /** Runes decoded, verified and checked per second. */
  readonly perSecond: number;
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
    const call = {
      now: 1_700_000_000_000_000_000n,
      method: 'pay',
      params: '{"bolt11":"x","amount_msat":5}',
    };
    let done = 0;
    const warm = performance.now() + 200;
    while (performance.now() < warm) runeRefusal(master, Rune.fromBase64(text), call);
    const start = performance.now();
    while (performance.now() - start < seconds * 1000) {
      const refusal = runeRefusal(master, Rune.fromBase64(text), call);
      if (refusal !== undefined) throw new Error(refusal.message);
      done++;
    }
    return { restrictions: count, perSecond: (done * 1000) / (performance.now() - start) };
  });
}
