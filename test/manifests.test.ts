import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { camelCase } from '../src/inputs/names.ts';
import { INPUTS, OUTPUTS } from '../src/inputs/table.ts';

const root = path.join(__dirname, '..');
const task = JSON.parse(readFileSync(path.join(root, 'task.json'), 'utf8'));
const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8'));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

test('both manifests and the README have the same inputs and outputs', () => {
  const names = INPUTS.map(({ name }) => name as string);
  const outputs = OUTPUTS.map(({ name }) => name as string);
  const on = (host: 'github' | 'azure') =>
    INPUTS.filter((row) => !('only' in row) || row.only === host).map(({ name }) => name as string);
  expect(Object.keys(action.inputs)).toEqual(on('github'));
  expect(task.inputs.map(({ name }: { name: string }) => name)).toEqual(on('azure').map(camelCase));
  expect(Object.keys(action.outputs)).toEqual(outputs);
  expect(task.outputVariables.map(({ name }: { name: string }) => name)).toEqual(outputs.map(camelCase));
  for (const name of [...names, ...outputs]) expect(readme).toContain(`| \`${name}\` |`);
});

/** The parts of Microsoft's tasks.schema.json that our task uses; the schema itself is not ours to copy. */
test('task.json is what an agent and the Marketplace take', () => {
  expect(task.id).toMatch(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u);
  expect(task.name).toMatch(/^[A-Za-z0-9-]+$/u);
  expect(task.friendlyName.length).toBeLessThanOrEqual(40);
  expect(Object.values(task.version).join('.')).toBe(version);
  expect(task.instanceNameFormat).toBeTruthy();
  const types = ['boolean', 'multiLine', 'pickList', 'string'];
  for (const input of task.inputs) {
    expect(input.name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/u);
    expect(types).toContain(input.type);
    expect(task.groups.map(({ name }: { name: string }) => name)).toContain(input.groupName);
    if (input.type === 'pickList') expect(Object.keys(input.options)).toContain(input.defaultValue);
  }
  for (const output of task.outputVariables) expect(output.name).toMatch(/^[A-Za-z][A-Za-z0-9]*$/u);
  // Keys that an agent does not know are silently ignored: these are the ones it knows.
  expect(Object.keys(task.execution)).toEqual(['Node20_1', 'Node24']);
  for (const { target } of Object.values<{ target: string }>(task.execution))
    expect(existsSync(path.join(root, target))).toBe(true);
});

test('the extension has the version of the package, and the files of the task', () => {
  const extension = JSON.parse(readFileSync(path.join(root, 'vss-extension.json'), 'utf8'));
  expect(extension.version).toBe(version);
  for (const file of extension.files) expect(existsSync(path.join(root, file.path))).toBe(true);
});

test('action.yml starts what is there', () => {
  expect(action.runs.using).toBe('node24');
  expect(existsSync(path.join(root, action.runs.main))).toBe(true);
});

test('libraries that not every run needs are in no file that every run reads', () => {
  for (const host of ['github', 'azure', 'local']) {
    const bundle = (name: string) => readFileSync(path.join(root, `dist/${host}/${name}.cjs`), 'utf8');
    for (const library of ['undici', 'yaml', '@octokit'])
      expect(bundle('index')).not.toContain(`node_modules/${library}/`);
    expect(bundle('undici')).toContain('node_modules/undici/');
    expect(bundle('yaml')).toContain('node_modules/yaml/');
  }
  expect(readFileSync(path.join(root, 'dist/github/octokit.cjs'), 'utf8')).toContain(
    'node_modules/@octokit/',
  );
});
