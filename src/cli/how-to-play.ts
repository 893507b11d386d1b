import type { ListenAddress } from '../protocol/index.ts';

interface Entrance {
  /** The transport's name. */
  readonly name: string;
  readonly address: ListenAddress | undefined;
}

/** What a newcomer needs to know, with the ports that were really taken. */
export function howToPlay(entrances: readonly Entrance[]): string {
  const lines = entrances.flatMap(({ name, address }) => {
    if (address === undefined) return [];
    const { host, port } = address;
    const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
    const bracketed = shown.includes(':') ? `[${shown}]` : shown;
    return name === 'telnet'
      ? [`  Telnet:   telnet ${shown} ${port}`]
      : [`  Browser:  http://${bracketed}:${port}/`, `  SDK:      ws://${bracketed}:${port}/play`];
  });
  return ['Holdfast is running. To play:', '', ...lines, '', 'Stop with Ctrl-C: sessions are kept.'].join(
    '\n',
  );
}
