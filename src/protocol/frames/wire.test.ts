import { expect, it } from 'vitest';
import { CLIENT_FRAMES } from './client-frame.ts';
import { SERVER_FRAMES } from './server-frame.ts';

// The tables are what the decoders read by. A change here is a change of the wire: existing clients and gateways
// must still understand each other, or the subprotocol needs another name than holdfast.v1.

function wire(frames: Record<string, { readonly expected: string }>): string {
  return Object.values(frames)
    .map(({ expected }) => expected)
    .join('\n');
}

it('says from client to gateway what holdfast.v1 says, and nothing else', () => {
  expect(wire(CLIENT_FRAMES)).toMatchInlineSnapshot(`
    "{ type: "hello", client?: { name: printable text of at most 64 characters, version: printable text of at most 64 characters, columns?: a whole number from 1 to 65535, rows?: a whole number from 1 to 65535, encoding?: printable text of at most 40 characters, screen_reader?: true or false }, resume?: { token: text, epoch?: printable text of at most 64 characters, offset?: a whole number from 0 to 2^53-1, commands?: "run" | "skip" | "ask" } }
    { type: "stored", id: printable text of at most 64 characters }
    { type: "command", seq: a whole number from 1 to 2^53-1, text: one line of at most command_bytes UTF-8 bytes, without CR, LF, NUL and lone surrogates }
    { type: "gmcp", seq: a whole number from 1 to 2^53-1, package: 1 to 128 characters of A-Za-z0-9._-, data?: JSON at most 64 deep, without a key __proto__ }
    { type: "ack", offset: a whole number from 0 to 2^53-1 }
    { type: "replay", run: "all" | "none" or a list of at most queue_commands: [a whole number from 1 to 2^53-1] }
    { type: "window", columns: a whole number from 1 to 65535, rows: a whole number from 1 to 65535 }
    { type: "refresh" }
    { type: "link" }
    { type: "ping", id?: printable text of at most 64 characters or a whole number from 0 to 2^53-1 }
    { type: "quit" }"
  `);
});

it('says from gateway to client what holdfast.v1 says, and nothing else', () => {
  expect(wire(SERVER_FRAMES)).toMatchInlineSnapshot(`
    "{ type: "welcome", session: printable text of at most 64 characters, epoch?: printable text of at most 64 characters, echo: true or false, state: "connecting" | "authenticating" | "playing" | "disconnected" | "closed", world: "up" | "login" | "down", limits: { frame_bytes: a whole number from 1 to 2^53-1, command_bytes: a whole number from 1 to 2^53-1, queue_commands: a whole number from 1 to 2^53-1, window_bytes: a whole number from 1 to 2^53-1, window_entries: a whole number from 1 to 2^53-1, ping_ms: a whole number from 1 to 2^53-1 } }
    { type: "resumed", session: printable text of at most 64 characters, epoch?: printable text of at most 64 characters, echo: true or false, state: "connecting" | "authenticating" | "playing" | "disconnected" | "closed", world: "up" | "login" | "down", token: { id: printable text of at most 64 characters, expires_at: a time like 2026-12-18T20:00:00.000Z, value: text }, limits: { frame_bytes: a whole number from 1 to 2^53-1, command_bytes: a whole number from 1 to 2^53-1, queue_commands: a whole number from 1 to 2^53-1, window_bytes: a whole number from 1 to 2^53-1, window_entries: a whole number from 1 to 2^53-1, ping_ms: a whole number from 1 to 2^53-1 }, accepted: a whole number from 0 to 2^53-1, own: a whole number from 0 to 2^53-1, output: { from: a whole number from 1 to 2^53-1, to: a whole number from 0 to 2^53-1 }, held: a list: [{ seq: a whole number from 1 to 2^53-1, text?: text, package?: text, queued_at: a time like 2026-12-18T20:00:00.000Z }], away_ms: a whole number from 0 to 2^53-1 }
    { type: "output", offset: a whole number from 1 to 2^53-1, epoch?: printable text of at most 64 characters, text: text, prompt?: true }
    { type: "echo", offset: a whole number from 1 to 2^53-1, epoch?: printable text of at most 64 characters, on: true or false }
    { type: "gmcp", offset?: a whole number from 1 to 2^53-1, epoch?: printable text of at most 64 characters, package: text, data?: JSON }
    { type: "dropped", offset: a whole number from 1 to 2^53-1, epoch?: printable text of at most 64 characters, seq: a whole number from 1 to 2^53-1, through?: a whole number from 1 to 2^53-1, reason: "skipped" | "expired" | "refused" | "failed" | "private" | "uncertain" | "vetoed" | "world_lost" }
    { type: "gap", epoch?: printable text of at most 64 characters, from: a whole number from 1 to 2^53-1, to?: a whole number from 1 to 2^53-1, bytes?: a whole number from 0 to 2^53-1, reason: "bound" | "oversize" | "epoch" | "crash" | "delivered" }
    { type: "caught_up", offset: a whole number from 0 to 2^53-1, prompt?: text, unmarked?: true, style?: text }
    { type: "accepted", seq: a whole number from 1 to 2^53-1 }
    { type: "token", id: printable text of at most 64 characters, expires_at: a time like 2026-12-18T20:00:00.000Z, value?: text, link?: true }
    { type: "state", state: "connecting" | "authenticating" | "playing" | "disconnected" | "closed", world: "up" | "login" | "down" }
    { type: "pong", id?: printable text of at most 64 characters or a whole number from 0 to 2^53-1 }
    { type: "error", code: printable text of at most 64 characters, message: text, retry: "resume" | "later" | "fresh" | "never", retry_after_ms?: a whole number from 0 to 2^53-1 }
    { type: "bye", reason: printable text of at most 64 characters, resume: true or false, token?: { id: printable text of at most 64 characters, expires_at: a time like 2026-12-18T20:00:00.000Z, value?: text } }"
  `);
});
