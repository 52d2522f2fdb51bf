import { array, boolean, looseObject, number, object, optional, safeParse, string, union } from 'valibot';
import { messageOf } from '../../errors.ts';
import { parseJson } from '../../http/json.ts';
import { NoAnswer } from '../../http/no-answer.ts';
import { oneLine } from '../../text.ts';
import type { BackstageClient } from '../backstage/client.ts';
import { BackstageError, UnreadableAnswer } from '../backstage/errors.ts';

/** A secret of Roadie, without its value. */
export interface Secret {
  /** `Available` says that it is set, not that it works; `unseen` is ours. */
  status: 'Available' | 'Updating' | 'Not Set' | 'unseen';
  /** Its last four characters, where Roadie shows them. */
  ending?: string | undefined;
  /** Why it is unseen. */
  why?: string;
}

/** "JSON-RPC 2.0", section 5, and "Model Context Protocol", tools/call: a tool that fails says so in its result. */
const Answer = union([
  object({
    result: looseObject({
      isError: optional(boolean()),
      content: array(looseObject({ text: optional(string(), '') })),
    }),
  }),
  object({ error: looseObject({ code: optional(number()), message: optional(string(), '') }) }),
]);
const Secrets = object({
  secrets: array(looseObject({ name: string(), status: string(), value: optional(string()) })),
});

/**
 * The secret with which Roadie reads Azure DevOps, by the tool `get-secrets-list` of its MCP server "backend-config"
 * (roadie.io/docs, "Roadie MCP").
 *
 * @param tolerant whether it is unseen after any failure; else only after a refusal
 */
export async function readAzureToken(client: BackstageClient, tolerant = true): Promise<Secret> {
  const { text, failed } = await askTool(client, 'backend-config', 'get-secrets-list', tolerant);
  const unseen = (why: string): Secret => ({ status: 'unseen', why: oneLine(why) });
  if (failed !== undefined) return unseen(failed);
  const parsed = safeParse(Secrets, parseJson(text));
  const found = parsed.success && parsed.output.secrets.find(({ name }) => name === 'AZURE_TOKEN');
  if (!found) return unseen('Roadie does not list it.');
  const { status, value } = found;
  if (status !== 'Available' && status !== 'Updating' && status !== 'Not Set')
    return unseen(`Its status is "${status}".`);
  return { status, ending: /^\*+(\w{4})$/u.exec(value ?? '')?.[1] };
}

/** Calls a tool of an MCP server of Roadie. @returns its text, or why there is none */
async function askTool(
  client: BackstageClient,
  server: string,
  name: string,
  tolerant: boolean,
): Promise<{ text: string; failed?: string }> {
  try {
    const answer = await client.call(
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
    if ('error' in answer) {
      const { code, message } = answer.error;
      return { text: '', failed: `Roadie answered ${name} with the error ${code ?? ''} ${message}`.trim() };
    }
    const { isError, content } = answer.result;
    const text = content[0]?.text ?? '';
    return isError ? { text: '', failed: `Roadie answered ${name} with an error: ${text}` } : { text };
  } catch (error) {
    const refused = error instanceof BackstageError && (error.status === 403 || error.status === 404);
    const failed =
      error instanceof BackstageError || error instanceof UnreadableAnswer || error instanceof NoAnswer;
    if (refused || (tolerant && failed)) return { text: '', failed: messageOf(error) };
    throw error;
  }
}
