import type { Outcome, Progress } from '../catalogs/catalog.ts';
import type { Host } from '../hosts/host.ts';
import { type Operation, OUTPUTS, type OutputName } from '../inputs/table.ts';
import type { KeptTicket } from '../reminder/keep.ts';
import type { Verdict } from '../reminder/verdict.ts';
import { markdown } from '../text.ts';

/** Tells the log, the outputs and the summary what a run does. */
export interface Report extends Omit<Progress, 'credential'> {
  /** Says what the run is for. */
  begin(title: string): void;
  /** What is left for people, in one text; undefined when nothing is. */
  pending(): string | undefined;
  /** What {@link Progress.waiting} said last. */
  waitsFor(): string;
  /**
   * How it is with the credential.
   *
   * @param level how loud it is said where something is wrong
   */
  verdict(verdict: Verdict, level: 'warning' | 'error'): void;
  ticket(kept: KeptTicket): void;
  /** Writes the outputs that the run did not come to, and the summary. To be called once, at the end. */
  finish(failure?: string): void;
}

/** @param summary whether to show a job summary */
export function createReport(host: Host, summary: boolean): Report {
  let heading = 'Catalog Connect';
  let waitsFor = 'the catalog';
  const written = new Set<OutputName>();
  const outcomes: Outcome[] = [];
  const remarks: string[] = [];
  const todos: string[] = [];
  let ticketLine = '';
  const documents: string[] = [];
  const advice: string[] = [];

  function warning(message: string): void {
    advice.push(message);
    host.warning(message);
  }

  /** Each output is written once: on Azure Pipelines it cannot be changed. */
  function output(name: OutputName, value: string): void {
    if (written.has(name)) return;
    written.add(name);
    host.output(name, value);
  }

  return {
    begin(title) {
      heading = `Catalog Connect: ${title}`;
      host.info(title);
    },
    pending: () =>
      todos.length > 0
        ? `This is left for a person to do:\n${todos.map((step, index) => `${index + 1}. ${step}`).join('\n')}`
        : undefined,
    document(title, text) {
      host.info(`${title}:\n\n${text}`);
      documents.push(`**${markdown(title)}**\n\n${fenced(text)}`);
    },
    todo: (step) => void todos.push(step),
    waitsFor: () => waitsFor,
    waiting(what) {
      waitsFor = what;
    },
    outcome(outcome) {
      const { thing, operation, name, id, reasons } = outcome;
      outcomes.push(outcome);
      if (id) output(`${thing}-id`, id);
      output(`${thing}-operation`, operation);
      const why = reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
      host.info(`${thing.padEnd(12)} ${operation.padEnd(10)} ${name}${id && ` (${id})`}${why}`);
    },
    serviceName: (name) => output('service-name', name),
    resource(id, name) {
      output('resource-id', id);
      host.info(`${'resource'.padEnd(12)} ${'found'.padEnd(10)} ${name || '(not discovered yet)'} (${id})`);
    },
    info: (message) => host.info(message),
    warning,
    verdict({ status, expiry, message, cure, asides }, level) {
      output('credential-status', status);
      if (expiry) {
        output('credential-expires-on', expiry.on);
        output('credential-days-left', String(expiry.daysLeft));
        output('credential-expiry-source', expiry.source);
      }
      for (const aside of asides) warning(aside);
      if (!message) return;
      const text = [message, cure].filter(Boolean).join(' ');
      if (status === 'valid') {
        host.info(text);
        remarks.push(text);
      } else if (level === 'warning') warning(text);
      else {
        advice.push(text);
        host.error(text);
      }
    },
    ticket({ operation, ticket, title }) {
      output('ticket-operation', operation);
      if (ticket) output('ticket-url', ticket.url);
      const where = ticket ? ` (${ticket.url})` : '';
      const line = `${'ticket'.padEnd(12)} ${operation.padEnd(10)} ${title}${where}`;
      host.info(line);
      ticketLine = `Ticket ${operation}: ${ticket ? `[${markdown(title)}](<${encodeURI(ticket.url)}>)` : markdown(title)}\n`;
    },
    finish(failure) {
      const changed = outcomes.some(({ operation }) => !IDLE.includes(operation));
      output('changed', String(changed));
      for (const { name, default: value } of OUTPUTS) output(name, value);
      const quoted = [...remarks, ...advice, ...(failure ? [failure] : [])];
      if (summary) host.summary(summaryOf(heading, outcomes, [ticketLine, ...documents], quoted));
    },
  };
}

/** Code in markdown, whatever fences it holds itself. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}yaml\n${text.trimEnd()}\n${fence}\n`;
}

/** Operations that write nothing. */
const IDLE: Operation[] = ['unchanged', 'skipped', 'pending'];

/** Characters. A runner refuses a summary of more than 1 MiB. */
const LONGEST_SUMMARY = 200_000;

function summaryOf(title: string, outcomes: Outcome[], documents: string[], quoted: string[]): string {
  const rows = outcomes.map(({ thing, name, operation, id, reasons }) => {
    const done = reasons.length > 0 ? `${operation}: ${markdown(reasons.join(', '))}` : operation;
    return `| ${thing} | ${markdown(name)} | ${done} | ${markdown(id)} |`;
  });
  const table = rows.length > 0 ? ['| | Name | Operation | ID |', '|---|---|---|---|', ...rows, ''] : [];
  const next = quoted.flatMap((text) => [...text.split('\n').map((line) => `> ${markdown(line)}  `), '']);
  const summary = [`### ${markdown(title)}`, '', ...table, ...documents, ...next].join('\n');
  if (summary.length <= LONGEST_SUMMARY) return summary;
  return `${summary.slice(0, summary.lastIndexOf('\n', LONGEST_SUMMARY))}\n\nThe rest is in the log.`;
}
