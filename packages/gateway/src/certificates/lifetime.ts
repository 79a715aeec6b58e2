const DAY_MS = 86_400_000;

/** The lifetime of an authority and of a client certificate. */
export const TEN_YEARS_MS = 3_652 * DAY_MS;

/** The lifetime of a server certificate. Apple's systems reject more than 825 days, and browsers more than 398. */
export const SERVER_LIFETIME_MS = 397 * DAY_MS;

/** How long before its end a server certificate is replaced. */
export const RENEWAL_MS = 30 * DAY_MS;

/** Clocks differ: a certificate is valid from an hour before it is issued. */
export const CLOCK_SKEW_MS = 3_600_000;
