/** The number of digits after the decimal point of each currency (ISO 4217), as lightningd v26.06.6 knows them. */
const BY_MINOR_UNIT: Readonly<Record<number, string>> = {
  0: [
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF',
    'XPT XSU XTS XUA XXX',
  ].join(' '),
  2: [
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD',
    'CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP',
    'GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD',
    'MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR',
    'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY',
    'TTD TWD TZS UAH USD USN UYU UZS VES WST XCD YER ZAR ZMW ZWL',
  ].join(' '),
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_MINOR_UNIT).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, Number(unit)] as const),
  ),
);

/** The number of digits after the decimal point of a currency; undefined if the currency is unknown. */
export function minorUnit(currency: string): number | undefined {
  return MINOR_UNITS.get(currency);
}
