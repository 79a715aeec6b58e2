import { printable, printableJson } from '../rune/printable.ts';
import type { Finding, Status } from './findings.ts';

const LABELS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'problem',
  left_out: 'skipped',
};
/** Foreground colours (ECMA-48): green, yellow, red, and none. */
const COLORS: Readonly<Record<Status, number>> = { ok: 32, warning: 33, problem: 31, left_out: 39 };
const LABEL_WIDTH = 9;
const CHECK_WIDTH = 11;

/** Collects findings and formats them as text or JSON, without secrets. */
export class Report {
  readonly #url: string;
  readonly #color: boolean;
  readonly #secrets: readonly string[];
  readonly #findings: Finding[] = [];
  /** Checks that were skipped for one reason and are not printed yet. */
  #skipped: Finding[] = [];

  /**
   * @param rune hidden in the report, because a server can repeat it
   * @param color whether the text may have colours
   */
  constructor(url: string, rune: string | undefined, color = false) {
    this.#url = url;
    this.#color = color;
    this.#secrets = rune === undefined ? [] : secretsOf(rune);
  }

  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** The worst status of all findings. */
  get status(): Exclude<Status, 'left_out'> {
    if (this.#count('problem') > 0) return 'problem';
    return this.#count('warning') > 0 ? 'warning' : 'ok';
  }

  get title(): string {
    return `${this.#safe(this.#url)}\n\n`;
  }

  /** Formats a finding. Holds back skipped checks, to print those with one reason on one line. */
  text(finding: Finding): string {
    const isSkipped = finding.status === 'left_out';
    const hasSameReason = isSkipped && this.#skipped[0]?.found === finding.found;
    const before = hasSameReason ? '' : this.#skippedText();
    if (!isSkipped) return before + this.#lines(finding);
    this.#skipped.push(finding);
    return before;
  }

  /** The remaining skipped checks, and the number of problems and warnings. */
  get summary(): string {
    const counts = [counted(this.#count('problem'), 'problem')];
    const warnings = this.#count('warning');
    if (warnings > 0) counts.push(counted(warnings, 'warning'));
    return `${this.#skippedText()}\n${counts.join(', ')}\n`;
  }

  /** The whole report as JSON. */
  get json(): string {
    const checks = this.#findings.map(({ check, status, code, found, remedy, details }) => ({
      check,
      status,
      code,
      found: this.#hide(found),
      ...(remedy === undefined ? {} : { remedy: this.#hide(remedy) }),
      ...(details.length === 0 ? {} : { details: details.map((line) => this.#hide(line)) }),
    }));
    return `${printableJson({ url: this.#hide(this.#url), status: this.status, checks })}\n`;
  }

  #lines({ check, status, found, remedy, details }: Finding): string {
    const label = LABELS[status].padEnd(LABEL_WIDTH) + check.padEnd(CHECK_WIDTH);
    const indent = ' '.repeat(label.length);
    const lines = [
      `${label}${found}`,
      ...details.map((line) => `${indent}  ${line}`),
      ...(remedy === undefined ? [] : [`${indent}-> ${remedy}`]),
    ];
    const [first = '', ...more] = lines.map((line) => this.#safe(line));
    return `${[this.#painted(first, status), ...more].join('\n')}\n`;
  }

  /** Colours the label at the start of a line. */
  #painted(line: string, status: Status): string {
    if (!this.#color) return line;
    const { length } = LABELS[status];
    return `\u001B[${COLORS[status]}m${line.slice(0, length)}\u001B[39m${line.slice(length)}`;
  }

  #skippedText(): string {
    const [first] = this.#skipped;
    if (first === undefined) return '';
    const names = this.#skipped.map(({ check }) => check).join(', ');
    this.#skipped = [];
    return `${this.#safe(`${LABELS.left_out.padEnd(LABEL_WIDTH)}${names}: ${first.found}`)}\n`;
  }

  #count(status: Status): number {
    return this.#findings.filter((finding) => finding.status === status).length;
  }

  #safe(line: string): string {
    return printable(this.#hide(line));
  }

  #hide(text: string): string {
    return this.#secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '(hidden)'), text);
  }
}

/** The length of 32 bytes in base64, which every rune has. No server receives a shorter text. */
const MIN_RUNE_LENGTH = 43;

/** Returns the spellings of the rune, the longest first, because one is a prefix of another. */
function secretsOf(rune: string): string[] {
  if (rune.length < MIN_RUNE_LENGTH) return [];
  return [encodeURIComponent(rune), rune, rune.replace(/={1,2}$/, '')];
}

function counted(count: number, noun: string): string {
  if (count === 0) return `no ${noun}s`;
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
