/**
 * Writes action.yml, task.json and the tables of README.md from the table in src/inputs/table.ts.
 * `--check` writes nothing and fails when one of them is not what the table says.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { stringify } from 'yaml';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (file) => path.join(root, file);
const { version, description } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const { INPUTS, OUTPUTS, GROUPS, camelCase } = await load();

const files = {
  'action.yml': actionYml(),
  'task.json': `${JSON.stringify(taskJson(), null, 2)}\n`,
  'README.md': readme(readFileSync(at('README.md'), 'utf8')),
};
for (const [file, content] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(at(file), content);
  else if (readFileSync(at(file), 'utf8') !== content) {
    console.error(`${file} is not what src/inputs/table.ts says: run "npm run generate".`);
    process.exitCode = 1;
  }
}

async function load() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'catalog-connect-'));
  const outfile = path.join(folder, 'table.mjs');
  const contents = `export * from './src/inputs/table.ts'; export * from './src/inputs/names.ts';`;
  try {
    await build({
      stdin: { contents, resolveDir: root },
      outfile,
      bundle: true,
      format: 'esm',
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sentence(input) {
  const choices = input.choices
    ? ` ${input.type === 'choices' ? 'Any' : 'One'} of ${input.choices.join(', ')}.`
    : '';
  const absent = input.otherwise ? ` Default: ${input.otherwise}.` : '';
  return `${input.description}${choices}${absent}`;
}

function actionYml() {
  const inputs = INPUTS.filter(({ only }) => only !== 'azure').map((input) => {
    const absent = input.gitHubDefault ?? input.default;
    return [
      input.name,
      {
        description: sentence(input),
        required: input.required === true,
        ...(absent === undefined ? {} : { default: absent }),
      },
    ];
  });
  const outputs = OUTPUTS.map((output) => [output.name, { description: output.description }]);
  const action = {
    name: 'Catalog Connect',
    description,
    branding: { icon: 'link', color: 'blue' },
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runs: { using: 'node24', main: 'dist/github/index.cjs' },
  };
  return `# Generated from src/inputs/table.ts by "npm run generate".\n${stringify(action, { lineWidth: 0 })}`;
}

function taskJson() {
  const [Major, Minor, Patch] = version.split('.').map(Number);
  const handler = { target: 'dist/azure/index.cjs', argumentFormat: '' };
  return {
    $schema: 'https://raw.githubusercontent.com/Microsoft/azure-pipelines-task-lib/master/tasks.schema.json',
    id: 'b6a3f0d4-5c0e-4a53-9d0b-6f1f0c7a2e91',
    name: 'CatalogConnect',
    friendlyName: 'Catalog Connect',
    description,
    helpMarkDown:
      'The README of catalog-connect explains every input and output. Give the step a `name` to read its outputs.',
    category: 'Utility',
    visibility: ['Build', 'Release'],
    author: 'Catalog Connect',
    version: { Major, Minor, Patch },
    minimumAgentVersion: '3.230.2',
    instanceNameFormat: 'Catalog Connect: $(command)',
    groups: Object.entries(GROUPS).map(([name, displayName]) => ({ name, displayName, isExpanded: true })),
    inputs: INPUTS.filter(({ only }) => only !== 'github').map(taskInput),
    outputVariables: OUTPUTS.map((output) => ({
      name: camelCase(output.name),
      description: inCamelCase(output.description),
    })),
    // Whatever text a server gets into the log, no other variable can be set from it.
    restrictions: { settableVariables: { allowed: OUTPUTS.map((output) => camelCase(output.name)) } },
    execution: { Node20_1: handler, Node24: handler },
  };
}

/** A text of the table, in the words of Azure Pipelines. */
function inCamelCase(text) {
  const names = [...INPUTS, ...OUTPUTS].map(({ name }) => name).filter((name) => name.includes('-'));
  return names.reduce(
    (result, name) => result.replace(new RegExp(`(?<![\\w./-])${name}(?![\\w./-])`, 'g'), camelCase(name)),
    text,
  );
}

function taskInput(input) {
  const types = { choice: input.default ? 'pickList' : 'string', boolean: 'boolean', lines: 'multiLine' };
  const type = types[input.type] ?? 'string';
  const list = type === 'pickList' && {
    options: Object.fromEntries(input.choices.map((choice) => [choice, choice])),
    properties: { EditableOptions: 'True' },
  };
  return {
    name: camelCase(input.name),
    type,
    label: input.label,
    groupName: input.group,
    required: input.required === true,
    defaultValue: input.default ?? '',
    helpMarkDown: inCamelCase(sentence(input)),
    ...list,
  };
}

function readme(text) {
  const inputs = INPUTS.map((input) => {
    const absent = input.required
      ? '**required**'
      : (input.gitHubDefault ?? input.default) === undefined
        ? (input.otherwise ?? '')
        : `\`${input.gitHubDefault ?? input.default}\``;
    const choices = input.choices ? ` (${input.choices.map((choice) => `\`${choice}\``).join(', ')})` : '';
    const where = { github: ' (Not on Azure Pipelines.)', azure: ' (Azure DevOps only.)' }[input.only] ?? '';
    return `| \`${input.name}\` | ${absent} | ${input.description}${choices}${where} |`;
  });
  const outputs = OUTPUTS.map((output) => `| \`${output.name}\` | ${output.description} |`);
  return between(between(text, 'inputs', ['| Input | Default | |', '|---|---|---|', ...inputs]), 'outputs', [
    '| Output | |',
    '|---|---|',
    ...outputs,
  ]);
}

function between(text, name, lines) {
  const [start, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const pattern = new RegExp(`${start}[\\s\\S]*?${end}`);
  if (!pattern.test(text)) throw new Error(`README.md has no place for the ${name}: ${start} … ${end}`);
  return text.replace(pattern, () => [start, '', ...lines, '', end].join('\n'));
}
