// Asks the server. The token is kept for this tab alone, and goes nowhere but into the header.

const KEY = 'dbsd-token';
const PATIENCE_MILLIS = 20_000;

/** The server refused or failed; it says why, and what to do. */
export class ApiFailure extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.remedy = error.remedy;
  }
}

export const hasToken = () => sessionStorage.getItem(KEY) !== null;
export const keepToken = token => sessionStorage.setItem(KEY, token);
export const forgetToken = () => sessionStorage.removeItem(KEY);

/** Takes the token out of the address, where it would be seen and kept in the history. */
export function takeTokenOfAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) {
    keepToken(token);
    history.replaceState(null, '', location.pathname);
  }
  return Boolean(token);
}

/** A path below /v1 from names as they are. */
export const path = (...segments) => `/v1/${segments.map(encodeURIComponent).join('/')}`;

export async function ask(method, url, body) {
  const headers = {Authorization: `Bearer ${sessionStorage.getItem(KEY)}`};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  let answer;
  let value;
  try {
    answer = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MILLIS),
    });
    value = await answer.json();
  } catch (cause) {
    throw new ApiFailure(0, {
      code: 'UNREACHABLE',
      message: cause.name === 'TimeoutError' ? 'The server takes too long.' : 'The server does not answer.',
      remedy: 'Check that dbsd runs; the page goes on when it does.',
    });
  }
  if (!answer.ok) {
    throw new ApiFailure(answer.status, value.error);
  }
  return value;
}

export const get = url => ask('GET', url);
