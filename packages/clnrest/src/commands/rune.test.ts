import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../usage-error.ts';
import { runeCommand } from './rune.ts';

const SECRET = '58f50870a171c66107958141e0af76384c5fe0e616d8416c803d89579dcabe90';
const MANUAL = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
const READONLY =
  'NbL7KkXcPQsVseJ9TdJNjJK2KsPjnt_q4cE_wvc873I9MCZtZXRob2RebGlzdHxtZXRob2ReZ2V0fG1ldGhvZD1zdW1tYXJ5Jm1ldGhvZC9saXN0ZGF0YXN0b3Jl';
// createrune [["method=getinfo"]] of the recorded node, its id 2.
const GETINFO = 'q9n7-c4WnPdZCiUCRbmEaZ1SzJj9-vMyK70_EVHJGvI9MiZtZXRob2Q9Z2V0aW5mbw==';

let directory: string;
let secretFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clnrest-rune-'));
  secretFile = join(directory, 'secret');
  await writeFile(secretFile, `${SECRET}\n`);
});

afterAll(() => rm(directory, { recursive: true }));

async function run(words: string[], stdin = '') {
  let out = '';
  let error = '';
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    input: () => Promise.resolve(stdin),
  };
  const status = await runeCommand(words, terminal);
  return { status, out, error };
}

/** Runs a command with --json and returns what it prints. */
async function json(words: string[], stdin = ''): Promise<unknown> {
  return JSON.parse((await run([...words, '--json'], stdin)).out);
}

describe('create', () => {
  test('creates the same rune as the node with that secret', async () => {
    const words = ['create', '--secret-file', secretFile, '--id', '2', '[["method=getinfo"]]'];
    expect(await json(words)).toEqual({ rune: GETINFO, unique_id: '2' });
    const plain = ['create', '--secret', SECRET, '--id=2', 'method=getinfo'];
    expect(await json(plain)).toEqual({ rune: GETINFO, unique_id: '2' });
    const piped = ['create', '--secret-file', '-', '--id=2', 'method=getinfo'];
    expect(await json(piped, `${SECRET}\n`)).toEqual({ rune: GETINFO, unique_id: '2' });
  });

  test('warns about an unrestricted rune', async () => {
    const unrestricted = 'iNC9jXlpo5H7Q4stHc9vlt2R2TW5ESsBvw9o3QtwSyY9MA==';
    const { out, error } = await run(['create', '--secret', SECRET]);
    expect(out).toBe(`${unrestricted}\n`);
    expect(error).toMatch(/^danger: no restrictions: anyone who has this rune can spend all .*\n$/);
    expect(await json(['create', '--secret', SECRET])).toEqual({
      rune: unrestricted,
      unique_id: '0',
      warning_unrestricted_rune: expect.stringMatching(/^WARNING: /),
    });
  });

  test.each([
    [['create']],
    [['create', '--secret', 'xyz']],
    [['create', '--secret', SECRET, '--secret-file', 'x']],
    [['create', '--secret-file', '/nonexistent/file']],
    [['create', '--secret', SECRET, '--id', '-1']],
    [['create', '--secret', SECRET, '--id', '9223372036854775808']],
    [['create', '--secret', SECRET, 'method@x']],
    [['create', '--secret', SECRET, '[["x"]']],
    [['create', '--nope']],
    // Users could take an ignored option for a restriction.
    [['create', '--secret', SECRET, '--method', 'pay']],
    [['create', '--secret', SECRET, '--time', '5']],
    [['restrict', MANUAL, 'readonly', '--id', '5']],
    [['decode', MANUAL, '--method', 'pay']],
    [['explain', MANUAL, '--secret', SECRET]],
    [['explain', MANUAL, '--nodeid', 'abc']],
    [['explain', MANUAL, '--nodeid', `02${'ab'.repeat(32)}`]],
    [['explain', MANUAL, '--params', '{}']],
    [['lint', MANUAL, '--params', '{}']],
    [['create', '--secret', SECRET, '--secret', SECRET]],
    [['explain', MANUAL, '--method', 'pay', '--method', 'getinfo']],
    [['check', '--secret', SECRET, MANUAL]],
    [['nope']],
  ])('%j is refused', async (words) => {
    await expect(run(words)).rejects.toThrow(UsageError);
  });

  test('rejects two secret files', async () => {
    const words = ['create', '--secret-file', 'a', '--secret-file', secretFile];
    await expect(run(words)).rejects.toThrow('--secret-file is repeated');
  });

  test('points at the error in a restriction', async () => {
    const words = ['create', '--secret', SECRET, 'method=a|pnum@2'];
    await expect(run(words)).rejects.toThrow(/\n {2}method=a\|pnum@2\n {2} {13}\^$/);
  });
});

describe('restrict', () => {
  test.each([
    [['readonly']],
    [['"readonly"']],
    [['method^list|method^get|method=summary', 'method/listdatastore']],
    [['["method^list|method^get|method=summary","method/listdatastore"]']],
    [['[["method^list","method^get","method=summary"],["method/listdatastore"]]']],
  ])('%j is the manual’s readonly rune', async (words) => {
    expect(await json(['restrict', MANUAL, ...words])).toEqual({
      rune: READONLY,
      unique_id: '0',
    });
  });

  test('reads a rune from stdin', async () => {
    const { out } = await run(['restrict', '-', 'readonly'], `${MANUAL}\n`);
    expect(out).toBe(`${READONLY}\n`);
  });

  test('prints the bare rune on stdout and what lint finds on stderr', async () => {
    const { out, error } = await run(['restrict', MANUAL, 'method=pay|time<1893456000', 'rate=1']);
    expect(out).toMatch(/^[\w-]+=*\n$/);
    expect(error).toMatch(
      /^danger: method=pay\|time<1893456000: every command is allowed until 2030-01-01 00:00:00 UTC, among them [^\n]*\ndanger: method=pay\|time<1893456000: 'pay' has no limit on the amount; [^\n]*\n$/,
    );
    const asJson = await run(['restrict', MANUAL, 'method=get_info', '--json']);
    expect(JSON.parse(asJson.out)).toMatchObject({ unique_id: '0' });
    expect(asJson.error).toBe(
      "mistake: method=get_info: no command is named 'get_info'; did you mean 'getinfo'?\n",
    );
    expect(await run(['restrict', MANUAL, 'readonly'])).toMatchObject({ error: '' });
  });

  test.each([
    ["createrune's JSON", `{"rune":"${MANUAL}","unique_id":"0"}\n`],
    ['a variable', `LIGHTNING_RUNE="${MANUAL}"\n`],
    ['quotes', `'${MANUAL}'`],
    ['a pairing link', `clnrest+https://127.0.0.1:3010?rune=${MANUAL}`],
  ])('accepts %s from stdin and as an argument', async (_, text) => {
    expect(await run(['restrict', '-', 'readonly'], text)).toMatchObject({ out: `${READONLY}\n` });
    expect(await run(['restrict', text, 'readonly'])).toMatchObject({ out: `${READONLY}\n` });
  });

  test('rejects missing restrictions and malformed runes', async () => {
    await expect(run(['restrict', MANUAL])).rejects.toThrow(UsageError);
    await expect(run(['restrict', 'garbage', 'readonly'])).rejects.toThrow('not a valid rune');
    await expect(run(['restrict', `${MANUAL.slice(0, 8)}+`, 'readonly'])).rejects.toThrow(
      'not a valid rune: not base64url, at character 9',
    );
    await expect(run(['decode', `${'0'.repeat(64)}:=1&a@b`])).rejects.toThrow(
      "not a valid rune: '@' is not an operator, at character 5 of its restrictions",
    );
  });
});

test('decode prints what lightningd does', async () => {
  const words = ['decode', GETINFO, '--time', '1795194831'];
  expect(await json(words)).toEqual({
    type: 'rune',
    unique_id: '2',
    string: 'abd9fbf9ce169cf7590a250245b984699d52cc98fdfaf3322bbd3f1151c91af2:=2&method=getinfo',
    restrictions: [
      { alternatives: ['method=getinfo'], summary: "method (of command) equal to 'getinfo'" },
    ],
    valid: true,
  });
  const { out } = await run(['decode', GETINFO]);
  expect(out).toBe(
    [
      'unique_id: 2',
      'string: abd9fbf9ce169cf7590a250245b984699d52cc98fdfaf3322bbd3f1151c91af2:=2&method=getinfo',
      "restriction: method (of command) equal to 'getinfo'",
      '',
    ].join('\n'),
  );
});

test('decode reports bytes that are not UTF-8', async () => {
  const words = ['decode', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MCZhPf_-'];
  expect(await run(words)).toMatchObject({ status: 1 });
  expect(await json(words)).toMatchObject({
    valid: false,
    hex: `${'30'.repeat(64)}3a3d3026613dfffe`,
  });
});

describe('check', () => {
  const check = (...words: string[]) => run(['check', '--secret', SECRET, GETINFO, ...words]);
  const refusalOf = (rune: string, method: string) =>
    json(['check', '--secret', SECRET, rune, '--method', method]);

  test('distinguishes allowed, refused and foreign runes', async () => {
    expect(await check('--method', 'getinfo')).toMatchObject({ status: 0 });
    expect(await check('--method', 'invoice')).toMatchObject({ status: 1 });
    expect(await refusalOf(GETINFO, 'invoice')).toEqual({
      code: 1502,
      message: 'Not permitted: method is not equal to getinfo',
    });
    expect(await refusalOf(MANUAL, 'getinfo')).toEqual({
      code: 1501,
      message: 'Not authorized: Not derived from master',
    });
  });

  test.each([
    [['--params', '{bad']],
    [['--time', 'soon']],
    [['--last-used', 'Never']],
    [['--last-used', '-1']],
    [['--nodeid', 'zz']],
    [['left', 'over']],
  ])('%j is refused', async (words) => {
    await expect(check('--method', 'getinfo', ...words)).rejects.toThrow(UsageError);
  });

  test('a rate passes only with a given last use', async () => {
    const rate = `restrict ${GETINFO} per=1min`.split(' ');
    const { rune } = (await json(rate)) as { rune: string };
    const words = ['--method', 'getinfo', '--time', '1000'];
    for (const command of [
      ['check', '--secret', SECRET, rune],
      ['explain', rune],
    ]) {
      const status = async (...more: string[]) =>
        (await run([...command, ...words, ...more])).status;
      expect(await status()).toBe(1);
      expect(await status('--last-used', 'never')).toBe(0);
      expect(await status('--last-used', '940')).toBe(0);
      expect(await status('--last-used', '941')).toBe(1);
    }
    const { out } = await run(['check', '--secret', SECRET, rune, ...words]);
    expect(out).toBe('Not permitted: the last use is unknown here\n');
    await expect(run(['explain', rune, '--last-used', 'never'])).rejects.toThrow(UsageError);
  });

  test('rejects an id that no node accepts', async () => {
    const words = ['check', '--secret', SECRET, '--method', 'getinfo'];
    // The recorded error of a node.
    const rune = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9YWJj';
    const refusal = {
      code: -32602,
      message: `rune: should have valid numeric unique_id: invalid token '"${rune}"'`,
    };
    for (const text of [rune, `${'0'.repeat(64)}:=abc`]) {
      expect(await run([...words, text])).toMatchObject({ status: 1 });
      expect(await json([...words, text])).toEqual(refusal);
    }
  });

  test.each([
    [['decode', '-'], '', 'stdin is empty: pipe a rune'],
    [['decode', '-'], ' \n', 'stdin is empty: pipe a rune'],
    [['decode', '-'], 'LIGHTNING_RUNE=\n', 'stdin contains a variable for a rune, but no rune'],
    [['decode', ''], '', 'RUNE is empty'],
  ])('says that there is no rune: %j from %j', async (words, stdin, message) => {
    await expect(run(words, stdin)).rejects.toThrow(message);
  });

  test('rejects the secret and the rune both from stdin', async () => {
    const words = ['check', '--secret-file', '-', '-', '--method', 'getinfo'];
    await expect(run(words, `${SECRET}\n${GETINFO}\n`)).rejects.toThrow(
      'stdin cannot contain both',
    );
  });
});

test('explain shows every restriction of a call', async () => {
  const words = ['explain', READONLY, '--method', 'listdatastore'];
  const { out, status } = await run(words);
  expect(status).toBe(1);
  expect(out).toBe(
    [
      "pass  the command starts with 'list', or the command starts with 'get', or the command is 'summary'",
      "FAIL  the command is not 'listdatastore'",
      '        method is equal to listdatastore',
      'The restrictions refuse this call.',
      '',
    ].join('\n'),
  );
});

test('explain without a call shows all restrictions', async () => {
  const { out } = await run(['explain', GETINFO]);
  expect(out).toBe(
    "Rune 2 allows a command if all of these hold:\n  1. the command is 'getinfo'\n",
  );
  const { out: all } = await run(['explain', MANUAL]);
  expect(all).toBe('Rune 0 allows anything: anyone who has this rune controls the node\n');
  expect(await json(['explain', GETINFO])).toEqual({
    unique_id: '2',
    restrictions: ["the command is 'getinfo'"],
  });
  expect(await json(['explain', MANUAL])).toEqual({ unique_id: '0', restrictions: [] });
});

describe('untrusted text in a rune cannot control the terminal:', () => {
  // An escape sequence, a forged line, a C1 escape, a bidi override, a zero-width space, a line separator.
  const EVIL = '\u001b[2J\nallowed\r\u009b1m\u202e\u200b\u2028\u007f';
  // oxlint-disable-next-line no-control-regex
  const SAFE = /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u2028\u202e]*$/;
  const NAME = EVIL.replace('[', '');
  const text = `${'0'.repeat(64)}:=${EVIL}&method=${EVIL}|${NAME}^${EVIL}&${NAME}#${EVIL}`;
  const call = ['--method', EVIL.slice(0, 4)];

  test.each([
    ['decode', text],
    ['explain', text],
    ['explain', text, ...call],
    ['check', '--secret', SECRET, text, ...call],
    ['lint', text],
    ['restrict', text, 'readonly'],
  ])('%s', async (...words) => {
    for (const { out, error } of [await run(words), await run([...words, '--json'])]) {
      expect(out).toMatch(SAFE);
      expect(error).toMatch(SAFE);
      expect(out + error).not.toMatch(/^allowed/m);
    }
  });

  test('JSON has the same value', async () => {
    expect(await json(['decode', text])).toMatchObject({ unique_id: EVIL, string: text });
  });

  test('in the reason of a genuine rune', async () => {
    const { out: rune } = await run(['create', '--secret', SECRET, `method=${EVIL}`]);
    const { out } = await run(['check', '--secret', SECRET, rune.trim(), ...call]);
    expect(out).toMatch(SAFE);
    expect(out).toMatch(/^Not permitted: method is not equal to /);
  });

  test.each([
    [['decode', `${'0'.repeat(64)}:=1&\u009b\\`]],
    [['decode', EVIL]],
    [['decode', MANUAL, EVIL]],
    [['decode', MANUAL, `--${EVIL}`]],
    [[EVIL]],
    [['explain', MANUAL, '--method', 'x', '--params', EVIL]],
    [['explain', MANUAL, '--time', EVIL]],
    [['restrict', MANUAL, `${EVIL}\u0085`]],
  ])('in errors: %j', async (words) => {
    const error: unknown = await run(words).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UsageError);
    const message = error instanceof UsageError ? error.message : '';
    expect(message).toMatch(SAFE);
    expect(message).not.toMatch(/^allowed/m);
  });
});

describe('a rune that begins with -', () => {
  // One in 64 does; this one restricts to getinfo and to fewer than 20 parameters.
  const DASHED = '-tXzL3GhECjqxj-0lceBQjgOuwPBG3sHQysg8DGnr549MCZtZXRob2Q9Z2V0aW5mbyZwbnVtPDIw';

  test.each([
    [['explain', DASHED]],
    [['explain', '--method', 'getinfo', DASHED]],
    [['decode', DASHED]],
    [['lint', DASHED]],
    [['restrict', DASHED, 'readonly']],
  ])('is a rune: %j', async (words) => {
    expect(await run(words)).toMatchObject({ status: 0 });
  });

  test('can be checked', async () => {
    const words = ['check', '--secret', SECRET, DASHED, '--method', 'getinfo'];
    expect(await json(words)).toMatchObject({ code: 1501 });
  });

  test.each([
    [[DASHED]],
    [['explain', DASHED, DASHED]],
    [['explain', `--rune:${DASHED}`]],
    [['explain', DASHED, '--time', DASHED]],
    [['explain', DASHED, '--method', 'x', '--params', DASHED]],
    [['restrict', DASHED, DASHED]],
    [['check', '--secret-file', DASHED, DASHED, '--method', 'x']],
  ])('is not quoted in errors: %j', async (words) => {
    const error: unknown = await run(words).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).not.toContain(DASHED.slice(2, 12));
  });
});

test('lint: exit status 1 for more than a hint', async () => {
  expect(await run(['lint', MANUAL])).toMatchObject({
    status: 1,
    out: expect.stringMatching(
      /^danger: no restrictions: anyone who has this rune can spend all funds of the node; .*\n$/,
    ),
  });
  expect(await run(['lint', `${'0'.repeat(64)}:=0&method=listpeer`])).toMatchObject({
    status: 1,
    out: "mistake: method=listpeer: no command is named 'listpeer'; did you mean 'listpeers'?\n",
  });
  expect(await json(['lint', `${'0'.repeat(64)}:=0&method=metrics`])).toEqual([]);
  expect(await run(['lint', READONLY])).toMatchObject({
    status: 0,
    out: 'no findings\n',
  });
});

test('prints help', async () => {
  for (const words of [[], ['--help'], ['create', '-h'], ['help']]) {
    expect((await run(words)).out).toMatch(/^Usage: clnrest rune/);
  }
});
