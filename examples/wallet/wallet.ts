// A wallet in a browser: shows the balance, creates invoices, pays them, and follows payments as they happen.
//
// Its rune allows what the page does, and no payment above 100,000 sat:
//   lightning-cli createrune null '[["method=listpeerchannels","method=listinvoices","method=listpays","method=invoice",
//     "method=decode","method=xpay","method=listclnrest-notifications"],["method/xpay","pinvinvstring_amount<100000001"],
//     ["method/xpay","pnamemaxfee!"]]'
import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { encodeQR } from 'qr';
import { inSat, readBalance, readPayments } from './payments.ts';

type Client = ClnrestClient<'bigint'>;

/** Notifications after which amounts can differ. */
const TOPICS = ['invoice_payment', 'sendpay_success', 'channel_state_changed'] as const;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found as T;
}

/** A text that was entered in a form. */
function entered(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** Runs the function when a form is submitted. Its button cannot be used in the meantime: a payment must not be made twice. */
function onSubmit(id: string, run: (form: HTMLFormElement) => Promise<void>): void {
  const form = element<HTMLFormElement>(id);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    void exclusively(button, () => run(form));
  });
}

async function exclusively(
  button: HTMLButtonElement | null,
  run: () => Promise<void>,
): Promise<void> {
  if (button === null || button.disabled) return;
  button.disabled = true;
  tell('');
  try {
    await run();
  } catch (error) {
    tell(explain(error));
  } finally {
    button.disabled = false;
  }
}

/** Shows a sentence above everything, or nothing. */
function tell(sentence: string): void {
  const notice = element('notice');
  notice.textContent = sentence;
  notice.hidden = sentence === '';
}

function explain(error: unknown): string {
  if (!(error instanceof ClnrestError)) return String(error);
  if (error.mayHaveRun) return `${error.message} The node may have done it: look at the payments.`;
  return error.message;
}

/** The page after it is connected. */
class Wallet {
  readonly #client: Client;
  /** The label of the invoice that is shown. */
  #label = '';
  /** The invoice whose details are shown. */
  #invoice = '';
  #isRefreshing = false;
  #mustRefresh = false;

  constructor(client: Client) {
    this.#client = client;
  }

  start(): void {
    onSubmit('receive', (form) => this.#receive(form));
    onSubmit('pay', (form) => this.#check(entered(form, 'invoice')));
    const send = element<HTMLButtonElement>('send');
    send.addEventListener('click', () => void exclusively(send, () => this.#pay()));
    element('cancel').addEventListener('click', () => this.#forgetInvoice());
    element('copy').addEventListener('click', () => {
      const text = element<HTMLTextAreaElement>('bolt11').value;
      navigator.clipboard.writeText(text).catch(() => tell('The browser does not allow to copy.'));
    });
    void this.#follow();
  }

  /** Reads amounts and payments again. Further requests in the meantime are answered by one more reading. */
  async refresh(): Promise<void> {
    this.#mustRefresh = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      while (this.#mustRefresh) {
        this.#mustRefresh = false;
        await this.#read();
      }
    } finally {
      this.#isRefreshing = false;
    }
  }

  async #read(): Promise<void> {
    const balance = await readBalance(this.#client);
    element('balance').textContent = inSat(balance.ours);
    element('spendable').textContent = inSat(balance.spendable);
    element('receivable').textContent = inSat(balance.receivable);
    const payments = await readPayments(this.#client);
    element('none').hidden = payments.length > 0;
    element('history').replaceChildren(
      ...payments.map(({ direction, amount, description, time }) => {
        const item = document.createElement('li');
        const sign = direction === 'received' ? '+' : '−';
        const name = direction === 'received' ? 'Received' : 'Sent';
        item.append(
          textElement('span', description === '' ? name : `${name}: ${description}`),
          textElement('span', `${sign}${inSat(amount)} sat`, direction),
          textElement('time', new Date(time * 1000).toLocaleString()),
        );
        return item;
      }),
    );
  }

  /** Follows notifications until the page is closed. The client resumes them, and says if it has missed some. */
  async #follow(): Promise<void> {
    try {
      for await (const event of this.#client.notifications({ topics: TOPICS })) {
        if (event.type === 'notification' && event.topic === 'invoice_payment') {
          if (event.payload.label === this.#label) this.#paid();
        }
        await this.refresh().catch((error: unknown) => tell(explain(error)));
      }
    } catch (error) {
      tell(`Payments are no longer followed: ${explain(error)} Reload the page.`);
    }
  }

  async #receive(form: HTMLFormElement): Promise<void> {
    const label = `wallet-${crypto.randomUUID()}`;
    this.#label = label;
    const { bolt11 } = await this.#client.call('invoice', {
      amount_msat: BigInt(entered(form, 'amount')) * 1000n,
      label,
      description: entered(form, 'description'),
    });
    const svg = encodeQR(bolt11.toUpperCase(), 'svg', { border: 2 });
    element<HTMLImageElement>('code').src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
    element('code').hidden = false;
    element<HTMLTextAreaElement>('bolt11').value = bolt11;
    element('invoice-state').textContent = 'Waiting for the payment…';
    element('invoice').hidden = false;
    form.reset();
  }

  #paid(): void {
    element('invoice-state').textContent = 'Paid.';
    element('code').hidden = true;
  }

  /** Shows what an invoice asks for. Nothing is paid before it is confirmed. */
  async #check(text: string): Promise<void> {
    this.#forgetInvoice();
    const invoice = text.replace(/^lightning:/i, '');
    const decoded = await this.#client.call('decode', { string: invoice });
    if (decoded.type !== 'bolt11 invoice' || !decoded.valid) {
      tell('This is not a valid invoice.');
      return;
    }
    const { amount_msat: amount, description = '', payee, created_at, expiry } = decoded;
    if (amount === undefined) {
      tell('This wallet pays only invoices with an amount.');
      return;
    }
    const expires = new Date((Number(created_at) + Number(expiry)) * 1000);
    const facts = { Amount: `${inSat(amount)} sat`, For: description, To: payee };
    element('details').replaceChildren(
      ...Object.entries({ ...facts, 'Valid until': expires.toLocaleString() }).flatMap(
        ([name, value]) => [textElement('dt', name), textElement('dd', value)],
      ),
    );
    this.#invoice = invoice;
    element('confirm').hidden = false;
  }

  async #pay(): Promise<void> {
    await this.#client.call('xpay', { invstring: this.#invoice });
    this.#forgetInvoice();
    element<HTMLFormElement>('pay').reset();
    await this.refresh();
  }

  #forgetInvoice(): void {
    element('confirm').hidden = true;
    element('details').replaceChildren();
  }
}

function textElement(name: string, text: string, className = ''): HTMLElement {
  const created = document.createElement(name);
  created.textContent = text;
  created.className = className;
  return created;
}

onSubmit('connect', async (form) => {
  const url = entered(form, 'url');
  const client = new ClnrestClient({ url, rune: entered(form, 'rune'), amounts: 'bigint' });
  const wallet = new Wallet(client);
  await wallet.refresh();
  form.remove();
  element('wallet').hidden = false;
  wallet.start();
});
