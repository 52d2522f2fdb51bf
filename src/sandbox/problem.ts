import { randomUUID } from 'node:crypto';

/** An answer that refuses: `application/problem+json` (`BaseError` and its kin in the contract). */
export class ProblemAnswer extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, detail: string, invalid?: InvalidParameter[]) {
    super(detail);
    this.status = status;
    this.body = {
      status,
      title: TITLES[status] ?? 'Error',
      type: `https://httpstatuses.com/${status}`,
      instance: `kong:trace:${randomUUID()}`,
      detail,
      ...(invalid ? { invalid_parameters: invalid } : {}),
    };
  }
}

export interface InvalidParameter {
  field: string;
  rule: string;
  reason: string;
  source: 'body' | 'query';
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
};

export function badRequest(
  field: string,
  rule: string,
  reason: string,
  source: 'body' | 'query' = 'body',
): ProblemAnswer {
  return new ProblemAnswer(400, 'Invalid Parameters', [{ field, rule, reason, source }]);
}
