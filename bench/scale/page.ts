import { members, RECHECK_SECONDS, type ScaleRow, type SetupKind } from './figures.ts';
import type { Fit } from './model.ts';
import { million } from './million.ts';
import { modelOf, ofKind, type ScaleModel } from './scale-model.ts';
import { grouped, milli, n } from './numbers.ts';

const KINDS: Readonly<Record<SetupKind, string>> = {
  usual: 'one for each',
  'one rune': 'one for all',
  tls: 'one for each; TLS',
  node: 'one for each; `--judge=node`',
  rechecks: `one for each; \`--rune-recheck=${RECHECK_SECONDS}\``,
};

/** Writes the page `docs/reference/scale.md`. The machine is a sentence. */
export function scalePage(rows: readonly ScaleRow[], machine: string): string {
  const model = modelOf(rows);
  return `# Many subscribers

This page shows what subscribers cost on 1, 2 and 4 gateways, measured in one run, and calculates the cost of 1,000,000
subscribers from a model of these figures. To generate this page, run:

\`\`\`shell
npm run bench -- --scale --write
\`\`\`

${machine}

The node's plugin [sends notifications to Redis](redis.md). Processes of \`clnrest gateway\` read them there and send them to
subscribers of server-sent events. Programs with many connections are the subscribers. All of them share the machine, so
times contain waiting for a processor. Processor times do not.

## Time and memory

The notification is that of a new invoice. Its time ends when the last subscriber has it (median of twelve rounds). The
bare server is one process that writes about as many bytes to as many connections, and is measured in the same run.

| gateways | subscribers | runes | last subscriber, ms | ÷ bare | processor, ms | µs for each | ÷ bare | memory, MB | µs to accept each |
|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|
${rows.map(deliveryRow).join('\n')}

- **processor**: the time of all gateways for one notification, and that time for each subscriber.
- **memory**: the proportional set size of each gateway's two processes, and the least within 15 seconds without
  notifications. V8 returns memory late, so rows with few subscribers vary.
- **µs to accept each**: the processor time of the gateways for each new subscriber, including the check of its rune.
- **bare server**: ${bareSentence(rows)}.

## Cost for the node

The node sends each notification once, to its plugin. What gateways ask the node passes through a socket that counts it. For
one notification, with the call of \`invoice\` that causes it:

| gateways | subscribers | runes | node, processor ms | plugin, processor ms | commands of gateways | their bytes |
|--:|--:|---|--:|--:|--:|--:|
${rows.map(nodeRow).join('\n')}

${nodeSentence(rows)}

For each second without notifications, and for each new subscriber:

| gateways | subscribers | runes | plugin, ms each second | commands each second | their bytes | node, ms for each subscriber | commands for each subscriber |
|--:|--:|---|--:|--:|--:|--:|--:|
${rows.map(nodeTimeRow).join('\n')}

Each gateway checks every ten seconds whether the node responds. It reports the use of each new subscriber's rune. Uses of one
unique id within 250 ms are one report.

## Cost for Redis

| gateways | subscribers | processor, ms | bytes sent | processor, ms each second | bytes sent each second | commands each second |
|--:|--:|--:|--:|--:|--:|--:|
${ofKind(rows, 'usual').map(redisRow).join('\n')}

Processor and bytes are those of one notification. The figures for each second are those without notifications: [leases](redis.md#revocation)
and reads that wait.

## Model

G is the number of gateways, N the number of subscribers of all gateways together. A least-squares fit of relative errors
gives the coefficients. A term that would be negative is left out. The last column is the largest difference between a
figure and the model.

| cost | model | deviation |
|---|---|--:|
${modelRows(model).join('\n')}

${million(model)}`;
}

function deliveryRow(row: ScaleRow): string {
  const count = members(row);
  const { lastMs, bare, notification, joining, subscribers } = row;
  const each = (value: number, digits = 1): string => (count === 0 ? '–' : n(value, digits));
  return cells([
    ...namesOf(row),
    each(lastMs),
    each(lastMs / bare.lastMs, 2),
    milli(notification.gateways),
    each(notification.gateways / count),
    each(notification.gateways / bare.time, 2),
    n(row.memory / subscribers.length / 1e6),
    each(joining.gateways / count, 0),
  ]);
}

function nodeRow(row: ScaleRow): string {
  const { notification } = row;
  return cells([
    ...namesOf(row),
    milli(notification.node),
    milli(notification.feeder),
    n(Math.max(0, notification.commands), 1),
    n(Math.max(0, notification.socketBytes)),
  ]);
}

function nodeTimeRow(row: ScaleRow): string {
  const { idle, joining } = row;
  const count = members(row);
  const each = (value: string): string => (count === 0 ? '–' : value);
  return cells([
    ...namesOf(row),
    milli(idle.feeder),
    n(idle.commands, 1),
    n(idle.socketBytes),
    each(milli(joining.node / count, 2)),
    each(n(joining.commands / count, 2)),
  ]);
}

function redisRow(row: ScaleRow): string {
  const { notification, idle } = row;
  return cells([
    String(row.subscribers.length),
    grouped(members(row)),
    milli(notification.redis, 2),
    n(notification.redisBytes),
    milli(idle.redis),
    n(idle.redisBytes),
    n(idle.redisCommands),
  ]);
}

function namesOf(row: ScaleRow): string[] {
  const count = members(row);
  return [String(row.subscribers.length), grouped(count), count === 0 ? '–' : KINDS[row.kind]];
}

/** The figures of the bare server for each number of subscribers. */
function bareSentence(rows: readonly ScaleRow[]): string {
  const byCount = new Map(rows.map((row) => [members(row), row.bare]));
  byCount.delete(0);
  return [...byCount]
    .toSorted(([a], [b]) => a - b)
    .map(
      ([count, { lastMs, time }]) =>
        `${grouped(count)} subscribers in ${n(lastMs, 1)} ms with ${n(time / count, 1)} µs for each`,
    )
    .join('. ');
}

/** Compares the node's cost of the smallest configuration with that of the largest one. */
function nodeSentence(rows: readonly ScaleRow[]): string {
  const usual = ofKind(rows, 'usual');
  const costOf = ({ notification }: ScaleRow): number => notification.node + notification.feeder;
  const [first] = usual;
  const last = usual.at(-1);
  if (first === undefined || last === undefined) throw new Error('configurations are missing');
  return `With plain HTTP and a rune for each, node and plugin together take ${milli(costOf(first))} ms in the first row and ${milli(costOf(last))} ms
in the last one. That is ${n(costOf(last) / costOf(first), 1)} times as much.
The node sends nothing more for more subscribers or gateways. If the machine is so busy that a gateway's [lease](redis.md#revocation) ends,
the gateway asks the node about rechecks of runes, which are the commands in these tables.`;
}

function modelRows(model: ScaleModel): string[] {
  const { plain, tls } = model;
  const row = (name: string, fit: Fit, unit: string, scale: number, digits: number): string =>
    cells([name, formula(fit, unit, scale, digits), `${n(fit.deviation * 100)} %`]);
  return [
    row('last subscriber, on this machine', model.lastMs, 'ms', 1, 4),
    ...[
      { name: 'HTTP', ...plain },
      { name: 'TLS', ...tls },
    ].flatMap(({ name, time, idleTime, joinTime, memory }) => [
      row(`gateways, ${name}: processor for a notification`, time, 'µs', 1, 2),
      row(`gateways, ${name}: processor each second`, idleTime, 'µs', 1, 2),
      row(`gateways, ${name}: processor to accept all`, joinTime, 'µs', 1, 0),
      row(`gateways, ${name}: memory`, memory, 'kB', 1e3, 1),
    ]),
    row('Redis: processor for a notification', model.redisTime, 'µs', 1, 1),
    row('Redis: bytes for a notification', model.redisBytes, 'bytes', 1, 0),
    row('Redis: processor each second', model.redisIdleTime, 'µs', 1, 0),
    row('Redis: bytes each second', model.redisIdleBytes, 'bytes', 1, 0),
    cells(['node: processor for a notification', `${n(model.nodeTime)} µs`, '']),
    cells([
      'kernel: memory of one end of a connection',
      `${n(model.kernelMemory / 1e3, 1)} kB`,
      '',
    ]),
  ];
}

/** `120 + 3.4 × G + 0.02 × N ms` */
export function formula(fit: Fit, unit: string, scale: number, digits: number): string {
  const terms = [
    [fit.fixed, ''],
    [fit.gateways, ' × G'],
    [fit.subscribers, ' × N'],
  ] as const;
  const shown = terms
    .filter(([value]) => value !== 0)
    .map(([value, name]) => `${n(value / scale, value / scale >= 100 ? 0 : digits)}${name}`);
  return `${shown.length === 0 ? '0' : shown.join(' + ')} ${unit}`;
}

function cells(values: readonly string[]): string {
  return `| ${values.join(' | ')} |`;
}
