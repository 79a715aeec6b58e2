// THE PUBLIC ADDRESS OF THIS REPOSITORY: that of the repository on GitHub whose release workflow runs. Packages and READMEs name
// no other host for the project.
//
// Elsewhere, the repository has no address, and nothing can be published. For another host, set PUBLIC_ADDRESS, for example to
// 'https://git.example.com/clnrest/clnrest'.

/** The address without a slash at the end, or undefined for the repository of the workflow. */
const PUBLIC_ADDRESS = undefined;

/** Takes the place of the address in packages for tests. No host has this name (RFC 2606, section 2). */
export const UNPUBLISHED_ADDRESS = 'https://unpublished.invalid/clnrest';

/** Returns the address, or undefined if the repository is not public. */
export function publicAddress(environment = process.env) {
  const { GITHUB_ACTIONS, GITHUB_SERVER_URL, GITHUB_REPOSITORY } = environment;
  if (PUBLIC_ADDRESS !== undefined || GITHUB_ACTIONS !== 'true') return PUBLIC_ADDRESS;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
}

/** Returns the address for packages that leave this machine. @throws {Error} if the repository has no address */
export function requirePublicAddress(address = publicAddress()) {
  if (address !== undefined && new URL(address).protocol === 'https:') return address;
  throw new Error(
    'the repository has no public address: publish in the release workflow, or set PUBLIC_ADDRESS in scripts/release/public-address.mjs',
  );
}
