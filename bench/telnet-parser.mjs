// How fast Telnet is taken apart, beside the package `telnet-stream` with the same bytes in the same run.
// `npm run bench:telnet -- --megabytes 256 --rounds 5`; docs/performance.md says what it means.
import { parseArgs } from 'node:util';
import telnetStream from 'telnet-stream';
import { Negotiator, OPTION, TelnetParser } from '../dist/telnet/index.js';
import { printMachine } from './support/machine.mjs';
import { median, printTable } from './support/statistics.mjs';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
  },
});
const bytesWanted = Number(values.megabytes) * 1_000_000;
const roundCount = Number(values.rounds);

const [SE, GA, SB, WILL, IAC] = [240, 249, 250, 251, 255];

const ROOM = [
  '\x1b[1;36mThe Long Quay\x1b[0m',
  'Granite, worn hollow by three centuries of boots. Ropes creak as the moored',
  'boats rise and settle, and each iron ring in the wall has a name scratched',
  'beside it, so that nobody loses their place.',
  '\x1b[32mExits: north and west.\x1b[0m',
  'Bob the fisherman is here, mending a net.',
  'The ferry comes in from the north, and two sailors carry a crate ashore.',
  'Ann says, "Has anybody seen my lantern? I left it by the old crane."',
].join('\r\n');
const VITALS = 'Char.Vitals {"hp":187,"maxhp":240,"mp":55,"maxmp":120,"ep":90,"maxep":100}';

/** What a game sends for one command: a screen of text, the gauges, a prompt with its mark. */
const SCREEN = Buffer.concat([
  Buffer.from(`${ROOM}\r\n`),
  Buffer.from([IAC, SB, OPTION.GMCP]),
  Buffer.from(VITALS),
  Buffer.from([IAC, SE]),
  Buffer.from('\x1b[33m<187hp 55mp 90ep>\x1b[0m '),
  Buffer.from([IAC, GA]),
]);
const OFFERS = Buffer.from(
  [OPTION.TTYPE, OPTION.NAWS, OPTION.MCCP2, OPTION.GMCP].flatMap((option) => [IAC, WILL, option]),
);

/** One megabyte of it, as reads of a socket cut it: each begins with another part of a screen. */
function reads(size) {
  const stream = Buffer.concat([
    OFFERS,
    ...Array.from({ length: Math.ceil(1_000_000 / SCREEN.length) }, () => SCREEN),
  ]);
  const pieces = [];
  for (let at = 0; at < stream.length; at += size) pieces.push(stream.subarray(at, at + size));
  return { pieces, bytes: stream.length };
}

const SUBJECTS = {
  holdfast: () => {
    const parser = new TelnetParser();
    const negotiator = new Negotiator({
      policies: { [OPTION.GMCP]: { remote: 'accept' } },
      reaffirmLimit: 16,
    });
    const seen = { text: 0, messages: 0 };
    const sink = (event) => {
      if (event.kind === 'data') seen.text += event.bytes.length;
      else if (event.kind === 'negotiate') negotiator.receive(event);
      else seen.messages += 1;
    };
    return { seen, give: (piece) => parser.parse(piece, sink) };
  },
  'telnet-stream': () => {
    const input = new telnetStream.TelnetInput();
    const seen = { text: 0, messages: 0 };
    input.on('data', (bytes) => (seen.text += bytes.length));
    for (const event of ['sub', 'command']) input.on(event, () => (seen.messages += 1));
    return { seen, give: (piece) => input.write(piece) };
  },
};

/** Gigabytes in one second of this process's processor time. */
function measure(subject, { pieces, bytes }) {
  const { seen, give } = SUBJECTS[subject]();
  const times = Math.max(1, Math.round(bytesWanted / bytes / (subject === 'holdfast' ? 1 : 10)));
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) for (const piece of pieces) give(piece);
  const { user, system } = process.cpuUsage(before);
  return { speed: (bytes * times) / 1000 / (user + system), seen, times };
}

/** Bytes of text and messages in each megabyte. */
function seenEach({ seen, times }) {
  return `${seen.text / times} bytes, ${seen.messages / times} messages`;
}

printMachine();
const rows = [];
for (const [name, size] of [
  ['one packet, 1,448 bytes', 1448],
  ['16 KiB', 16_384],
  ['64 KiB', 65_536],
]) {
  const input = reads(size);
  const rounds = Array.from({ length: roundCount + 1 }, () => ({
    ours: measure('holdfast', input),
    theirs: measure('telnet-stream', input),
  })).slice(1);
  for (const { ours, theirs } of rounds) {
    // Or the one that is faster may be the one that reads less.
    const [one, other] = [seenEach(ours), seenEach(theirs)];
    if (one !== other) throw new Error(`not the same was read: ${one}, ${other}`);
  }
  const ours = median(rounds.map((round) => round.ours.speed));
  const theirs = median(rounds.map((round) => round.theirs.speed));
  const ratio = median(rounds.map((round) => round.ours.speed / round.theirs.speed));
  rows.push([name, `${ours.toFixed(2)} GB/s`, `${theirs.toFixed(3)} GB/s`, `${ratio.toFixed(0)} times`]);
}
printTable(['a read of', 'Holdfast', 'telnet-stream', 'ratio'], rows);
