import type { CredentialFacts } from '../catalogs/catalog.ts';
import { oneLine } from '../text.ts';
import { Html, html, link, words } from '../tickets/html.ts';
import type { Verdict } from './verdict.ts';
import { daysLeft, howKnown } from './wording.ts';

/** What a ticket tells of. */
export interface Matter {
  facts: CredentialFacts;
  verdict: Verdict;
  /** For people, e.g. `Konnect Catalog at https://us.api.konghq.com`. */
  catalog: string;
  /** Whether the run has a PAT. */
  patGiven: boolean;
  /** Whether it is the same credential that works again. */
  again?: boolean;
  /** What the ticket is found by, e.g. `the label catalog-connect`. */
  foundBy: string;
  /** The page of the run. */
  page: string | undefined;
}

export function titleOf({ facts, verdict, again }: Matter): string {
  const { owner } = facts;
  const what =
    owner.provider === 'azure-devops' ? 'the Azure DevOps PAT' : `the ${owner.provider} credential`;
  const subject = `${what} of ${oneLine(owner.organization, 80)}`;
  const { status, expiry } = verdict;
  const day = expiry && `${expiry.on}${expiry.atMost ? ' at the latest' : ''}`;
  if (status === 'valid')
    return `${again ? 'Works again' : 'Renewed'}: ${subject}${day ? `, until ${day}` : ''}`;
  if (status === 'unknown') return `About ${subject}`;
  if (isDoubtful(verdict)) return `Check the last day of ${subject}: ${day} is over, but it still works`;
  const state = {
    expiring: `it ends on ${day}`,
    expired: expiry && expiry.daysLeft < 0 ? `it ended on ${day}` : 'it has expired',
    tainted: 'it is refused',
    missing: 'it is missing',
    unauthorized: 'it is not authorized',
  }[status];
  return `Renew ${subject}: ${state}`;
}

/** Whether a credential works that should have ended. */
function isDoubtful({ status, expiry }: Verdict): boolean {
  return status === 'expiring' && expiry !== undefined && expiry.daysLeft < 0;
}

/** @param mark see `markText` */
export function bodyOf(matter: Matter, mark: string): Html {
  const { facts, verdict, catalog } = matter;
  const { expiry } = verdict;
  const day = expiry
    ? html`<li>Last day: ${expiry.on}${words(expiry.atMost ? ' at the latest' : '')} (${words(howKnown(expiry))})</li>`
    : words('');
  return joined(
    html`<p>${words(statement(matter))}</p>`,
    html`<ul><li>Catalog: ${catalog}</li><li>Integration: ${facts.integration.name} (${link(facts.integration.page, 'open')})</li><li>Organization: ${facts.owner.organization} at ${facts.owner.host}</li>${day}</ul>`,
    ...(verdict.status === 'valid' || isDoubtful(verdict) ? [] : instructions(matter)),
    html`<p><sub>Kept by catalog-connect (command: remind)${run(matter)}. It comments here when less time is left, and closes this when the credential is renewed. Please leave ${words(matter.foundBy)}, and this: ${mark}</sub></p>`,
  );
}

function instructions(matter: Matter): Html[] {
  const { facts } = matter;
  return [
    html`<h3>What breaks</h3>`,
    html`<p>Without it the catalog cannot read the repositories of ${facts.owner.organization}. Nothing fails at once: what the catalog knows of them grows old, new repositories do not appear, and one day all of it is gone.</p>`,
    html`<h3>What to do</h3>`,
    html`<ol>${joined(...facts.renewal.map((step) => html`<li>${linked(step)}</li>`))}</ol>`,
    html`<p>The next reminder closes this.</p>`,
  ];
}

/** What is the matter, in words that stay true until the next threshold. */
function statement({ facts, verdict, again }: Matter): string {
  const { status, expiry, message, cure } = verdict;
  if (isDoubtful(verdict)) return `${message} ${cure}`;
  if (!expiry || (status !== 'expiring' && status !== 'valid')) return message;
  const ends = `ends on ${expiry.on}${expiry.atMost ? ' at the latest' : ''}`;
  return status === 'valid'
    ? `${facts.subject} ${again ? 'works again' : 'was renewed'}: it ${ends}.`
    : `${facts.subject} ${ends}. It is to be renewed before.`;
}

/** What a comment tells people when it has come to another stage. */
export function commentOf(matter: Matter, renewed: boolean, mark: string): Html {
  const { verdict } = matter;
  const left =
    verdict.expiry && verdict.status === 'expiring' && !isDoubtful(verdict)
      ? ` (${daysLeft(verdict.expiry.daysLeft)})`
      : '';
  return joined(
    renewed
      ? html`<p>${words(matter.again ? 'Works again' : 'Renewed')}: ${words(verdict.message)} Nothing is left to do.</p>`
      : html`<p><b>${words(titleOf(matter))}${words(left)}.</b> What to do is said above.</p>`,
    html`<p><sub>catalog-connect${run(matter)}: ${mark}</sub></p>`,
  );
}

/** For the ticket of a run that came second. */
export function duplicateOf(page: string, mark: string): Html {
  return joined(
    html`<p>Two runs opened a ticket at the same moment: ${link(page, 'the other one')} is kept.</p>`,
    html`<p><sub>catalog-connect: ${mark}</sub></p>`,
  );
}

function run({ page }: Matter): Html {
  return page ? html` in ${link(page, 'this run')}` : words('');
}

/** Words of ours, in which addresses are links. */
function linked(text: string): Html {
  const parts = text.split(/(https?:\/\/\S+?)(?=[.,:;]?(?:\s|$))/u);
  return joinedBy(
    '',
    parts.map((part, index) => (index % 2 === 0 ? words(part) : link(part, part))),
  );
}

/** No blank lines: markdown would begin anew after one. */
function joined(...parts: Html[]): Html {
  return joinedBy('\n', parts);
}

function joinedBy(separator: string, parts: Html[]): Html {
  return new Html(parts.map(({ text }) => text).join(separator));
}
