#!/usr/bin/env node
import { parseCommandLine } from '../local/command-line.ts';

const failed = () => {
  process.exitCode = 1;
};
// Whoever reads may stop reading, as `head` does.
process.stdout.on('error', failed);

const watched = process.stdout.isTTY === true;
const terminal = {
  write: (text: string) => void process.stdout.write(text),
  colors: watched && !process.env.NO_COLOR,
  outputs: !watched,
};

const line = parseCommandLine(process.argv.slice(2), process.env);
switch (line.kind) {
  case 'text':
    terminal.write(`${line.text}\n`);
    if (line.failed) failed();
    break;
  case 'run':
    void import('../local/run.ts').then(({ runLocally }) =>
      runLocally(line.inputs, process.env, terminal, failed),
    );
    break;
  case 'sandbox':
    void import('../local/serve.ts').then(({ serveSandbox }) => serveSandbox(line.options, terminal, failed));
    break;
  case 'demo':
    void import('../local/demo.ts').then(({ demo }) =>
      demo(line.catalog, process.env, { ...terminal, outputs: false }, failed),
    );
    break;
}
