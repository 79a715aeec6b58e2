import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { NODE_KIND, startNode } from '../test/support/node.ts';
import { benchFanOut, type FanOut } from './fan-out/fan-out.ts';
import { benchLargeAnswer, type LargeAnswer } from './large-answer.ts';
import { benchRequests, type Row } from './requests.ts';
import { benchRunes, type RuneFigures } from './runes.ts';
import { benchStart, type Start } from './start.ts';

/**
 * `npm run bench`: what the gateway costs beside the bare socket, in the same run. `--write` keeps the
 * table in docs/reference/benchmarks.md, `--seconds N` sets how long each figure takes.
 */
const args = process.argv.slice(2);
const seconds = Number(args[args.indexOf('--seconds') + 1] ?? 5) || 5;

const node = await startNode();
try {
  const rows = await benchRequests(node, seconds);
  const large = await benchLargeAnswer(node, 5);
  const runes = benchRunes(Math.min(seconds, 2));
  const fanOut = await benchFanOut(node);
  const starts = await benchStart(7);
  const text = report(rows, large, runes, fanOut, starts);
  console.log(text);
  if (args.includes('--write')) {
    await writeFile(join(import.meta.dirname, '../docs/reference/benchmarks.md'), text);
  }
} finally {
  await node.stop();
}

function report(
  rows: readonly Row[],
  large: LargeAnswer,
  runes: readonly RuneFigures[],
  fanOut: readonly FanOut[],
  starts: readonly Start[],
): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const gib = Math.round(totalmem() / 2 ** 30);
  const n = (value: number, digits = 0): string => value.toFixed(digits);
  const perRestriction = (1e6 / (runes[1]?.perSecond ?? 1) - 1e6 / (runes[0]?.perSecond ?? 1)) / 97;
  return `# Benchmarks

Made by \`npm run bench -- --write\`: what the gateway costs beside the bare socket, both measured in the
same run. Client, gateway and node share the machine, so it is the ratio that counts. Where others share
it, too, the ratio differs from run to run: see several.

Machine: ${cpus().length} × ${model}, ${gib} GiB, ${process.platform} ${process.arch}, Node ${process.version};
node: ${NODE_KIND === 'lightningd' ? 'lightningd' : 'the sandbox'}.

## A small command

\`POST /v1/getinfo\` over kept TLS connections; and the same two commands, checkrune and getinfo, sent
straight to the socket (checkrune over one shared connection with batching, getinfo over kept ones).

| in flight | REST/s | median ms | p99 ms | socket/s | median ms | p99 ms | REST ÷ socket |
|--:|--:|--:|--:|--:|--:|--:|--:|
${rows
  .map(
    ({ inFlight, rest, socket }) =>
      `| ${inFlight} | ${n(rest.perSecond)} | ${n(rest.median, 2)} | ${n(rest.p99, 2)} | ${n(socket.perSecond)} | ${n(socket.median, 2)} | ${n(socket.p99, 2)} | ${n(rest.perSecond / socket.perSecond, 2)} |`,
  )
  .join('\n')}

## A large answer

listdatastore, ${n(large.bytes / 1e6)} MB, over one TLS connection and copied straight from the socket
(the middle of five runs).

| | seconds | MB/s |
|---|--:|--:|
| REST | ${n(large.rest, 2)} | ${n(large.bytes / 1e6 / large.rest)} |
| socket | ${n(large.socket, 2)} | ${n(large.bytes / 1e6 / large.socket)} |
${large.others
  .map(({ name, seconds }) => `| ${name} | ${n(seconds, 2)} | ${n(large.bytes / 1e6 / seconds)} |`)
  .join('\n')}

Time, REST ÷ socket: ${n(large.rest / large.socket, 2)}; compressed ÷ as it is, ${large.others
    .filter(({ name }) => /gzip|br/.test(name))
    .map(({ name, seconds }) => `${name.replace('REST, ', '')}: ${n(seconds / large.rest, 2)}`)
    .join(
      ', ',
    )} (once each; it is all of one letter, which compresses easily). The plugin's peak memory grew by ${
    large.memory === undefined ? 'an unknown amount' : `${n(large.memory / 1e6)} MB`
  }.

## Runes

Decoding, verifying and judging a rune in one thread.

| restrictions | runes/s | µs a rune |
|--:|--:|--:|
${runes
  .map(
    ({ restrictions, perSecond }) =>
      `| ${restrictions} | ${n(perSecond)} | ${n(1e6 / perSecond, 1)} |`,
  )
  .join('\n')}

Each further restriction costs ${n(perRestriction, 2)} µs.

## Notifications

One notification to many listeners over plain HTTP, until the last has it; and the same bytes from a bare server
that writes them to as many TCP connections (the middle of ten rounds). Server and listeners are
processes of their own.

| listeners by | listeners | gateway ms | bare ms | gateway ÷ bare | gateway KiB a listener | bare |
|---|--:|--:|--:|--:|--:|--:|
${fanOut
  .map(
    ({ transport, listeners, gateway, bare, gatewayMemory, bareMemory }) =>
      `| ${transport === 'events' ? 'server-sent events' : 'Socket.IO, websocket'} | ${listeners} | ${n(gateway, 1)} | ${n(bare, 1)} | ${n(gateway / bare, 2)} | ${n(gatewayMemory / 1024, 1)} | ${n(bareMemory / 1024, 1)} |`,
  )
  .join('\n')}

## Starting

From the plugin's start to its answer to getmanifest, which is one Node to ask whether it may compile and one that
does the work; and from init to the first connection that is accepted, over https. Beside it a Node that does
nothing (the middle of seven rounds).

| plugin | bytes | bare Node ms | to getmanifest ms | ÷ bare | init to ready ms | ÷ bare | with new certificates ms | ÷ bare |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
${starts
  .map(
    ({ plugin, bytes, bare, manifest, ready, readyWithNewCertificates: fresh }) =>
      `| ${plugin} | ${bytes} | ${n(bare)} | ${n(manifest)} | ${n(manifest / bare, 1)} | ${n(ready)} | ${n(ready / bare, 1)} | ${n(fresh)} | ${n(fresh / bare, 1)} |`,
  )
  .join('\n')}
`;
}
