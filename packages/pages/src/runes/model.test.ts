import { Restriction, Rune } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import { modelMaker, type RuneModel } from './model.ts';
import {
  type Action,
  add,
  changeCall,
  changeAddress,
  changeAlternative,
  initialState,
  paste,
  type State,
} from './state.ts';

const PAGE = 'https://127.0.0.1:3010';
const RUNE = Rune.fromString(`${'0'.repeat(64)}:=7&method^list`);
const NOW = 1_700_000_000n;

const after = (...actions: readonly Action[]): State =>
  actions.reduce((state, action) => action(state), initialState(NOW));

function shown(...actions: readonly Action[]): RuneModel {
  const { rune } = modelMaker(PAGE)(after(...actions));
  if (rune === undefined) throw new Error('no rune was read');
  return rune;
}

describe('the page shows', () => {
  test('no rune for an empty or invalid input', () => {
    const make = modelMaker(PAGE);
    expect(make(after())).toMatchObject({ pasted: { kind: 'nothing' }, rune: undefined });
    expect(make(after(paste('x')))).toMatchObject({ pasted: { kind: 'problem' }, rune: undefined });
  });

  test('the pasted rune with the added restrictions', () => {
    const [pay, late] = [Restriction.of('method=pay', 'method=xpay'), Restriction.of('time<5')];
    const { introduction, restrictions, share } = shown(paste(RUNE.toBase64()), add([pay, late]));
    expect(introduction).toBe('Rune 7 allows a command if all of these hold:');
    expect(restrictions.map(({ text, added }) => [text, added])).toEqual([
      ['method^list', undefined],
      ['method=pay|method=xpay', 0],
      ['time<5', 1],
    ]);
    expect(restrictions[0]?.words).toBe("the command starts with 'list'");
    expect(restrictions[2]?.concerns.map(({ message }) => message)).toEqual([
      'no call passes: the time limit has expired; create another rune with a later time',
      expect.stringMatching(/^'5' is a time in 1970 or soon after/),
    ]);
    expect(share.rune).toBe(RUNE.restrict(pay).restrict(late).toBase64());
  });

  test('a warning about an unrestricted rune', () => {
    const { introduction, concerns } = shown(
      paste(Rune.fromString(`${'0'.repeat(64)}:=7`).toBase64()),
    );
    expect(introduction).toBe('Rune 7 allows everything.');
    expect(concerns).toMatchObject([{ severity: 'danger' }]);
  });

  test('a preview of the form and its concerns', () => {
    const typed = changeAlternative(0, { value: 'pay' });
    expect(shown(paste(RUNE.toBase64())).draft).toBeUndefined();
    expect(shown(paste(RUNE.toBase64()), typed).draft).toMatchObject({
      words: "the command is 'pay'",
      text: 'method=pay',
      concerns: [{ severity: 'mistake' }],
    });
  });

  test('a check once a command is entered and all inputs are valid', () => {
    const pasted = paste(RUNE.toBase64());
    expect(shown(pasted).callCheck.check).toBeUndefined();
    expect(shown(pasted, changeCall({ method: 'listpeers' })).callCheck.check?.allowed).toBe(true);
    const wrong = shown(pasted, changeCall({ method: 'listpeers', params: 'x' })).callCheck;
    expect(wrong.check).toBeUndefined();
    expect(wrong.problems).toHaveProperty('params');
  });

  test('the address of the pairing link, else that of the page', () => {
    const link = `clnrest+https://node.local:1?rune=${RUNE.toBase64()}`;
    expect(shown(paste(RUNE.toBase64())).share.address).toBe(PAGE);
    expect(shown(paste(link)).share.address).toBe('https://node.local:1');
    // A rune for another node must not be passed to this node's pages.
    expect(shown(paste(RUNE.toBase64())).share.isHere).toBe(true);
    expect(shown(paste(RUNE.toBase64()), changeAddress(`${PAGE}/`)).share.isHere).toBe(true);
    expect(shown(paste(link)).share.isHere).toBe(false);
    expect(shown(paste(RUNE.toBase64()), changeAddress('no where')).share.isHere).toBe(false);
  });
});

test('nothing can be added after an empty restriction', () => {
  const empty = Buffer.concat([Buffer.alloc(32), Buffer.from('=7&a=1&')]).toString('base64url');
  const model = shown(paste(empty), add([Restriction.of('a=2')]));
  expect(model.isOpen).toBe(false);
  expect(model.draft).toBeUndefined();
  expect(model.restrictions).toHaveLength(2);
});

test('an id that is not a number is quoted and cut', () => {
  const named = (id: string): string =>
    shown(paste(Rune.fromString(`${'0'.repeat(64)}:=${id}`).toBase64())).introduction;
  expect(named('<b>\u202e')).toBe(String.raw`Rune “<b>\u202e” allows everything.`);
  expect(named('9'.repeat(1000)).length).toBeLessThan(100);
});
