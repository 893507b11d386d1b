import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import { keyOf, unknownSetting } from './settings-name.ts';
import type { Given, SettingsSource } from './settings-source.ts';
import { SETTING_NAMES, type SettingName } from './settings.ts';
import type { Raw } from './settings-type.ts';

/**
 * Reads a YAML file of settings, one `key: value` a line. Problems name the file (`path`) and the line. Of a file that
 * is not YAML only that is said: the rest of it cannot be trusted to mean what it seems to.
 */
export function readConfigFile(text: string, path: string): SettingsSource {
  const lines = new LineCounter();
  // `failsafe`: a scalar is its text, so `off`, `4000` and `1e3` mean what they mean as a flag. Our own look for keys
  // that come twice can say where the first one is.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: 'failsafe',
    uniqueKeys: false,
  });
  const at = (offset: number | undefined): string => `${path}:${lines.linePos(offset ?? 0).line || 1}`;

  // One missing bracket can be missed many times.
  const faults = new Set(
    [...document.errors, ...document.warnings].map(({ pos, message }) => `${at(pos[0])}: ${message}`),
  );
  if (faults.size > 0) return { given: new Map(), problems: [...faults] };

  const { contents } = document;
  if (isMap<Node, Node | null>(contents)) return readKeys(contents, at);
  const isEmpty = contents === null || (isScalar(contents) && contents.value === '');
  const problem = `${at(contents?.range?.[0])}: expected lines of the form key: value`;
  return { given: new Map(), problems: isEmpty ? [] : [problem] };
}

function readKeys(
  map: YAMLMap<Node, Node | null>,
  at: (offset: number | undefined) => string,
): SettingsSource {
  // A file cannot name another one.
  const known = new Map(SETTING_NAMES.filter((name) => name !== 'config').map((name) => [keyOf(name), name]));
  const given = new Map<SettingName, Given>();
  const problems: string[] = [];
  for (const { key, value } of map.items) {
    const written = isScalar(key) ? String(key.value) : 'key';
    const where = `${at(key.range?.[0])}: ${written}`;
    const name = known.get(written);
    const earlier = name && given.get(name);
    if (name === undefined) problems.push(`${where}: ${unknownSetting(written, [...known.keys()])}`);
    else if (earlier !== undefined) problems.push(`${where}: given twice, first at ${earlier.where}`);
    else given.set(name, { where, raw: rawValue(value) });
  }
  return { given, problems };
}

// Aliases are not followed: nothing here is deep enough to need one, and a few of them can stand for gigabytes.
function rawValue(node: Node | null): Raw {
  if (isScalar(node)) return { kind: 'text', text: String(node.value) };
  if (isAlias(node)) return { kind: 'other', found: 'an alias' };
  if (!isSeq<Node>(node)) return { kind: 'other', found: node === null ? 'nothing' : 'a group of keys' };
  const items = node.items.map((item) => (isScalar(item) ? String(item.value) : undefined));
  return items.every((item) => item !== undefined)
    ? { kind: 'list', items }
    : { kind: 'other', found: 'a list with more than words in it' };
}
