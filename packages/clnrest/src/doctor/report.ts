import { visible, visibleJson } from '../rune/visible.ts';
import type { Finding, Status } from './findings.ts';

const LABELS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'problem',
  left_out: 'left out',
};
const LABEL_WIDTH = 9;
const CHECK_WIDTH = 11;

/** Collects what was found, and puts it into words or JSON in which no secret stands. */
export class Report {
  readonly #url: string;
  readonly #secrets: readonly string[];
  readonly #findings: Finding[] = [];
  /** Left out for one reason, and not told yet. */
  #omitted: Finding[] = [];

  /** @param rune which a server may repeat to us, and nobody is to read */
  constructor(url: string, rune: string | undefined) {
    this.#url = url;
    this.#secrets = rune === undefined ? [] : secretsOf(rune);
  }

  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** `problem` if there is any, else `warning` if there is any. */
  get status(): Exclude<Status, 'left_out'> {
    if (this.#count('problem') > 0) return 'problem';
    return this.#count('warning') > 0 ? 'warning' : 'ok';
  }

  get title(): string {
    return `${this.#safe(this.#url)}\n\n`;
  }

  /** One finding: a line, and more lines where there is more to say. Those left out wait for the next. */
  words(finding: Finding): string {
    const isOmitted = finding.status === 'left_out';
    const goesOn = isOmitted && this.#omitted[0]?.found === finding.found;
    const before = goesOn ? '' : this.#wordsOfOmitted();
    if (!isOmitted) return before + this.#lines(finding);
    this.#omitted.push(finding);
    return before;
  }

  /** How many there are of each, and what is still to be told. */
  get sum(): string {
    const counts = [counted(this.#count('problem'), 'problem')];
    const warnings = this.#count('warning');
    if (warnings > 0) counts.push(counted(warnings, 'warning'));
    return `${this.#wordsOfOmitted()}\n${counts.join(', ')}\n`;
  }

  /** The whole for programs. */
  get json(): string {
    const checks = this.#findings.map(({ check, status, code, found, remedy, details }) => ({
      check,
      status,
      code,
      found: this.#hide(found),
      ...(remedy === undefined ? {} : { remedy: this.#hide(remedy) }),
      ...(details.length === 0 ? {} : { details: details.map((line) => this.#hide(line)) }),
    }));
    return `${visibleJson({ url: this.#hide(this.#url), status: this.status, checks })}\n`;
  }

  #lines({ check, status, found, remedy, details }: Finding): string {
    const label = LABELS[status].padEnd(LABEL_WIDTH) + check.padEnd(CHECK_WIDTH);
    const indent = ' '.repeat(label.length);
    const lines = [
      `${label}${found}`,
      ...details.map((line) => `${indent}  ${line}`),
      ...(remedy === undefined ? [] : [`${indent}-> ${remedy}`]),
    ];
    return `${lines.map((line) => this.#safe(line)).join('\n')}\n`;
  }

  #wordsOfOmitted(): string {
    const [first] = this.#omitted;
    if (first === undefined) return '';
    const names = this.#omitted.map(({ check }) => check).join(', ');
    this.#omitted = [];
    return `${this.#safe(`${LABELS.left_out.padEnd(LABEL_WIDTH)}${names}: ${first.found}`)}\n`;
  }

  #count(status: Status): number {
    return this.#findings.filter((finding) => finding.status === status).length;
  }

  #safe(line: string): string {
    return visible(this.#hide(line));
  }

  #hide(text: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '(hidden)'), text);
  }
}

/** Base64 of the 32 bytes that every rune has. What is shorter was shown to nobody. */
const SHORTEST_RUNE = 43;

/** The rune as it may be written; the longest first, as one is the beginning of another. */
function secretsOf(rune: string): string[] {
  if (rune.length < SHORTEST_RUNE) return [];
  return [encodeURIComponent(rune), rune, rune.replace(/={1,2}$/, '')];
}

function counted(count: number, noun: string): string {
  if (count === 0) return `no ${noun}`;
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
