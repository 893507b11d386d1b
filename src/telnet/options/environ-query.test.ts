import { expect, test } from 'vitest';
import { EnvironQuery } from './environ-query.ts';
import { decodeEnviron, encodeEnviron, type EnvironVariable } from './new-environ.ts';

function variable(name: string, value?: string, type: 'var' | 'uservar' = 'var'): EnvironVariable {
  return value === undefined ? { type, name } : { type, name, value };
}

test('asks by name, and for nothing that is not used', () => {
  expect(decodeEnviron(new EnvironQuery().start())).toEqual({
    kind: 'send',
    requests: [
      { type: 'var', name: 'USER' },
      { type: 'var', name: 'CLIENT_NAME' },
      { type: 'var', name: 'CLIENT_VERSION' },
      { type: 'var', name: 'TERMINAL_TYPE' },
      { type: 'var', name: 'MTTS' },
      { type: 'var', name: 'CHARSET' },
      { type: 'uservar', name: 'RECONNECT_TOKEN' },
    ],
  });
});

test('reads the variables of MNES, whatever their type and case', () => {
  const query = new EnvironQuery();
  query.start();
  const variables = [
    variable('CLIENT_NAME', 'Mudlet'),
    variable('client_version', '5.0'),
    variable('TERMINAL_TYPE', 'XTERM', 'uservar'),
    variable('MTTS', '845'),
    variable('CHARSET', 'UTF-8'),
    variable('IPADDRESS', '192.0.2.7'),
    variable('USER'),
    variable('SHELL', '/bin/sh'),
  ];
  expect(query.isAsking).toBe(true);
  expect(query.receive(encodeEnviron({ kind: 'is', variables }))).toBe(true);
  expect(query.isAsking).toBe(false);
  expect(query.report).toEqual({
    clientName: 'Mudlet',
    clientVersion: '5.0',
    terminal: 'XTERM',
    mtts: 845,
    charset: 'UTF-8',
  });
});

test('takes later changes, also that a variable is gone', () => {
  const query = new EnvironQuery();
  query.receive(
    encodeEnviron({ kind: 'is', variables: [variable('CHARSET', 'ASCII'), variable('USER', 'bob')] }),
  );
  query.receive(encodeEnviron({ kind: 'info', variables: [variable('CHARSET', 'UTF-8'), variable('USER')] }));
  expect(query.report).toEqual({ charset: 'UTF-8' });
});

test('a change does not answer the question, and nonsense changes nothing', () => {
  const query = new EnvironQuery();
  query.start();
  expect(query.receive(encodeEnviron({ kind: 'info', variables: [variable('USER', 'bob')] }))).toBe(true);
  expect(query.receive(Uint8Array.of(9, 9))).toBe(false);
  expect(query.receive(encodeEnviron({ kind: 'send', requests: [] }))).toBe(false);
  expect(query.isAsking).toBe(true);
  expect(query.report).toEqual({ user: 'bob' });
});

test('an MTTS that is no number is nothing', () => {
  const query = new EnvironQuery();
  query.receive(encodeEnviron({ kind: 'is', variables: [variable('MTTS', 'lots')] }));
  expect(query.report).toEqual({});
});
