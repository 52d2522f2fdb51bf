import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import addFormats from 'ajv-formats';
import OpenAPIBackend, { type Document, type Operation, type ValidationResult } from 'openapi-backend';
import { parse } from 'yaml';
import type { Exchange } from '../../src/sandbox/sandbox.ts';
import { EXCHANGES } from '../scenarios/support/world.ts';

/**
 * Every request that the scenarios sent, and every answer that the sandbox gave, against Konnect's OpenAPI document.
 * The document is not part of this repository.
 */
const DOCUMENT = path.join(__dirname, '../../../shared/contract/konnect-service-catalog-1.3.0.yaml');
const here = existsSync(DOCUMENT);
if (!here)
  process.stdout.write(`contract: skipped, because Konnect's OpenAPI document is not at ${DOCUMENT}\n`);

interface Violation {
  request: string;
  errors: unknown;
}

const api = new OpenAPIBackend({
  definition: here ? contract() : { openapi: '3.0.3', info: { title: '', version: '' }, paths: {} },
  apiRoot: '/v1',
  quick: true,
  strict: false,
  ajvOpts: { strict: false, allErrors: true },
  customizeAjv(ajv) {
    addFormats(ajv);
    return ajv.addFormat('base64url', /^[\w-]*$/u).addFormat('path', /^\//u);
  },
});

(here ? describe : describe.skip)('the contract', () => {
  beforeAll(() => api.init());

  test('holds for everything that was said in the scenarios', () => {
    const exchanges = recorded();
    const covered = new Set<string>();
    const violations = exchanges.flatMap((exchange) => {
      const { operation, errors } = check(exchange);
      if (operation) covered.add(operation);
      return errors ? [{ request: `${exchange.method} ${exchange.path} ${exchange.status}`, errors }] : [];
    });
    process.stdout.write(
      `contract: ${exchanges.length} exchanges, ${covered.size} operations covered, ${violations.length} violations\n`,
    );
    expect(violations.slice(0, 5)).toEqual([]);
    expect([...covered].sort()).toEqual([
      'create-catalog-service',
      'create-integration-instance',
      'create-integration-instance-auth-credential',
      'create-resource-mapping',
      'delete-integration-instance-auth-credential',
      'fetch-integration-instance',
      'fetch-resource',
      'get-integration-instance-auth-credential',
      'list-catalog-integrations',
      'list-catalog-resource-services',
      'list-catalog-service-resources',
      'list-catalog-services',
      'list-integration-instances',
      'list-resource-mappings',
      'list-resources',
      'update-catalog-service',
      'update-integration-instance',
    ]);
  });

  test('is one that can be violated', () => {
    const [good] = recorded().filter(
      ({ path: address, status }) => address === '/v1/catalog-services' && status === 201,
    );
    if (!good) throw new Error('Nothing was recorded: run the scenarios first.');
    expect(check(good).errors).toBeUndefined();
    expect(check({ ...good, body: { ...(good.body as object), surprise: 1 } }).errors).toBeDefined();
    expect(check({ ...good, answer: { ...(good.answer as object), id: 7 } }).errors).toBeDefined();
    expect(check({ ...good, path: '/v1/catalog/services' }).errors).toBeDefined();
    const [read] = recorded().filter(({ path: address }) =>
      address.startsWith('/v1/catalog-services?filter'),
    );
    if (!read) throw new Error('No read was recorded.');
    expect(check(read).errors).toBeUndefined();
    expect(check({ ...read, path: read.path.replace('%5Beq%5D', '%5Blike%5D') }).errors).toBeDefined();
    expect(check({ ...read, path: `${read.path}&limit=1` }).errors).toBeDefined();
  });
});

/** What the test put into the place of an answer is not the sandbox's. */
function recorded(): Exchange[] {
  return readdirSync(EXCHANGES)
    .flatMap((file) => readFileSync(path.join(EXCHANGES, file), 'utf8').split('\n'))
    .filter(Boolean)
    .map((line): Exchange => JSON.parse(line))
    .filter((exchange) => !exchange.faked);
}

function check({ method, path: address, headers, body, status, answer }: Exchange): {
  operation?: string;
  errors?: Violation['errors'];
} {
  const [pathname = '', query = ''] = address.split('?');
  const operation = api.router.matchOperation({ method, path: pathname, headers });
  if (!operation?.operationId) return { errors: 'no such operation' };
  const request = { method, path: pathname, query: queryOf(query, operation), headers, body: body as object };
  // A refusal of the request itself is the sandbox doing its work; what it says is checked all the same.
  const asked = status === 400 ? undefined : failed(api.validateRequest(request, operation));
  const answered = status === 204 ? undefined : failed(api.validateResponse(answer, operation, status));
  const declared =
    Object.keys(operation.responses ?? {}).includes(String(status)) ||
    undeclaredInPractice(operation.operationId, status);
  const errors = asked ?? answered ?? (declared ? undefined : `status ${status} is not declared`);
  return errors ? { operation: operation.operationId, errors } : { operation: operation.operationId };
}

/** Some parameters are declared with brackets in their names (`page[size]`), others are objects (`filter`). */
function queryOf(query: string, { parameters = [] }: Operation): Record<string, string> {
  const declared = parameters.map((parameter) => ('name' in parameter ? parameter.name : ''));
  const result: Record<string, unknown> = {};
  for (const [key, value] of new URLSearchParams(query)) {
    const [, name, field, operator] = /^(\w+)\[([\w.]+)\](?:\[(\w+)\])?$/u.exec(key) ?? [];
    if (declared.includes(key) || !name || !field) result[key] = value;
    else
      result[name] = {
        ...(result[name] as object | undefined),
        [field]: operator ? { [operator]: value } : value,
      };
  }
  return result as Record<string, string>;
}

function failed(result: ValidationResult): unknown {
  return result.valid === false || (result.errors?.length ?? 0) > 0 ? result.errors : undefined;
}

/** Konnect answers 409 to a name that is taken, where its document declares nothing (Kong/kong-operator, ops_errors.go). */
function undeclaredInPractice(operation: string, status: number): boolean {
  return status === 409 && ['create-catalog-service', 'create-integration-instance'].includes(operation);
}

function contract(): Document {
  return parse(readFileSync(DOCUMENT, 'utf8'));
}
