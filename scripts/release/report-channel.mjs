// The channel for reports of vulnerabilities: the private reports of the repository on its host.

/**
 * The link in SECURITY.md, which each copy of the repository resolves below its own address: from
 * <address>/blob/main/SECURITY.md to <address>/security/advisories/new.
 */
export const REPORT_LINK = '../../security/advisories/new';

/**
 * Returns why the channel of the repository does not exist, or undefined. The repository's owner can disable it, and a private
 * repository does not have it.
 *
 * @param environment the variables that GitHub sets for a workflow, with its token as `GH_TOKEN`
 */
export async function channelProblem(environment = process.env) {
  const { GITHUB_API_URL, GITHUB_REPOSITORY, GH_TOKEN } = environment;
  if (GITHUB_API_URL === undefined)
    return 'only the release workflow can check that the host accepts private reports of vulnerabilities';
  const url = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/private-vulnerability-reporting`;
  const authorization = GH_TOKEN === undefined ? {} : { authorization: `Bearer ${GH_TOKEN}` };
  const response = await fetch(url, {
    headers: { accept: 'application/vnd.github+json', ...authorization },
  });
  const body = await response.text();
  if (response.status === 200 && JSON.parse(body).enabled === true) return undefined;
  return `enable private vulnerability reporting in the settings of ${GITHUB_REPOSITORY}: the host returned ${response.status} ${body}`;
}
