// THE PUBLIC ADDRESS OF THIS REPOSITORY. It is not public yet, so nothing can be published.
//
// To publish, set PUBLIC_ADDRESS, for example to 'https://git.example.com/clnrest/clnrest'. Packages, READMEs and
// SECURITY.md name no other host for the project.

/** The address without a slash at the end, or undefined if the repository is not public. */
export const PUBLIC_ADDRESS = undefined;

/** Takes the place of the address in packages for tests. No host has this name (RFC 2606, section 2). */
export const UNPUBLISHED_ADDRESS = 'https://unpublished.invalid/clnrest';

/** Returns the address for packages that leave this machine. @throws {Error} if it is not set */
export function requirePublicAddress(address = PUBLIC_ADDRESS) {
  if (address !== undefined && new URL(address).protocol === 'https:') return address;
  throw new Error(
    'the repository has no public address: set PUBLIC_ADDRESS in scripts/release/public-address.mjs before you publish',
  );
}
