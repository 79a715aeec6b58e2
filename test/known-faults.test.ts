import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

function page(name: string): string {
  return readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
}

test.each([
  ['Start one of two stopped plugins again', 'signal 11'],
  ['`abort_channels` and `stfu_channels` without channels', '`abort_channels {}`'],
  ['`blacklistrune` with an end before its start', '`blacklistrune start=50 end=40`'],
])('the page of known faults has %s, with the version', (title, call) => {
  const sections = page('reference/lightningd-faults.md').split('\n## ');
  const section = sections.find((text) => text.startsWith(`${title}\n`));
  expect(section).toMatch(/Seen on: v26\.06\.6/);
  expect(section).toContain(call);
});

test('each section of the page of known faults names the version, and what to do or what the gateway does', () => {
  const [, ...sections] = page('reference/lightningd-faults.md').split('\n## ');
  for (const section of sections) {
    expect(section).toMatch(/^Seen on: v26\.06\.6/m);
    expect(section).toMatch(/^\*\*(?:Instead:|The gateway)\*\* /m);
  }
});

test('the guide that recommends plugin start mentions its fault', () => {
  expect(page('guide/your-node.md')).toMatch(
    /plugin start[^]*lightningd-faults\.md#start-one-of-two-stopped-plugins-again/,
  );
});
