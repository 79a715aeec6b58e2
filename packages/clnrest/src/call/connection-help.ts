/** The URL at which `npm start` serves. */
export const DEFAULT_URL = 'https://127.0.0.1:3010';
/** The certificate authority of `npm start`, relative to the home directory. */
export const SANDBOX_CA = '.lightning/regtest/clnrest/ca.pem';

/** Help for the options of the rune. */
export const RUNE_OPTIONS_HELP = `  --rune=RUNE          rune to authenticate with (visible to other local users)
  --rune-file=FILE     file that contains the rune, - for stdin: the rune itself,
                       createrune's JSON, LIGHTNING_RUNE="…" or a pairing link
                       (default: the environment variable CLNREST_RUNE)`;
/** Help for the option of the certificate authority. */
export const CA_OPTIONS_HELP = `  --ca=FILE            certificate authority to trust (default: CLNREST_CA; on this
                       machine ~/${SANDBOX_CA}, if it
                       exists; otherwise the system's)`;
/** Help for all options of `createClient`. */
export const CONNECTION_HELP = `  --url=URL            URL of the gateway, host:port, or a pairing link; - reads it
                       from stdin (default: CLNREST_URL or ${DEFAULT_URL})
${RUNE_OPTIONS_HELP}
${CA_OPTIONS_HELP}
  --pace               wait when the rune is rate-limited (default: fail)`;
