import { expect, test } from 'vitest';
import { Admission, type Place } from './admission.ts';

function limits() {
  const clock = { now: 0 };
  const admission = new Admission(() => clock.now);
  /** Connects and completes as many handshakes as possible. */
  const connectAll = (address: string, most: number): Place[] => {
    const places: Place[] = [];
    for (let count = 0; count < most; count++) {
      const place = admission.admit(address);
      place?.authenticated();
      if (place !== undefined) places.push(place);
    }
    return places;
  };
  return { clock, admission, connectAll };
}

test('one address has half of the handshakes at once', () => {
  const { admission } = limits();
  const places = Array.from({ length: 60 }, () => admission.admit('a'));
  expect(places.filter((place) => place !== undefined)).toHaveLength(32);
  expect(admission.admit('b')).toBeDefined();
  places[0]?.authenticated();
  expect(admission.admit('a')).toBeDefined();
});

test('an address that connects all the time leaves handshakes to others', () => {
  const { clock, connectAll } = limits();
  expect(connectAll('a', 200)).toHaveLength(50);
  for (; clock.now < 10_000; clock.now += 100) {
    for (const place of connectAll('a', 100)) place.release();
    for (const place of connectAll('b', 1)) place.release();
  }
  clock.now += 1_000;
  expect(connectAll('c', 10)).toHaveLength(10);
});

test('many addresses together do not exceed the rate', () => {
  const { clock, connectAll } = limits();
  const connectFromAll = (): number => {
    let admitted = 0;
    for (let address = 0; address < 50; address++) {
      const places = connectAll(String(address), 20);
      admitted += places.length;
      for (const place of places) place.release();
    }
    return admitted;
  };
  expect(connectFromAll()).toBe(100);
  clock.now = 1_000;
  expect(connectFromAll()).toBe(40);
});

test('a place is released once', () => {
  const { admission } = limits();
  const place = admission.admit('a');
  place?.release();
  place?.release();
  place?.authenticated();
  expect(admission.admit('a')).toBeDefined();
});
