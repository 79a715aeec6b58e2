// Checks the words of documentation and comments against the rules in CONTRIBUTING: `npm run lint:prose`, or
// `node scripts/prose.mjs FILE …`. Prints each finding with its place, and exits with 1 if it finds any.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** Words and turns of phrase that have a plainer equivalent. */
const BANNED = [
  [/\b(?:tell|tells|told|telling)\b/i, 'log, return, report, show or list'],
  [/\banew\b/i, 'again'],
  [/\bwho(?:m|so)?ever\b/i, 'name the actor'],
  [/\bnobody\b|\bno one\b/i, 'name the actor, or use the passive'],
  [/\b(?:is|are|was|were) none\b/i, 'is not a valid …, does not exist'],
  [/\b(?:is|are|was|were|be) (?:no|none) (?!longer\b|more\b|matter\b)[a-z]+/i, 'is not a …'],
  [/\b(?:stands|stood|stand) (?:in|at|before|behind|beside|for|on|there)\b/i, 'be, appear, mean'],
  [/\bhears?\b|\bheard\b/i, 'receive, be subscribed to'],
  [/\bbut for\b|\bbut that\b|\bsave for\b/i, 'except'],
  [/\bof its own accord\b|\bby itself\b/i, 'without …, automatically'],
  [/\b(?:lets? go of|gives? back|takes? back)\b/i, 'release, return, revoke'],
  [/\bputs? up with\b/i, 'accept, support'],
  [/\bgoes for\b/i, 'applies to'],
  [/\bas it (?:likes|pleases)\b|\bas they (?:like|please)\b/i, 'without limit'],
  [/\bfar too\b|\ba great many\b/i, 'too, many'],
  [/\bthere is no such\b|\bno such\b/i, 'does not exist'],
  [/\blast word\b|\blast words\b/i, 'final response'],
  [/\bstrangers?\b/i, 'unauthenticated client, untrusted'],
  [
    /^\s*(?:Who|Whoever|What) (?!is\b|are\b|does\b|happens\b|the\b|it\b|to\b|a\b|each\b|every\b)[a-z]+ [^?]*[.:]$/,
    'do not start a statement with Who or What',
  ],
];

/** The longest sentence of a document, in words. */
const MAX_WORDS = 32;

const files =
  process.argv.length > 2
    ? process.argv.slice(2)
    : execFileSync('git', ['ls-files', '*.md', '*.ts', '*.mjs', '*.css', '*.sh', '*.yml'], {
        encoding: 'utf8',
      })
        .trim()
        .split('\n')
        .filter((file) => file !== 'scripts/prose.mjs');

let findings = 0;

function report(file, line, text, why) {
  findings++;
  console.log(`${file}:${line}: ${why}\n    ${text.trim().slice(0, 160)}`);
}

/** Prose of a Markdown file by line: without code, links' targets and front matter. */
function* markdownProse(text) {
  let isFenced = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) isFenced = !isFenced;
    else if (!isFenced) yield { line: index + 1, text: withoutCode(line) };
  }
}

/** Comments of a source file by line, without examples. */
function* commentProse(text, extension) {
  const comments =
    extension === '.sh' || extension === '.yml'
      ? /^\s*#(?!!)(.*)$/gm
      : /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm;
  for (const match of text.matchAll(comments)) {
    const first = text.slice(0, match.index).split('\n').length;
    let isFenced = false;
    for (const [index, line] of match[0].split('\n').entries()) {
      if (/^\s*\*?\s*```/.test(line)) isFenced = !isFenced;
      else if (!isFenced) yield { line: first + index, text: withoutCode(line) };
    }
  }
}

function withoutCode(line) {
  return line
    .replaceAll(/`[^`]*`/g, '`x`')
    .replaceAll(/\{@link [^}]*\}/g, 'it')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/https?:\/\/\S+/g, 'URL');
}

function checkLines(file, lines) {
  for (const { line, text } of lines) {
    for (const [pattern, instead] of BANNED) {
      const found = pattern.exec(text);
      if (found !== null) report(file, line, text, `"${found[0].trim()}": ${instead}`);
    }
  }
}

/** Sentences that are too long, in paragraphs and list items; tables have none. */
function checkSentences(file, text) {
  const prose = [...markdownProse(text)];
  let paragraph = '';
  let start = 0;
  const flush = () => {
    for (const sentence of paragraph.split(/(?<=[.!?:])\s+/)) {
      const words = sentence.split(/\s+/).filter((word) => /[A-Za-z0-9`]/.test(word)).length;
      if (words > MAX_WORDS) report(file, start, sentence, `a sentence of ${words} words`);
    }
    paragraph = '';
  };
  for (const { line, text: words } of prose) {
    const isBreak = words.trim() === '' || /^\s*(?:[|#>]|[-*+] |\d+\. )/.test(words);
    if (isBreak) flush();
    if (/^\s*[|#]/.test(words)) continue;
    if (paragraph === '') start = line;
    paragraph += ` ${words.trim().replace(/^(?:[-*+>]|\d+\.) /, '')}`;
  }
  flush();
}

for (const file of files) {
  const text = readFileSync(file, 'utf8');
  const extension = extname(file);
  if (extension === '.md') {
    checkLines(file, markdownProse(text));
    checkSentences(file, text);
  } else {
    checkLines(file, commentProse(text, extension));
  }
}

console.log(findings === 0 ? 'prose: no findings' : `prose: ${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;
