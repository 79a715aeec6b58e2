import { Restriction } from '@clnrest/runes';
import { describe, expect, test } from 'vitest';
import {
  type Action,
  add,
  addAlternative,
  addDraft,
  addPeer,
  addText,
  changeCall,
  changeAddress,
  changeAlternative,
  clearAll,
  initialState,
  setCommands,
  paste,
  remove,
  removeAll,
  removeAlternative,
  showQr,
  type State,
  write,
  writePeer,
} from './state.ts';

const after = (...actions: readonly Action[]): State =>
  actions.reduce((state, action) => action(state), initialState(0n));
const added = (...actions: readonly Action[]): string[] =>
  after(...actions).added.map((each) => each.encode());

describe('restrictions', () => {
  const [pay, time] = [Restriction.of('method=pay'), Restriction.of('time<5')];

  test('are added and removed, and stay when another rune is pasted', () => {
    expect(added(add([pay]), add([time]))).toEqual(['method=pay', 'time<5']);
    expect(added(add([pay, time]), remove(0), paste('another'))).toEqual(['time<5']);
    expect(added(add([pay, time]), removeAll)).toEqual([]);
  });

  test('are added from the form, which is empty afterwards', () => {
    const filled = [changeAlternative(0, { value: 'pay' }), addAlternative] as const;
    const state = after(...filled, changeAlternative(1, { value: 'xpay' }), addDraft);
    expect(state.added.map((each) => each.encode())).toEqual(['method=pay|method=xpay']);
    expect(state.draft).toMatchObject([{ key: 2, value: '' }]);
  });

  test('are added from text', () => {
    const state = after(write('method=pay\nrate=2'), addText);
    expect(state.added).toHaveLength(2);
    expect([state.text, state.textProblem]).toEqual(['', undefined]);
    const wrong = after(write('method'), addText);
    expect([wrong.text, wrong.added]).toEqual(['method', []]);
    expect(wrong.textProblem).toContain('an operator is missing');
    expect(write('m')(wrong).textProblem).toBeUndefined();
  });
});

describe('a peer', () => {
  const ID = '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619';

  test('becomes a restriction, and the input is empty afterwards', () => {
    const state = after(writePeer(`"${ID.toUpperCase()}@host:9735"`), addPeer);
    expect(state.added.map((each) => each.encode())).toEqual([`id=${ID}`]);
    expect([state.peer, state.peerProblem]).toEqual(['', undefined]);
  });

  test('that is not a node id stays in the input, with a problem until the input changes', () => {
    const state = after(writePeer('alice'), addPeer);
    expect([state.peer, state.added]).toEqual(['alice', []]);
    expect(state.peerProblem).toContain('is not a hex digit');
    expect(writePeer('a')(state).peerProblem).toBeUndefined();
    expect(clearAll(state)).toMatchObject({ peer: '', peerProblem: undefined });
  });
});

describe('the form', () => {
  test('shows problems after submitting until the input changes', () => {
    const state = after(addAlternative, addDraft);
    expect(state.draftProblems.map(({ key }) => key)).toEqual([0, 1]);
    expect(state.added).toEqual([]);
    expect(changeAlternative(1, { value: 'x' })(state).draftProblems).toMatchObject([{ key: 0 }]);
    expect(removeAlternative(0)(state)).toMatchObject({
      draft: [{ key: 1 }],
      draftProblems: [{ key: 1 }],
    });
  });

  test('keeps the inputs of a line that its new field also uses', () => {
    const line = (...actions: readonly Action[]) => after(...actions).draft[0];
    const named = [
      changeAlternative(0, { kind: 'pname' }),
      changeAlternative(0, { detail: 'label', condition: '^', value: 'x' }),
    ];
    expect(line(...named, changeAlternative(0, { kind: 'parr' }))).toMatchObject({
      kind: 'parr',
      detail: '',
      condition: '^',
      value: 'x',
    });
    expect(line(...named, changeAlternative(0, { kind: 'pinv_amount' }))).toMatchObject({
      detail: 'label',
      condition: '<',
      value: '',
    });
    expect(line(...named, changeAlternative(0, { kind: 'per' }))).toMatchObject({
      detail: 'min',
      condition: '=',
    });
  });

  test('adds a line with the field of the last one', () => {
    const state = after(changeAlternative(0, { kind: 'time' }), addAlternative);
    expect(state.draft.map(({ key, kind }) => [key, kind])).toEqual([
      [0, 'time'],
      [1, 'time'],
    ]);
  });
});

test('clearAll removes everything typed', () => {
  const commands = [{ name: 'pay', parameters: [] }];
  const state = after(
    setCommands(commands),
    paste('a rune'),
    add([Restriction.of('method=pay')]),
    changeAlternative(0, { value: 'secret' }),
    write('secret'),
    changeCall({ params: 'secret' }),
    changeAddress('secret:1'),
    showQr(true),
    clearAll,
  );
  expect(state).toEqual({ ...initialState(0n), commands, showsQr: true });
});

test('an emptied address falls back to the default', () => {
  expect(after(changeAddress('a:1')).address).toBe('a:1');
  expect(after(changeAddress('a:1'), changeAddress(' ')).address).toBeUndefined();
});
