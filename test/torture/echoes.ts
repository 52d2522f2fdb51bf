import { shownOf } from '../scenarios/support/secrets.ts';
import { virtualClock } from './clocks.ts';
import type { Tally } from './dimension.ts';
import { runCore } from './run.ts';
import { countRequests, REPOSITORY, STORIES, type Story } from './stories.ts';

/** How a server may write the token that it was sent. */
const FORMS: ((token: string) => string)[] = [
  (token) => token,
  (token) => Buffer.from(`Bearer ${token}`).toString('base64'),
  (token) => Buffer.from(`user:${token}`).toString('base64url'),
  (token) => [...token].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
  (token) => [...token].map((character) => `&#${character.charCodeAt(0)};`).join(''),
  (token) => [...token].map((character) => `\\u00${character.charCodeAt(0).toString(16)}`).join(''),
];

/** The answers in which it may do so. */
const ANSWERS: ((text: string) => { status: number; headers?: Record<string, string>; body: string })[] = [
  (text) => ({ status: 400, body: JSON.stringify({ status: 400, detail: text }) }),
  (text) => ({ status: 403, body: `<html><body><p>${text}</p></body></html>` }),
  (text) => ({ status: 200, body: text }),
  (text) => ({
    status: 302,
    headers: { location: `https://example.com/?${encodeURIComponent(text)}` },
    body: '',
  }),
];

/**
 * A server that shows the token, in every form and answer, at every request, so that our cut goes through it.
 *
 * @param pick which of the combinations to try, by a running number
 */
export async function echoes(pick: (combination: number) => boolean): Promise<Tally> {
  const tally: Tally = { tried: 0, inPlace: 0, byNext: 0, failures: [] };
  let combination = 0;
  for (const story of STORIES) {
    const requests = await countRequests(story);
    for (const [form, write] of FORMS.entries())
      for (const [kind, answer] of ANSWERS.entries())
        for (let position = 1; position <= requests; position++) {
          if (!pick(combination++)) continue;
          tally.tried += 1;
          const cut = (combination * 37) % 310;
          const shown = await echo(story, position, (token) => answer(`${'x'.repeat(cut)}${write(token)}`));
          if (shown)
            tally.failures.push(
              `${story.name}, form ${form} in answer ${kind} at request ${position}: shows ${shown}`,
            );
          else tally.inPlace += 1;
        }
  }
  return tally;
}

async function echo(
  story: Story,
  position: number,
  answer: (token: string) => ReturnType<(typeof ANSWERS)[number]>,
): Promise<string> {
  const clock = virtualClock();
  const world = await story.build({ now: clock.now });
  const inputs = story.inputs(world);
  const secrets = [inputs['catalog-token'] ?? '', inputs['azure-devops-pat'] ?? ''];
  let count = 0;
  world.fault = ({ path }) => {
    count += 1;
    const secret = path.startsWith('/azure-devops/') ? secrets[1] : secrets[0];
    return count === position ? { answer: answer(secret ?? '') } : undefined;
  };
  const { said, outputs } = await runCore({ inputs, repository: REPOSITORY, clock });
  await world.close();
  return secrets.map((secret) => shownOf(secret, `${said}${JSON.stringify(outputs)}`)).join('');
}
