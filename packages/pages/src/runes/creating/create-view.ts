import { lint, Rune } from '@clnrest/runes';
import { element, part, setProblem, setText } from '../../dom.ts';
import type { Concern } from '../explaining/concerns.ts';
import { inBrief } from '../managing/in-brief.ts';
import type { NodeRune } from '../managing/node-rune.ts';
import type { NodeRunes, RunesState } from '../managing/node-runes.ts';
import { confirm } from '../managing/view/confirm.ts';
import { titleOf } from '../managing/view/rune-title.ts';
import { longText } from '../view/long-text.ts';
import { notesOf } from '../view/notes.ts';
import {
  type CreateField,
  type CreateForm,
  type CreatePlan,
  EMPTY_CREATE_FORM,
  type PlannedRune,
  presetNamed,
  readCreateForm,
} from './create-form.ts';
import { canLimitFees, isSpending, needsLimit, type Preset, rejectsLimits } from './preset.ts';
import { withheldCommands } from './preset-restrictions.ts';

/** The form for new runes: a preset, its limits, and a preview. */
export class CreateView {
  readonly #form = part('create-form', HTMLFormElement);
  readonly #preset = part('create-preset', HTMLSelectElement);
  readonly #name = part('create-name', HTMLInputElement);
  readonly #limited = part('create-limited', HTMLInputElement);
  readonly #limit = part('create-limit', HTMLInputElement);
  readonly #fees = part('create-fees', HTMLInputElement);
  readonly #expiry = part('create-expiry', HTMLSelectElement);
  readonly #date = part('create-date', HTMLInputElement);
  readonly #rate = part('create-rate', HTMLSelectElement);
  readonly #otherRate = part('create-other-rate', HTMLInputElement);
  readonly #button = part('create-button', HTMLButtonElement);
  readonly #preview = part('create-preview', HTMLElement);
  readonly #problem = part('create-problem', HTMLElement);
  readonly #runes: NodeRunes;
  readonly #now: () => bigint;
  readonly #handOut: (rune: NodeRune) => void;
  /** The buttons of the created runes, by the rune. */
  readonly #handOutButtons = new Map<string, HTMLElement>();
  /** Whether the operator has submitted the form, so that it shows problems. */
  #isSubmitted = false;
  #isCreating = false;
  /** The name that the form has proposed. */
  #proposed = '';

  constructor(runes: NodeRunes, now: () => bigint, handOut: (rune: NodeRune) => void) {
    this.#runes = runes;
    this.#now = now;
    this.#handOut = handOut;
    this.#reset();
    this.#form.addEventListener('input', () => this.#show());
    this.#preset.addEventListener('input', () => this.#propose());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  update({ session, runes }: RunesState): void {
    if (this.#handOutButtons.size > 0) {
      for (const { text, isRevoked } of runes) {
        const button = this.#handOutButtons.get(text);
        if (button !== undefined) button.hidden = isRevoked;
      }
    }
    const refusal = session?.powers.createrune;
    const closed = part('creating-closed', HTMLElement);
    closed.hidden = refusal === undefined;
    setText(
      closed,
      refusal === undefined ? '' : `Your rune does not allow createrune: ${refusal}.`,
    );
    part('creating-fold', HTMLDetailsElement).hidden = refusal !== undefined;
    if (session === undefined) this.#clearCreated();
  }

  #reset(): void {
    const { preset, name, isLimited, limit, limitsFees, expiry, rate } = EMPTY_CREATE_FORM;
    this.#preset.value = preset;
    this.#name.value = name;
    this.#limited.checked = isLimited;
    this.#limit.value = limit;
    this.#fees.checked = limitsFees;
    this.#expiry.value = expiry;
    this.#rate.value = rate;
    this.#date.value = '';
    this.#otherRate.value = '';
    this.#isSubmitted = false;
    this.#proposed = '';
    this.#show();
  }

  /** Proposes the program's name, unless the operator has written another one. */
  #propose(): void {
    const { name } = presetNamed(this.#preset.value);
    const written = this.#name.value.trim();
    if (written !== '' && written !== this.#proposed) return;
    this.#proposed = name;
    this.#name.value = name;
    this.#show();
  }

  #entered(): CreateForm {
    return {
      preset: this.#preset.value,
      name: this.#name.value,
      isLimited: this.#limited.checked,
      limit: this.#limit.value,
      limitsFees: this.#fees.checked,
      expiry: this.#expiry.value,
      date: this.#date.value,
      rate: this.#rate.value,
      otherRate: this.#otherRate.value,
    };
  }

  #show(): CreatePlan {
    const form = this.#entered();
    const plan = readCreateForm(form, this.#now());
    const { preset } = plan;
    setText(part('create-help', HTMLElement), preset.help);
    const hasLimit = isSpending(preset) && !rejectsLimits(preset);
    part('create-limit-part', HTMLElement).hidden = !isSpending(preset);
    part('create-limited-part', HTMLElement).hidden = !hasLimit || needsLimit(preset);
    const isLimited = hasLimit && (form.isLimited || needsLimit(preset));
    part('create-limit-field', HTMLElement).hidden = !isLimited;
    part('create-fees-part', HTMLElement).hidden = !isLimited || !canLimitFees(preset);
    setText(part('create-limit-hint', HTMLElement), limitHint(preset, isLimited));
    setText(part('create-fees-hint', HTMLElement), form.limitsFees ? FEES_LIMITED : FEES_UNLIMITED);
    part('create-date-field', HTMLElement).hidden = form.expiry !== 'date';
    part('create-other-rate-field', HTMLElement).hidden = form.rate !== 'other';
    this.#showProblems(plan);
    const shown =
      'problems' in plan
        ? incomplete(plan.problems)
        : plan.runes.map((rune) => previewOf(rune, this.#now()));
    this.#preview.replaceChildren(...shown);
    setText(
      this.#button,
      preset.runes.length === 1 ? 'Create' : `Create ${preset.runes.length} runes`,
    );
    return plan;
  }

  #showProblems(plan: CreatePlan): void {
    const problems = 'problems' in plan && this.#isSubmitted ? plan.problems : {};
    const place = (id: string): HTMLElement => part(`create-${id}-problem`, HTMLElement);
    setProblem(this.#name, place('name'), problems.name);
    setProblem(this.#limit, place('limit'), problems.limit);
    setProblem(this.#date, place('date'), problems.date);
    setProblem(this.#otherRate, place('other-rate'), problems.otherRate);
  }

  async #submit(): Promise<void> {
    if (this.#isCreating) return;
    this.#isSubmitted = true;
    const plan = this.#show();
    this.#fail(undefined);
    if ('problems' in plan) {
      this.#form.querySelector<HTMLElement>('[aria-invalid]')?.focus();
      return;
    }
    if (!(await this.#confirms(plan.runes))) return;
    this.#isCreating = true;
    this.#button.setAttribute('aria-disabled', 'true');
    await this.#create(plan.runes);
    this.#isCreating = false;
    this.#button.removeAttribute('aria-disabled');
  }

  async #confirms(runes: readonly PlannedRune[]): Promise<boolean> {
    const dangers = runes
      .flatMap((rune) => findings(rune, this.#now()))
      .filter(({ severity }) => severity === 'danger');
    if (dangers.length === 0) return true;
    return confirm({
      title: 'Create a dangerous rune?',
      content: notesOf(dangers),
      confirm: 'Create it anyway',
      isDangerous: true,
    });
  }

  /** Creates the runes one after the other. Shows those that were created, even if a later one fails. */
  async #create(planned: readonly PlannedRune[]): Promise<void> {
    const created: NodeRune[] = [];
    try {
      for (const { restrictions } of planned) created.push(await this.#runes.create(restrictions));
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
    if (created.length === 0 || this.#runes.state.session === undefined) return;
    this.#showCreated(created);
    if (created.length < planned.length) return;
    part('creating-fold', HTMLDetailsElement).open = false;
    this.#reset();
    part('created-title', HTMLElement).focus();
  }

  #showCreated(runes: readonly NodeRune[]): void {
    const title = runes.length === 1 ? 'Created' : `Created ${runes.length} runes`;
    setText(part('created-title', HTMLElement), title);
    this.#handOutButtons.clear();
    part('created-list', HTMLElement).replaceChildren(
      ...runes.map((rune) => this.#createdItem(rune)),
    );
    part('created', HTMLElement).hidden = false;
  }

  #createdItem(rune: NodeRune): HTMLElement {
    const title = titleOf(rune);
    const button = element(
      'button',
      { type: 'button', class: 'primary small', 'aria-label': `Hand out ${title}` },
      'Hand out',
    );
    button.addEventListener('click', () => this.#handOut(rune));
    this.#handOutButtons.set(rune.text, button);
    const words = title.slice(0, 1).toUpperCase() + title.slice(1);
    return element(
      'li',
      {},
      element('div', { class: 'row apart' }, element('span', {}, words), button),
    );
  }

  #clearCreated(): void {
    part('created', HTMLElement).hidden = true;
    part('created-list', HTMLElement).replaceChildren();
    this.#handOutButtons.clear();
    this.#fail(undefined);
  }

  #fail(words: string | undefined): void {
    setText(this.#problem, words ?? '');
    this.#problem.hidden = words === undefined;
  }
}

/** The findings of lint about a rune that does not exist yet. A rune that spends without a limit is always a danger. */
function findings({ parsed, isUnlimited }: PlannedRune, now: bigint): readonly Concern[] {
  const found = lint(new Rune(new Uint8Array(32), undefined, undefined, parsed), now);
  if (!isUnlimited || found.some(({ severity }) => severity === 'danger')) return found;
  return [...found, { severity: 'danger', message: UNLIMITED }];
}

const UNLIMITED =
  'payments have no limit: anyone who has this rune can spend all funds of the node';

const LABELS: Readonly<Record<CreateField, string>> = {
  name: 'Name',
  limit: 'Maximum amount of a payment',
  date: 'Date and time',
  otherRate: 'Uses per minute',
};

/** Names the invalid fields and the reasons in place of a preview. */
function incomplete(problems: Readonly<Partial<Record<CreateField, string>>>): HTMLElement[] {
  const fields = ['name', 'limit', 'date', 'otherRate'] as const;
  const items = fields
    .filter((field) => problems[field] !== undefined)
    .map((field) => element('li', {}, `${LABELS[field]}: ${problems[field]}`));
  return [
    element('p', { class: 'hint' }, 'Complete the form to see what the new rune allows.'),
    element('ul', { class: 'list' }, ...items),
  ];
}

function repeatable(): HTMLElement {
  const words = 'Anyone with this rune can repeat payments without end. Choose a rate.';
  return element(
    'p',
    { class: 'note', 'data-tone': 'warn' },
    element('strong', {}, 'Warning: '),
    words,
  );
}

function previewOf(rune: PlannedRune, now: bigint): HTMLElement {
  const items = rune.parsed.map((restriction) =>
    element('li', {}, longText(inBrief(restriction, now))),
  );
  return element(
    'div',
    { class: 'stack tight' },
    element('h3', {}, rune.use ?? 'The new rune allows a command if all of these hold:'),
    element('ol', { class: 'restrictions' }, ...items),
    ...(rune.isRepeatable ? [repeatable()] : []),
    ...notesOf(findings(rune, now).filter(({ severity }) => severity !== 'hint')),
  );
}

const FEES_LIMITED =
  'To a tenth of the amount above, but at least 10 sat. lightningd v26.06 can refuse payments of such a rune by mistake: try one first.';
const FEES_UNLIMITED =
  'Anyone who has the rune can pay any fee, also to a node of their own, and thereby spend more than the limit.';

function limitHint(preset: Preset, isLimited: boolean): string {
  if (rejectsLimits(preset)) {
    return 'This program rejects runes with a limit. Anyone who has the rune can spend all funds.';
  }
  if (!isLimited) return 'Without a limit, anyone who has the rune can spend all funds.';
  const withheld = preset.runes.flatMap(withheldCommands);
  const texts = preset.runes.some(({ fees }) => fees === 'texts');
  return [
    'The node reads the amount from the invoice, and refuses invoices without an amount. Nodes before v24.05 refuse every payment with such a rune.',
    ...(texts
      ? [
          'Fees come in addition: this program sends their limit as text, which a rune cannot compare.',
        ]
      : []),
    ...(preset.runes.some(({ fees, more }) => fees !== undefined && more !== undefined)
      ? [
          'With a limit, the rune for payments does not require a label: lightningd v26.06 cannot check both.',
        ]
      : []),
    ...(withheld.length > 0 ? [`The rune does not allow ${withheld.join(', ')}.`] : []),
  ].join(' ');
}
