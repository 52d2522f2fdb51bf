import { Failure } from '../errors.ts';
import { oneLine } from '../text.ts';
import type { HttpRequest } from './http.ts';

/** The `code` of the error of an answer that is too large to read, and of a proxy that opens no tunnel. */
export const TOO_LARGE = 'TOO_LARGE';
export const PROXY_FAILED = 'PROXY_FAILED';

/** The request got no usable answer. */
export class NoAnswer extends Failure {
  override readonly name = 'NoAnswer';
  /** What kind of fault, e.g. `ECONNRESET`. */
  readonly code: string;
  /** Whether the server may have acted on the request all the same. */
  readonly maybeProcessed: boolean;
  /** Whether the fault may go away by itself. */
  readonly passing: boolean;

  /** @param error what the connection, or reading the answer, ended with */
  constructor(request: HttpRequest, error: unknown) {
    const fault = faultOf(error);
    super(
      `${request.method} ${request.url.origin}${request.url.pathname} got no answer: ${oneLine(fault.reason)}.`,
      fault.cure,
    );
    this.code = fault.code;
    this.maybeProcessed = request.method !== 'GET' && !request.reads && fault.maybeProcessed;
    this.passing = fault.passing;
  }
}

interface Fault {
  code: string;
  reason: string;
  maybeProcessed: boolean;
  passing: boolean;
  cure: string;
}

const NEVER_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/u;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u;

function faultOf(error: unknown): Fault {
  const { code: given, name, message = '' } = error as { code?: unknown; name?: string; message?: string };
  const code = String(given ?? name ?? 'ERROR');
  const reason = given === undefined ? message : `${code} ${message}`;
  if (name === 'TimeoutError')
    return {
      code: 'timeout',
      reason: message,
      maybeProcessed: true,
      passing: true,
      cure: 'Run the step again; if it goes on, check the status of the service and of the proxy.',
    };
  if (code === TOO_LARGE)
    return {
      code,
      reason,
      maybeProcessed: true,
      passing: false,
      cure: 'Check that the address is the API of the catalog.',
    };
  if (CERTIFICATE.test(code))
    return {
      code,
      reason,
      maybeProcessed: false,
      passing: false,
      cure: 'The certificate is not trusted here. Set NODE_EXTRA_CA_CERTS, on the runner, to the PEM file of your CA.',
    };
  if (code === PROXY_FAILED)
    return {
      code,
      reason: message,
      maybeProcessed: false,
      passing: !/status 4/u.test(message),
      cure: 'Check the address, user and password in HTTPS_PROXY, and whether the proxy allows this host.',
    };
  return {
    code,
    reason,
    maybeProcessed: !NEVER_SENT.test(code),
    passing: true,
    cure: 'Check the address, the network, and HTTPS_PROXY and NO_PROXY on the runner.',
  };
}
