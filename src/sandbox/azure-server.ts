import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerAzureDevOps } from './azure-devops.ts';
import type { State } from './state.ts';

/** The Azure DevOps of a sandbox at the root of an address of its own, as the reader of Backstage needs it. */
export async function startAzureDevOps(state: State): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://azure.invalid');
    const { status, headers, body } = answerAzureDevOps(
      state,
      url.pathname,
      url.searchParams,
      request.headers,
    );
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
