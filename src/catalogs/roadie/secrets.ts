import { array, looseObject, object, optional, safeParse, string } from 'valibot';
import { parseJson } from '../../http/json.ts';
import { NoAnswer } from '../../http/no-answer.ts';
import type { BackstageClient } from '../backstage/client.ts';
import { BackstageError, UnreadableAnswer } from '../backstage/errors.ts';

/** A secret of Roadie, without its value. */
export interface Secret {
  status: 'Available' | 'Updating' | 'Not Set';
  /** Its last four characters, where Roadie shows them. */
  ending: string | undefined;
}

const Answer = object({
  result: looseObject({ content: array(looseObject({ text: optional(string(), '') })) }),
});
const Secrets = object({
  secrets: array(looseObject({ name: string(), status: string(), value: optional(string()) })),
});

/**
 * The secret with which Roadie reads Azure DevOps, by the tool `get-secrets-list` of its MCP server "backend-config"
 * (roadie.io/docs, "Roadie MCP"); undefined where it cannot be asked, or the answer does not tell.
 *
 * @param tolerant whether any failure is taken for that; else only a refusal
 */
export async function readAzureToken(client: BackstageClient, tolerant = true): Promise<Secret | undefined> {
  const text = await askTool(client, 'backend-config', 'get-secrets-list', tolerant);
  const parsed = safeParse(Secrets, parseJson(text ?? ''));
  const found = parsed.success && parsed.output.secrets.find(({ name }) => name === 'AZURE_TOKEN');
  if (!found) return undefined;
  const { status, value } = found;
  if (status !== 'Available' && status !== 'Updating' && status !== 'Not Set') return undefined;
  return { status, ending: /^\*+(\w{4})$/u.exec(value ?? '')?.[1] };
}

/** Calls a tool of an MCP server of Roadie ("Model Context Protocol", tools/call). @returns its text, if any */
async function askTool(
  client: BackstageClient,
  server: string,
  name: string,
  tolerant: boolean,
): Promise<string | undefined> {
  try {
    const { result } = await client.call(
      {
        method: 'POST',
        path: `/mcp/v1/${server}`,
        headers: { accept: 'application/json, text/event-stream' },
        body: {
          jsonrpc: '2.0',
          method: 'tools/call',
          params: { name, arguments: { random_string: 'dummy' } },
          id: 1,
        },
        reads: true,
      },
      Answer,
    );
    return result.content[0]?.text;
  } catch (error) {
    const refused = error instanceof BackstageError && (error.status === 403 || error.status === 404);
    const failed =
      error instanceof BackstageError || error instanceof UnreadableAnswer || error instanceof NoAnswer;
    if (refused || (tolerant && failed)) return undefined;
    throw error;
  }
}
