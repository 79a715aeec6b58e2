import { CONDITIONS } from '@clnrest/runes';
import type { DraftAlternative, DraftProblem } from '../restricting/draft.ts';
import { conditionInWords, type Field, FIELD_KINDS, FIELDS, UNITS } from '../restricting/fields.ts';
import { element, setProblem, setText, setValue } from '../../dom.ts';

type Change = Partial<DraftAlternative>;

/** One alternative in the form: field, operator and value. */
export class DraftLine {
  readonly item: HTMLElement;
  readonly #group: HTMLElement;
  readonly #kind: HTMLSelectElement;
  readonly #condition = element('select');
  readonly #detail: HTMLInputElement;
  readonly #unit = element('select');
  readonly #value: HTMLInputElement;
  readonly #remove = element('button', { type: 'button', class: 'quiet small' }, 'Remove');
  readonly #fields: Readonly<
    Record<'kind' | 'detail' | 'condition' | 'value' | 'unit', HTMLElement>
  >;
  readonly #detailName = element('span');
  readonly #valueName = element('span');
  readonly #help: HTMLElement;
  readonly #problem: HTMLElement;
  #shown: DraftAlternative['kind'] | undefined;

  /** @param remove called to remove the line from the form */
  constructor(key: number, change: (change: Change) => void, remove: () => void) {
    const [help, problem] = [`draft-help-${key}`, `draft-problem-${key}`];
    this.#help = element('p', { id: help, class: 'hint' });
    this.#problem = element('p', { id: problem, class: 'error' });
    const described = { 'aria-describedby': `${help} ${problem}` };
    const typed = { autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', ...described };
    this.#kind = element('select', { 'aria-describedby': help });
    this.#kind.append(
      ...FIELD_KINDS.map((kind) => element('option', { value: kind }, FIELDS[kind].label)),
    );
    this.#unit.append(
      ...UNITS.map(({ suffix, label }) => element('option', { value: suffix }, label)),
    );
    this.#detail = element('input', typed);
    this.#value = element('input', typed);
    this.#fields = {
      kind: fieldOf(element('span', {}, 'Field'), this.#kind, 'about'),
      detail: fieldOf(this.#detailName, this.#detail, 'detail'),
      condition: fieldOf(element('span', {}, 'Operator'), this.#condition),
      value: fieldOf(this.#valueName, this.#value),
      unit: fieldOf(element('span', {}, 'Unit'), this.#unit),
    };

    this.#kind.addEventListener('change', () => {
      const kind = FIELD_KINDS.find((each) => each === this.#kind.value);
      if (kind !== undefined) change({ kind });
    });
    this.#condition.addEventListener('change', () => {
      const condition = CONDITIONS.find((each) => each === this.#condition.value);
      if (condition !== undefined) change({ condition });
    });
    this.#detail.addEventListener('input', () => change({ detail: this.#detail.value }));
    this.#unit.addEventListener('change', () => change({ detail: this.#unit.value }));
    this.#value.addEventListener('input', () => change({ value: this.#value.value }));
    this.#remove.addEventListener('click', remove);

    this.#group = element(
      'div',
      { class: 'draft-line', role: 'group' },
      this.#fields.kind,
      this.#fields.detail,
      this.#fields.condition,
      this.#fields.value,
      this.#fields.unit,
      this.#problem,
      this.#help,
      this.#remove,
    );
    this.item = element('li', {}, this.#group);
  }

  /**
   * @param place the number of the alternative, from 1
   * @param isOnly whether this is the only alternative, which cannot be removed
   * @param isHelped whether the line above already shows the hint of this field
   */
  show(
    line: DraftAlternative,
    problem: DraftProblem | undefined,
    { place, isOnly, isHelped }: { place: number; isOnly: boolean; isHelped: boolean },
  ): void {
    const field = FIELDS[line.kind];
    if (this.#shown !== line.kind) this.#shape(line.kind, field);
    this.#group.setAttribute('aria-label', `Alternative ${place}`);
    this.#kind.value = line.kind;
    this.#condition.value = line.condition;
    if (field.detail === 'unit') this.#unit.value = line.detail;
    else setValue(this.#detail, line.detail);
    this.#fields.value.hidden = line.condition === '!';
    this.#fields.condition.classList.toggle('alone', line.condition === '!');
    setValue(this.#value, line.value);
    this.#remove.hidden = isOnly;
    this.#help.classList.toggle('visually-hidden', isHelped);
    const wrong = problem?.input === 'detail' ? this.#detail : this.#value;
    const right = wrong === this.#value ? this.#detail : this.#value;
    right.removeAttribute('aria-invalid');
    setProblem(wrong, this.#problem, problem?.words);
  }

  focus(): void {
    this.#kind.focus();
  }

  /** Focuses the invalid input; returns whether there is one. */
  focusProblem(): boolean {
    const wrong = this.item.querySelector<HTMLElement>('[aria-invalid]');
    wrong?.focus();
    return wrong !== null;
  }

  /** Adapts the inputs to the field. */
  #shape(kind: DraftAlternative['kind'], field: Field): void {
    this.#shown = kind;
    this.#condition.replaceChildren(
      ...field.conditions.map((condition) =>
        element(
          'option',
          { value: condition },
          `${conditionInWords(condition, kind)}  ${condition}`,
        ),
      ),
    );
    this.#fields.detail.hidden = field.detail === undefined || field.detail === 'unit';
    this.#fields.unit.hidden = field.detail !== 'unit';
    // A single operator needs no select.
    this.#fields.condition.hidden = field.conditions.length === 1;
    this.#fields.kind.classList.toggle('alone', this.#fields.detail.hidden);
    setText(this.#detailName, field.detail === 'position' ? 'Position (from 0)' : 'Parameter');
    this.#detail.setAttribute('list', field.detail === 'position' ? 'positions' : 'parameters');
    setText(this.#valueName, VALUE_NAMES[field.value]);
    setText(this.#help, field.help);
    this.#value.type = field.value === 'time' ? 'datetime-local' : 'text';
    this.#value.step = field.value === 'time' ? '1' : '';
    if (field.value === 'command') this.#value.setAttribute('list', 'commands');
    else this.#value.removeAttribute('list');
    const isNumber = field.value === 'count' || field.value === 'msat';
    this.#value.inputMode = isNumber ? 'numeric' : 'text';
  }
}

const VALUE_NAMES: Readonly<Record<Field['value'], string>> = {
  command: 'Command',
  time: 'Date and time',
  count: 'Number',
  json: 'Value',
  msat: 'Millisatoshi',
  text: 'Text',
  node: 'Node id',
};

function fieldOf(name: HTMLElement, input: HTMLElement, role = ''): HTMLElement {
  return element('label', { class: `field ${role}`.trim() }, name, input);
}
