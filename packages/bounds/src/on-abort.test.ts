import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { onAbort } from './on-abort.ts';

describe('onAbort', () => {
  test('adds one listener for all callbacks', () => {
    const { signal } = new AbortController();
    const stops = Array.from({ length: 100 }, () => onAbort(signal, () => {}));
    for (const stop of stops) stop();
    onAbort(signal, () => {})();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });

  test('calls each remaining callback once', () => {
    const abort = new AbortController();
    const called: string[] = [];
    const twice = (): void => void called.push('twice');
    onAbort(abort.signal, twice);
    onAbort(abort.signal, twice);
    const stop = onAbort(abort.signal, () => called.push('never'));
    const late = onAbort(abort.signal, () => called.push('late'));
    stop();
    stop();
    abort.abort();
    late();
    expect(called).toEqual(['twice', 'twice', 'late']);
  });
});
