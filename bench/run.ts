import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { NODE_KIND, startNode } from '../test/support/node.ts';
import { benchCommits } from './commits.ts';
import { benchFanOut, type FanOut } from './fan-out/fan-out.ts';
import { benchLargeAnswer, type LargeAnswer } from './large-answer.ts';
import { benchRemotePeers, type PeerRow } from './remote-peers.ts';
import { benchRequests, type Contender, type Row } from './requests.ts';
import { benchRunes, type RuneFigures } from './runes.ts';
import { measureScale, setupsFor } from './scale/scale.ts';
import { scalePage } from './scale/page.ts';
import { benchStart, type Start } from './start.ts';

/**
 * `npm run bench`: compares the gateway with the bare socket, in one run. `--write` writes
 * docs/reference/benchmarks.md, `--seconds N` sets the time for each figure, `--requests` measures only requests, `--peers`
 * only remote peers. `--scale` measures many subscribers on several gateways instead, and `--write` then writes
 * docs/reference/scale.md; `--subscribers N` tries that with fewer.
 */
const args = process.argv.slice(2);
const seconds = Number(args[args.indexOf('--seconds') + 1] ?? 5) || 5;

/** There are up to 30 figures. */
const MAX_PEER_SECONDS = 1;

const NAMES: Readonly<Record<Contender, string>> = {
  gateway: 'gateway',
  proxy: 'minimal proxy',
  rust: 'built-in plugin',
  socket: 'socket, with checkrune',
};

if (args.includes('--scale')) {
  const at = args.indexOf('--subscribers');
  const subscribers = at < 0 ? 10_000 : Number(args[at + 1]);
  const text = scalePage(await measureScale(setupsFor(subscribers)), machine());
  console.log(text);
  if (args.includes('--write')) await writePage('scale', text);
  process.exit(0);
}

if (args.includes('--peers')) {
  console.log(peerTable(await benchRemotePeers(Math.min(seconds, MAX_PEER_SECONDS))));
  process.exit(0);
}
const node = await startNode();
try {
  const rows = await benchRequests(node, seconds / 3, 9);
  const commits = await benchCommits(node);
  if (args.includes('--requests')) {
    console.log(requestTable(rows), commits);
    await node.stop();
    process.exit(0);
  }
  const large = await benchLargeAnswer(node, 5);
  const runes = benchRunes(Math.min(seconds, 2));
  const fanOut = await benchFanOut(node);
  const starts = await benchStart(7);
  const peers = await benchRemotePeers(Math.min(seconds, MAX_PEER_SECONDS));
  const text = report(rows, commits, large, runes, fanOut, starts, peers);
  console.log(text);
  if (args.includes('--write')) {
    await writePage('benchmarks', text);
  }
} finally {
  await node.stop();
}

function report(
  rows: readonly Row[],
  commits: number | undefined,
  large: LargeAnswer,
  runes: readonly RuneFigures[],
  fanOut: readonly FanOut[],
  starts: readonly Start[],
  peers: readonly PeerRow[],
): string {
  const n = (value: number, digits = 0): string => value.toFixed(digits);
  const perRestriction = (1e6 / (runes[1]?.perSecond ?? 1) - 1e6 / (runes[0]?.perSecond ?? 1)) / 97;
  return `# Benchmarks

This page compares the gateway with its bounds and with the built-in plugin, all measured in one run. To generate this page, run:

\`\`\`shell
npm run bench -- --write
\`\`\`

Client, gateway and node share the machine, so compare the ratios. If other programs use the machine too, the ratios
vary between runs. [Many subscribers](scale.md) has the figures of several gateways.

${machine()}

## Small command

\`POST /v1/getinfo\` over kept TLS connections (medians of nine interleaved rounds; each ratio is the median of
the ratios within a round), by

- the gateway;
- a minimal proxy: an https server in Node that keeps connections to the node and checks nothing;
- the built-in plugin in Rust on the same node, if the environment variable \`CLNREST_RUST\` names it;
- the node's socket: checkrune over one connection with batching, and getinfo over kept connections.

${requestTable(rows)}

The node commits its database ${commits === undefined ? 'an unknown number of' : commits} times for 1,000 calls with one rune, one after the other. The
built-in plugin causes one commit for each call.

A profile of both processes (\`node --cpu-prof\`, 32 in flight, over the sandbox) shows where the gateway spends more than the
proxy, in microseconds of processor time for each request. The profiler itself adds about a quarter.

| part | gateway | proxy |
|---|--:|--:|
| encrypt and write the response | 77 | 50 |
| read the request's head, find the route, take turns | 32 | 11 |
| find the parts of the node's reply, which can arrive in pieces and contain blank lines | 26 | 5 |
| write the request to the node | 21 | 12 |
| V8 and garbage collection | 22 | 15 |
| write the head of the response | 10 | 2 |
| check the rune | 9 | 0 |
| continue asynchronous functions, and the rest | 76 | 37 |

Client, node and server share the processors, so the ratio of requests is higher than the ratio of these sums.

## Large response

listdatastore, ${n(large.bytes / 1e6)} MB, over one TLS connection, compared with the socket (median of five runs).

| | seconds | MB/s |
|---|--:|--:|
| REST | ${n(large.rest, 2)} | ${n(large.bytes / 1e6 / large.rest)} |
| socket | ${n(large.socket, 2)} | ${n(large.bytes / 1e6 / large.socket)} |
${large.others
  .map(({ name, seconds }) => `| ${name} | ${n(seconds, 2)} | ${n(large.bytes / 1e6 / seconds)} |`)
  .join('\n')}

Time, REST ÷ socket: ${n(large.rest / large.socket, 2)}. Compressed ÷ uncompressed: ${large.others
    .filter(({ name }) => /gzip|br/.test(name))
    .map(({ name, seconds }) => `${name.replace('REST, ', '')} ${n(seconds / large.rest, 2)}`)
    .join(', ')} (one run each; the data repeats one letter, which compresses easily).

The plugin's peak memory grew by ${
    large.memory === undefined ? 'an unknown amount' : `${n(large.memory / 1e6)} MB`
  }.

## Runes

Decoding, verifying and checking a rune, and only checking one that was verified before, in one thread.

| restrictions | runes/s | µs per rune | known runes/s |
|--:|--:|--:|--:|
${runes
  .map(
    ({ restrictions, perSecond, knownPerSecond }) =>
      `| ${restrictions} | ${n(perSecond)} | ${n(1e6 / perSecond, 1)} | ${n(knownPerSecond)} |`,
  )
  .join('\n')}

Each additional restriction costs ${n(perRestriction, 2)} µs.

## Notifications

The time until the last of many subscribers has received one notification over plain HTTP (median of ten rounds). The
bare server sends the same bytes to as many TCP connections. Server and subscribers are separate processes.

| transport | subscribers | gateway ms | bare ms | gateway ÷ bare | gateway KiB per subscriber | bare |
|---|--:|--:|--:|--:|--:|--:|
${fanOut
  .map(
    ({ transport, subscribers, gateway, bare, gatewayMemory, bareMemory }) =>
      `| ${transport === 'events' ? 'server-sent events' : 'Socket.IO, websocket'} | ${subscribers} | ${n(gateway, 1)} | ${n(bare, 1)} | ${n(gateway / bare, 2)} | ${n(gatewayMemory / 1024, 1)} | ${n(bareMemory / 1024, 1)} |`,
  )
  .join('\n')}

## Start

The time from the plugin's start to its reply to getmanifest, and to the first accepted https connection, compared with an
empty program in Node (median of seven rounds). The plugin starts Node three times: to test whether the system allows a
JIT compiler, for the plugin process, and, while lightningd initialises that, for the HTTP process.

| plugin | bytes | bare Node ms | to getmanifest ms | ÷ bare | to ready ms | ÷ bare | with new certificates ms | ÷ bare |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
${starts
  .map(
    ({ plugin, bytes, bare, manifest, ready, readyWithNewCertificates: fresh }) =>
      `| ${plugin} | ${bytes} | ${n(bare)} | ${n(manifest)} | ${n(manifest / bare, 1)} | ${n(ready)} | ${n(ready / bare, 1)} | ${n(fresh)} | ${n(fresh / bare, 1)} |`,
  )
  .join('\n')}

## Remote peers

\`getinfo\` over REST (kept TLS connections) and over the Lightning protocol (one connection of \`@clnrest/commando\`). With
lightningd, a connected second node also calls it with its command \`commando\`. Medians of three interleaved rounds.

${peerTable(peers)}
`;
}

function peerTable(rows: readonly PeerRow[]): string {
  const head = `| node | in flight | way | calls/s | median ms | p99 ms |
|---|--:|---|--:|--:|--:|`;
  const lines = rows.map(
    ({ node, inFlight, way, figures: { perSecond, median, p99 } }) =>
      `| ${node} | ${inFlight} | ${way} | ${perSecond.toFixed(0)} | ${median.toFixed(2)} | ${p99.toFixed(2)} |`,
  );
  return [head, ...lines].join('\n');
}

function requestTable(rows: readonly Row[]): string {
  const head = `| in flight | server | requests/s | median ms | p99 ms | gateway ÷ this |
|--:|---|--:|--:|--:|--:|`;
  return [head, ...rows.flatMap(requestRows)].join('\n');
}

/** Describes the machine and the node in a sentence. */
function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const gib = Math.round(totalmem() / 2 ** 30);
  return `Machine: ${cpus().length} × ${model}, ${gib} GiB, ${process.platform} ${process.arch}, Node ${process.version};
node: ${NODE_KIND === 'lightningd' ? 'lightningd' : 'the sandbox'}.`;
}

/** Writes a page of the reference, in the format of the repository. */
async function writePage(name: string, text: string): Promise<void> {
  const file = join(import.meta.dirname, `../docs/reference/${name}.md`);
  const options = await resolveConfig(file);
  await writeFile(file, await format(text, { ...options, filepath: file }));
}

/** One row for each contender. */
function requestRows({ inFlight, figures, ratios }: Row): string[] {
  return Object.entries(figures).map(
    ([name, { perSecond, median, p99 }]) =>
      `| ${inFlight} | ${NAMES[name as Contender]} | ${perSecond.toFixed(0)} | ${median.toFixed(2)} | ${p99.toFixed(2)} | ${(ratios[name as Contender] ?? Number.NaN).toFixed(2)} |`,
  );
}
