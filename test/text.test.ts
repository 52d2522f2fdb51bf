import fc from 'fast-check';
import { inert, markdown, oneLine } from '../src/text.ts';

test('an inert text has no command for any runner', () => {
  const commands = fc.constantFrom(
    '::',
    '::error::x',
    '##vso[',
    '##vso[task.setvariable variable=a]b',
    '##[error]',
    '\n',
    '\r',
    '\u2028',
    ' ',
    '\u001b[31m',
    '#',
    ':',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(commands, fc.string({ maxLength: 4 })), { maxLength: 12 }), (parts) => {
      for (const line of inert(parts.join('')).split(/\r\n|[\n\r\u0085\u2028\u2029]/u)) {
        expect(line).not.toMatch(/^\s*::/u);
        expect(line).not.toMatch(/##(?:vso)?\[/u);
      }
    }),
  );
});

test('an ordinary text stays as it is', () => {
  const text = 'Konnect refused GET /v1/x: status 403.\n- 1: a (b) {"c": "::d"} #1 ## title';
  expect(inert(text)).toBe(text);
});

test('a cell of a table holds no markdown and no HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(markdown(text)).toMatch(/^(?:[\p{L}\p{N} -]|&#\d+;)*$/u);
    }),
  );
  expect(markdown('a|b\nc')).toBe('a&#124;b c');
});

test('one line is one line of bounded length', () => {
  expect(oneLine(' a\r\nb\u2028c\u0000 ')).toBe('a b c');
  expect(oneLine('x'.repeat(500))).toHaveLength(300);
});
