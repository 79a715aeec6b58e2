import { execPath } from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { httpProcessStarter } from './http-process.ts';
import type { FromHttpProcess, HttpProcessLink } from './messages.ts';

/** Runs a program instead of the HTTP process until it ends. */
function run(script: string, file = execPath, options: readonly string[] = []) {
  const messages: FromHttpProcess[] = [];
  let link: HttpProcessLink | undefined;
  const ended = new Promise<string>((resolve) => {
    link = httpProcessStarter({ file, args: [...options, '-e', script] })({
      message: (message) => messages.push(message),
      drained: () => undefined,
      ended: resolve,
    });
    onTestFinished(() => link?.kill());
  });
  if (link === undefined) throw new Error('not started');
  return { link, messages, ended };
}

/** The first lines of every program. */
const CHANNEL = `const channel = new (require('net').Socket)({ fd: 3 });
channel.on('error', () => undefined);`;

describe('the HTTP process', () => {
  test('receives and sends messages with any content', async () => {
    const { link, messages, ended } = run(`${CHANNEL}
      let text = '';
      channel.setEncoding('utf8').on('data', (piece) => {
        text += piece;
        if (!text.endsWith('\\n')) return;
        const { message } = JSON.parse(text);
        const say = (message) => JSON.stringify({ type: 'log', level: 'info', message }) + '\\n';
        channel.end(say(String(message.text.length)) + say(message.text.slice(-3)));
      });`);
    const text = `${'"\\☃\n'.repeat(200_000)}end`;
    link.send({ type: 'notification', message: { sequence: 1, topic: 't', text } });
    expect(await ended).toBe('it exited with status 0');
    expect(messages).toEqual([
      { type: 'log', level: 'info', message: String(text.length) },
      { type: 'log', level: 'info', message: 'end' },
    ]);
  });

  test.each([
    ["process.kill(process.pid, 'SIGKILL')", 'it was ended by SIGKILL'],
    ["process.kill(process.pid, 'SIGSEGV')", 'it was ended by SIGSEGV'],
    ['process.exit(3)', 'it exited with status 3'],
    ["throw new RangeError('on purpose')", 'it exited with status 1: RangeError: on purpose'],
    ['syntax error', "it exited with status 1: SyntaxError: Unexpected identifier 'error'"],
  ])('ends by %s, and the reason contains the cause', async (script, reason) => {
    expect(await run(script).ended).toBe(reason);
  });

  test('reports why V8 aborted', async () => {
    const script = 'const all = []; for (;;) all.push(Array(1e4).fill(0.5))';
    expect(await run(script, execPath, ['--max-old-space-size=20']).ended).toMatch(
      /^it was ended by SIG(?:ABRT|TRAP|ILL): FATAL ERROR: .*heap out of memory/,
    );
  });

  test('is reported if its program does not exist', async () => {
    expect(await run('', '/none/node').ended).toContain('ENOENT');
  });

  test('logs a bounded number of printed lines, without secrets', async () => {
    const secret = 'dGhpcyBpcyBhIHNlY3JldCBydW5lIHRoYXQgbXVzdCBub3QgYmUgbG9nZ2Vk';
    const { messages, ended } = run(
      `console.error('${secret}'); for (let n = 0; n < 1e5; n++) console.log(n)`,
    );
    await ended;
    expect(messages).toHaveLength(100);
    expect(JSON.stringify(messages)).not.toContain(secret);
    expect(messages.at(-1)).toMatchObject({ type: 'log', level: 'debug' });
  });

  test.each([
    ["'Segmentation fault\\n'", 'its messages cannot be read'],
    ["'x'.repeat(3e6)", 'its messages cannot be read: Error: a line exceeds'],
  ])('is killed when it writes %s to the channel', async (text, reason) => {
    const { ended } = run(`${CHANNEL} channel.write(${text}); setInterval(() => undefined, 1e6)`);
    expect(await ended).toContain(reason);
  });

  test('can be killed while it is stopped and has unread messages', async () => {
    const { link, ended } = run("process.kill(process.pid, 'SIGSTOP')");
    const text = 'x'.repeat(1e6);
    for (let sequence = 1; sequence < 20; sequence++) {
      link.send({ type: 'notification', message: { sequence, topic: 't', text } });
    }
    expect(link.unsent).toBeGreaterThan(1e6);
    link.kill();
    expect(await ended).toBe('it was ended by SIGKILL');
    link.send({ type: 'close', graceMs: 0 });
  });
});
