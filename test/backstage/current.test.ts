import { fail, succeed } from '../scenarios/support/check.ts';
import { HOSTS } from '../scenarios/support/runners.ts';
import { type Company, component, createCompany, FILE, READER_TOKEN } from './support.ts';

let company: Company;
beforeAll(async () => {
  company = await createCompany('current');
}, 60_000);
afterAll(() => company.close());

const targetOf = (name: string) => `${company.azureDevOpsUrl}/acme/shop/_git/${name}?path=${FILE}`;
async function locations(): Promise<{ id: string; target: string }[]> {
  const { body } = await company.ask('GET', '/locations');
  return (body as { data: { id: string; target: string } }[]).map(({ data }) => data);
}

describe.each(HOSTS)('on %s', (host) => {
  test('a first run registers the repository; a second one writes nothing', async () => {
    const name = `first-${host}`;
    company.addRepository(name);
    const planned = await succeed(host, company, company.step(name, { command: 'plan' }));
    expect(planned.outputs).toMatchObject({ 'mapping-operation': 'created', 'service-operation': 'created' });
    expect(await locations()).not.toContainEqual(expect.objectContaining({ target: targetOf(name) }));

    const first = await succeed(host, company, company.step(name));
    const entity = await company.ask('GET', `/entities/by-name/component/default/${name}`);
    const location = (await locations()).find(({ target }) => target === targetOf(name));
    expect(first.outputs).toMatchObject({
      'integration-operation': 'unchanged',
      'credential-operation': 'unchanged',
      'credential-status': 'valid',
      'service-id': (entity.body as { metadata: { uid: string } }).metadata.uid,
      'service-name': `component:default/${name}`,
      'service-operation': 'created',
      'mapping-id': location?.id,
      'mapping-operation': 'created',
      changed: 'true',
    });
    const second = await succeed(host, company, company.step(name));
    expect(second.outputs).toEqual({
      ...first.outputs,
      'service-operation': 'unchanged',
      'mapping-operation': 'unchanged',
      changed: 'false',
    });
  });

  test('a change of the file is taken over at once', async () => {
    const name = `changed-${host}`;
    const repository = company.addRepository(name);
    await succeed(host, company, company.step(name));
    repository.files = { [FILE]: component(name, '  description: New\n  labels: { tier: gold }\n') };
    const planned = await succeed(host, company, company.step(name, { command: 'plan' }));
    expect(planned.outputs['service-operation']).toBe('updated');
    const { outputs, log } = await succeed(host, company, company.step(name));
    expect(outputs).toMatchObject({ 'service-operation': 'updated', 'mapping-operation': 'unchanged' });
    expect(log).toContain('description, labels');
    const { body } = await company.ask('GET', `/entities/by-name/component/default/${name}`);
    expect(body).toMatchObject({ metadata: { description: 'New' } });
  });

  test('what is discovered, or listed by another file, is not registered again', async () => {
    const name = `discovered-${host}`;
    company.addRepository(name);
    company.discover(name);
    await company.made(name);
    const discovered = await succeed(host, company, company.step(name));
    expect(discovered.outputs).toMatchObject({
      'service-operation': 'unchanged',
      'mapping-operation': 'unchanged',
      'mapping-id': '',
    });
    expect(discovered.log).toContain('found by discovery');

    const listed = `listed-${host}`;
    company.addRepository(listed);
    const lister = `lister-${host}`;
    company.addRepository(lister, {
      [FILE]: `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: ${lister} }\nspec: { type: url, targets: ["${targetOf(listed)}"] }\n`,
    });
    await company.ask('POST', '/locations', { type: 'url', target: targetOf(lister) });
    await company.made(listed);
    expect((await succeed(host, company, company.step(listed))).log).toContain(
      `listed by ${targetOf(lister)}`,
    );
    const targets = (await locations()).map(({ target }) => target);
    expect(targets).not.toContain(targetOf(name));
    expect(targets).not.toContain(targetOf(listed));
  });

  test('the same file in another spelling is the same', async () => {
    const name = `spelled-${host}`;
    company.addRepository(name);
    const spelled = `${company.azureDevOpsUrl}/acme/shop/_git/${name}?path=%2Fcatalog-info.yaml&version=GBmain`;
    await company.ask('POST', '/locations', { type: 'url', target: spelled });
    await company.made(name);
    const step = company.step(name, { repository: `Acme/Shop/${name}` });
    const { outputs, log } = await succeed(host, company, step);
    expect(outputs).toMatchObject({ 'mapping-operation': 'unchanged', 'service-operation': 'unchanged' });
    expect(log).toContain(`known as ${spelled}`);
  });

  test('a name that another repository has is an error that names it', async () => {
    const name = `owned-${host}`;
    company.addRepository(name);
    await succeed(host, company, company.step(name));
    company.addRepository(`second-${host}`, { [FILE]: component(name) });
    const { error, outputs } = await fail(host, company, company.step(`second-${host}`));
    expect(error).toContain(`The name component:default/${name} is taken by an entity of ${targetOf(name)}`);
    expect(outputs['mapping-operation']).toBe('skipped');
    expect(await locations()).not.toContainEqual(
      expect.objectContaining({ target: targetOf(`second-${host}`) }),
    );
  });

  test('a repository without the file: what to commit is shown on request', async () => {
    const name = `empty-${host}`;
    company.addRepository(name, {});
    const { error, outputs } = await fail(host, company, company.step(name));
    expect(error).toContain('no matching files found');
    expect(error).toContain('entity: generate');
    expect(outputs).toMatchObject({ 'integration-operation': 'skipped', 'credential-status': 'unknown' });
    const inputs = {
      entity: 'generate',
      'service-labels': 'tier=gold',
      'service-custom-fields': 'owner: group:default/shop-team',
    };
    const generated = await fail(host, company, company.step(name, inputs));
    expect(generated.error).toContain('the file that is shown above as catalog-info.yaml');
    const text = generated.log.slice(generated.log.indexOf('apiVersion:')).split('\n\n')[0] ?? '';
    if (host !== 'local') expect(generated.summary).toContain('```yaml\napiVersion:');
    company.addRepository(`generated-${host}`, { [FILE]: text.replaceAll(name, `generated-${host}`) });
    const { outputs: after } = await succeed(host, company, company.step(`generated-${host}`));
    expect(after['service-operation']).toBe('created');
    const { body } = await company.ask('GET', `/entities/by-name/component/default/generated-${host}`);
    expect(body).toMatchObject({
      metadata: {
        labels: { tier: 'gold' },
        annotations: {
          'dev.azure.com/project-repo': `shop/generated-${host}`,
          'dev.azure.com/host-org': `${new URL(company.azureDevOpsUrl).host}/acme`,
        },
      },
      spec: { owner: 'group:default/shop-team' },
    });
  });

  test.each([
    [
      'without an owner',
      'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: x }\nspec: { type: service, lifecycle: production }\n',
      "must have required property 'owner'",
    ],
    ['broken', 'kind: [', 'YAML'],
    [
      'of no component',
      'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: x }\nspec: { targets: [] }\n',
      'holds no Component',
    ],
  ])('a file %s', async (kind, text, says) => {
    const name = `invalid-${kind.replaceAll(' ', '-')}-${host}`;
    company.addRepository(name, { [FILE]: text });
    const { error } = await fail(host, company, company.step(name));
    expect(error).toContain(says);
    expect(await locations()).not.toContainEqual(expect.objectContaining({ target: targetOf(name) }));
  });

  test('a file of several entities, in another place', async () => {
    const name = `several-${host}`;
    const file = '/docs/catalog.yaml';
    company.addRepository(name, { [file]: `${component(`${name}-api`)}---\n${component(`${name}-worker`)}` });
    const { error } = await fail(host, company, company.step(name, { 'catalog-file': file }));
    expect(error).toContain('holds several components');
    expect(error).toContain('Set service-name');
    const inputs = { 'catalog-file': 'docs/catalog.yaml', 'service-name': `${name}-worker` };
    const { outputs } = await succeed(host, company, company.step(name, inputs));
    expect(outputs['service-name']).toBe(`component:default/${name}-worker`);
  });

  test('a token that may only read: what is there is found, and nothing else is done', async () => {
    const name = `reader-${host}`;
    company.addRepository(name);
    const asReader = company.step(name, { 'catalog-token': READER_TOKEN });
    const { error } = await fail(host, company, asReader);
    expect(error).toContain('status 403');
    expect(error).toContain('catalog.location.create');
    await succeed(host, company, company.step(name));
    const { outputs } = await succeed(host, company, asReader);
    expect(outputs).toMatchObject({
      'integration-operation': 'skipped',
      'service-operation': 'unchanged',
      'mapping-operation': 'unchanged',
    });
  });

  test('a wrong token, and an address that is no catalog', async () => {
    const name = `wrong-${host}`;
    company.addRepository(name);
    const wrong = await fail(
      host,
      company,
      company.step(name, { 'catalog-token': 'wrong-token-0123456789' }),
    );
    expect(wrong.error).toContain('Illegal token');
    expect(wrong.error).toContain('The catalog-token is not valid here');
    const elsewhere = await fail(
      host,
      company,
      company.step(name, { 'catalog-url': `${company.backstageUrl}/x` }),
    );
    expect(elsewhere.error).toContain('status 404');
    const none = await fail(host, company, company.step(name, { 'catalog-url': '' }));
    expect(none.error).toContain('catalog-url is empty');
    await succeed(
      host,
      company,
      company.step(name, { 'catalog-url': `${company.backstageUrl}/api/catalog/` }),
    );
  });
});

/** A file that lists two others, which have an API in common: the dry run refuses that, the catalog itself does not. */
function sharing(name: string): Record<string, string> {
  const api = `---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: shared-${name} }\nspec: { type: openapi, lifecycle: production, owner: x, definition: x }\n`;
  return {
    [FILE]: `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all-${name} }\nspec: { targets: [./a.yaml, ./b.yaml] }\n`,
    '/a.yaml': `${component(name)}${api}`,
    '/b.yaml': `${component(`${name}-worker`)}${api}`,
  };
}

test('a dry run that is stricter than the catalog does not fail a healthy repository', async () => {
  company.addRepository('sharing', sharing('sharing'));
  const { outputs } = await succeed('github', company, company.step('sharing'));
  expect(outputs).toMatchObject({
    'credential-status': 'valid',
    'service-name': 'component:default/sharing',
    'service-operation': 'created',
    'mapping-operation': 'created',
  });
  const again = await succeed('local', company, company.step('sharing'));
  expect(again.outputs).toMatchObject({ 'service-id': outputs['service-id'], changed: 'false' });
  const worker = company.step('sharing', { 'service-name': 'sharing-worker', command: 'plan' });
  expect((await succeed('azure', company, worker)).outputs).toMatchObject({
    'service-name': 'component:default/sharing-worker',
    changed: 'false',
  });
});

test('a file whose URL is too long for the index is found, also by a token that only reads', async () => {
  const file = `/${'deeply/nested/'.repeat(12)}catalog-info.yaml`;
  for (const [name, entity] of [
    ['long', 'long'],
    ['long-2', 'named-otherwise'],
  ] as const) {
    company.addRepository(name, { [file]: component(entity).replace(`shop/${entity}`, `shop/${name}`) });
    const step = (inputs: Record<string, string> = {}) =>
      company.step(name, { 'catalog-file': file, ...inputs });
    const { outputs } = await succeed('github', company, step());
    expect(outputs['mapping-operation']).toBe('created');
    for (const token of [company.token, READER_TOKEN]) {
      const again = await succeed('local', company, step({ 'catalog-token': token }));
      expect(again.outputs).toMatchObject({ 'service-id': outputs['service-id'], changed: 'false' });
    }
  }
});

test.each([
  ['ampersand', '/docs/R&D/catalog-info.yaml'],
  ['plus', '/docs/C++/catalog-info.yaml'],
  ['hash', '/docs/C#/catalog-info.yaml'],
  ['percent', '/docs/C 100%/catalog-info.yaml'],
])('a file with a path of its own is read: %s', async (name, file) => {
  company.addRepository(name, { [file]: component(name) });
  const step = company.step(name, { 'catalog-file': file });
  expect((await succeed('github', company, step)).outputs['service-operation']).toBe('created');
  expect((await succeed('azure', company, step)).outputs.changed).toBe('false');
});

test.each([
  [
    { 'service-custom-fields': '{owner: "", git_repo: {name: "", link: "https://example.com/x"}}' },
    undefined,
  ],
  [{ 'service-name': 'team-a/api', 'service-display-name': ' ' }, 'team-a/api'],
  [{ 'service-name': 'TEAM/api' }, ''],
  [{ 'service-name': 'my.team/api' }, ''],
  [{ 'service-custom-fields': 'owner: a/b/c' }, ''],
])('what is generated from %j is valid, or refused', async (inputs, ref) => {
  const name = `odd-${JSON.stringify(inputs)
    .replace(/[^a-z]+/giu, '-')
    .toLowerCase()
    .slice(1, 40)}x`;
  const repository = company.addRepository(name, {});
  const { error, log } = await fail('github', company, company.step(name, { entity: 'generate', ...inputs }));
  if (ref === '')
    return expect(error).toMatch(/The catalog accepts no (?:component in the namespace|owner)/u);
  repository.files = { [FILE]: log.slice(log.indexOf('apiVersion:')).split('\n\n')[0] ?? '' };
  const { outputs } = await succeed('github', company, company.step(name));
  expect(outputs['service-name']).toBe(`component:${ref ?? `default/${name}`}`);
});

test('repositories of odd names get components of valid names', async () => {
  for (const name of [
    'Ünïcödé Straße',
    '決済',
    '..a..',
    '-x-',
    'a'.repeat(80),
    'a..b',
    'A_B.C',
    '100%',
    '+',
    "it's",
  ]) {
    const repository = company.addRepository(name, {});
    const { log } = await fail('local', company, company.step(name, { entity: 'generate' }));
    repository.files = { [FILE]: log.slice(log.indexOf('apiVersion:')).split('\n\n')[0] ?? '' };
    const { outputs } = await succeed('local', company, company.step(name));
    expect([name, outputs['service-operation']]).toEqual([name, 'created']);
  }
}, 120_000);
