import type { InvoiceReader } from '@clnrest/runes';

/** Invoices have some hundred characters. Parsing millions of characters would block all clients. */
const MAX_INVOICE_CHARACTERS = 16_384;

let loading: Promise<InvoiceReader> | undefined;
let loaded: InvoiceReader | undefined;

/** Imports the reader when the first rune restricts invoices, because its elliptic curve loads slowly. */
export function loadInvoiceReader(): Promise<InvoiceReader> {
  loading ??= import('@clnrest/runes/invoices').then(({ readInvoice }) => {
    loaded = boundedReader(readInvoice);
    return loaded;
  });
  return loading;
}

/** The reader if it is imported. Otherwise the import starts. */
export function loadedInvoiceReader(): InvoiceReader | undefined {
  if (loaded === undefined) void loadInvoiceReader();
  return loaded;
}

/** A newer node can read a BOLT 12 invoice that we cannot: BOLT 12 has features and even fields. */
function boundedReader(readInvoice: InvoiceReader): InvoiceReader {
  return (text) => {
    const isBolt12 = /^lni/i.test(text);
    if (text.length > MAX_INVOICE_CHARACTERS) {
      return { problem: 'too many characters', isUnknownKind: isBolt12 };
    }
    const read = readInvoice(text);
    return 'problem' in read ? { ...read, isUnknownKind: isBolt12 } : read;
  };
}
