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
    await made(name);
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
    await made(listed);
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
    await made(name);
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
    expect(outputs).toMatchObject({ 'integration-operation': 'skipped', 'credential-status': '' });
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

/** Waits until Backstage has made a component. */
async function made(name: string): Promise<void> {
  const path = `/entities/by-name/component/default/${name}`;
  while ((await company.ask('GET', path)).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, 200));
}
