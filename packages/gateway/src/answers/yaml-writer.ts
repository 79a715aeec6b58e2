import type { AnswerWriter } from './answer-writer.ts';
import { unwritable } from './json-scanner.ts';
import { yamlQuoted, yamlString } from './yaml-string.ts';

/** Maximum length of an implicit key, quotes included (YAML 1.2.2, section 7.4.2). */
const MAX_KEY_LENGTH = 1_023;

/** A mapping or a sequence that has not ended. */
interface Open {
  readonly isSequence: boolean;
  readonly indent: number;
  /** Whether its first line continues the parent's line: `- a: 1`. */
  readonly inline: boolean;
  isEmpty: boolean;
}

/**
 * Writes YAML in block style, as the built-in plugin does. A sequence is not indented below its key.
 *
 * ```yaml
 * datastore:
 * - key:
 *   - project
 *   generation: 0
 * ```
 */
export class YamlWriter implements AnswerWriter {
  readonly #open: Open[] = [];
  #out = '';
  #inString = false;

  beginObject(): void {
    this.#begin(false);
  }

  beginArray(): void {
    this.#begin(true);
  }

  endObject(): void {
    this.#end('{}');
  }

  endArray(): void {
    this.#end('[]');
  }

  name(key: string): void {
    const text = yamlString(key);
    if (text.length > MAX_KEY_LENGTH) throw unwritable('a key is too long');
    this.#entry();
    this.#out += `${text}:`;
  }

  literal(text: string): void {
    this.#beforeScalar();
    this.#out += text;
  }

  string(piece: string, isLast: boolean): void {
    if (this.#inString) {
      this.#out += yamlQuoted(piece);
      if (isLast) this.#out += '"';
    } else {
      this.#beforeScalar();
      this.#out += isLast ? yamlString(piece) : `"${yamlQuoted(piece)}`;
    }
    this.#inString = !isLast;
  }

  end(): void {
    this.#out += '\n';
  }

  flush(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #begin(isSequence: boolean): void {
    const parent = this.#open.at(-1);
    if (parent?.isSequence === true) this.#entry();
    const deeper = parent === undefined || (isSequence && !parent.isSequence) ? 0 : 2;
    this.#open.push({
      isSequence,
      indent: (parent?.indent ?? 0) + deeper,
      inline: parent === undefined || parent.isSequence,
      isEmpty: true,
    });
  }

  #end(empty: string): void {
    const ended = this.#open.pop();
    if (ended?.isEmpty !== true) return;
    this.#out += ended.inline ? empty : ` ${empty}`;
  }

  /** Starts an item of a sequence or a key of a mapping. */
  #entry(): void {
    const open = this.#open.at(-1);
    if (open === undefined) return;
    if (!open.isEmpty || !open.inline) this.#out += `\n${' '.repeat(open.indent)}`;
    open.isEmpty = false;
    if (open.isSequence) this.#out += '- ';
  }

  #beforeScalar(): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) return;
    if (parent.isSequence) this.#entry();
    else this.#out += ' ';
  }
}
