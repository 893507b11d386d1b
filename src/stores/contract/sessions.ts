import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { newSession, type Operation, type Session } from '../../core/index.ts';
import {
  candidate,
  outcome,
  randomHash,
  settled,
  Subject,
  successor,
  text,
  until,
  WINDOW_MS,
  type Scenario,
} from './subject.ts';

/** One of each kind. */
const OPERATIONS: readonly Operation[] = [
  {
    kind: 'attach',
    hash: randomHash(),
    candidate: candidate(2),
    wish: 'run',
    confirms: false,
    connected: true,
  },
  { kind: 'detach' },
  { kind: 'confirm', tokenId: randomHash().slice(0, 16) },
  { kind: 'issue', chain: 'c', hash: randomHash() },
  { kind: 'refresh' },
  { kind: 'append', commands: [{ kind: 'text', text: 'look' }] },
  { kind: 'decide', attachment: 1, choice: 'all' },
  { kind: 'acknowledge', attachment: 1, offset: 1 },
  { kind: 'commit', lease: 1, epoch: 'e', taken: 1 },
  { kind: 'revoke' },
  { kind: 'close', reason: 'test' },
  { kind: 'expire' },
];

export function sessionScenarios(it: Scenario): void {
  it('gives a session back as it was made', async ({ store }) => {
    const session = newSession(randomUUID(), 'world', WINDOW_MS, store.now(), true);
    await store.create(session);
    assert.deepEqual(await store.read(session.id), session);
  });

  it('refuses an id that is taken, also when both are asked for at once', async ({ store }) => {
    const session = newSession(randomUUID(), 'world', WINDOW_MS, store.now(), true);
    const twice = await Promise.allSettled([store.create(session), store.create(session)]);
    assert.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    await assert.rejects(store.create(session), { name: 'StoreError', passing: false });
  });

  it('finds the sessions of an account in its world, and none that is over', async ({ store }) => {
    const world = `world/${randomUUID()} ~`;
    const sessions = ['ann', 'ann', 'an', 'ann/b'].map((account) => {
      return { ...newSession(randomUUID(), world, WINDOW_MS, store.now(), true), account };
    });
    for (const session of sessions) await store.create(session);
    const [first, second] = sessions.map(({ id }) => id);
    assert.deepEqual(new Set(await store.findByAccount(world, 'ann')), new Set([first, second]));
    assert.deepEqual(await store.findByAccount('elsewhere', 'ann'), []);
    await store.apply(first ?? '', { kind: 'close', reason: 'test' });
    assert.deepEqual(await store.findByAccount(world, 'ann'), [second]);
  });

  it('knows nothing of a session that never was', async ({ store }) => {
    const id = randomUUID();
    for (const operation of OPERATIONS) outcome(await store.apply(id, operation), 'missing');
    assert.equal(await store.read(id), undefined);
    assert.equal(await store.findByHash(randomHash()), undefined);
    assert.deepEqual(await store.readCommands(id, 0), []);
    assert.deepEqual((await store.readOutput(id, 0, { entries: 1, bytes: 1 })).entries, []);
  });

  it('forgets all of a session that is closed', async (opened) => {
    const subject = await Subject.playing(opened);
    const next = successor(await subject.attach(subject.token));
    await subject.append(['look', 'north']);
    await subject.write('a room');
    outcome(await subject.apply({ kind: 'close', reason: 'quit' }), 'done');
    for (const operation of OPERATIONS) outcome(await subject.apply(operation), 'missing');
    assert.equal(await opened.store.read(subject.id), undefined);
    assert.deepEqual(await subject.waiting(), []);
    assert.deepEqual(await subject.output(), []);
    for (const { hash } of [subject.token, next]) {
      assert.equal(await opened.store.findByHash(hash), undefined);
    }
    assert.equal((await listed(opened.store.list())).has(subject.id), false);
  });

  it('closes a session that never was playing when its connection goes', async ({ store }) => {
    const session = newSession(randomUUID(), 'world', WINDOW_MS, store.now(), true);
    await store.create(session);
    outcome(await store.apply(session.id, { kind: 'detach', attachment: 1 }), 'done');
    assert.equal(await store.read(session.id), undefined);
  });

  it('knows the client of whoever is attached, as it was told of last, and no other', async (opened) => {
    const subject = await Subject.playing(opened);
    const client = { transport: 'telnet', address: '192.0.2.1', columns: 80, rows: 24 };
    const attached = await subject.attach(subject.token, { client });
    assert.deepEqual(attached.session.presence.client, client);
    const wider = { ...client, columns: 120 };
    outcome(await settled(opened, subject.apply({ kind: 'describe', attachment: 2, client: wider })), 'done');
    assert.deepEqual((await subject.session()).presence.client, wider);
    await subject.attach(successor(attached));
    assert.equal((await subject.session()).presence.client, undefined);
    await subject.attach(successor(attached), { client });
    await subject.detach();
    assert.equal((await subject.session()).presence.client, undefined);
  });

  it('lists every session once, as it is', async (opened) => {
    const kept = [await Subject.playing(opened), await Subject.playing(opened)];
    const gone = await Subject.playing(opened);
    await gone.apply({ kind: 'close', reason: 'quit' });
    await kept[0]?.detach();
    const found = await listed(opened.store.list());
    assert.equal(found.has(gone.id), false);
    for (const subject of kept) assert.deepEqual(found.get(subject.id), await subject.session());
  });

  it('stops the clock while a player is attached, and finds who is due', async (opened) => {
    const attached = await Subject.playing(opened);
    const away = await Subject.playing(opened);
    await opened.advance(WINDOW_MS * 2);
    await away.detach();
    await opened.advance(WINDOW_MS - 10_000);
    assert.equal((await opened.store.due(1000)).includes(away.id), false);
    outcome(await away.apply({ kind: 'expire' }), 'stale');
    await opened.advance(10_000);
    const due = await opened.store.due(1000);
    assert.equal(due.includes(away.id), true);
    assert.equal(due.includes(attached.id), false);
    outcome(await away.show(away.token), 'refused');
    outcome(await away.apply({ kind: 'expire' }), 'done');
    outcome(await attached.apply({ kind: 'expire' }), 'stale');
    assert.equal((await opened.store.due(1000)).includes(away.id), false);
    assert.equal(await opened.store.read(away.id), undefined);
  });

  it('is due no more when the clock starts anew', async (opened) => {
    const back = await Subject.playing(opened);
    const refreshed = await Subject.playing(opened);
    const extended = await Subject.playing(opened);
    for (const subject of [back, refreshed, extended]) await subject.detach();
    await opened.advance(WINDOW_MS - 10_000);
    await back.attach(back.token);
    outcome(await settled(opened, refreshed.apply({ kind: 'refresh' })), 'done');
    outcome(await extended.commit({ windowMs: WINDOW_MS * 2 }), 'committed');
    await opened.advance(20_000);
    const due = await opened.store.due(1000);
    for (const subject of [back, refreshed, extended]) assert.equal(due.includes(subject.id), false);
  });

  it('gives out no more due sessions than asked for', async (opened) => {
    for (let i = 0; i < 3; i += 1) await (await Subject.playing(opened)).detach();
    await opened.advance(WINDOW_MS);
    assert.equal((await opened.store.due(2)).length, 2);
  });

  it('tells a watcher of the session soon, and of its last change', async (opened) => {
    const subject = await Subject.playing(opened);
    const seen: Session[] = [];
    const cancel = opened.store.watch(subject.id, (session) => seen.push(session));
    assert.equal(seen.length, 0, 'not from within the call');
    await until(opened, () => seen.length > 0);
    await subject.append(['look']);
    await subject.detach();
    await until(opened, () => seen.at(-1)?.presence.attached === false);
    assert.equal(seen.at(-1)?.commands.accepted, 1);
    cancel();
    const count = seen.length;
    await subject.attach(subject.token);
    assert.equal(seen.length, count, 'not after it was cancelled');
  });

  it('tells a watcher that came between two changes of the second', async (opened) => {
    const subject = await Subject.playing(opened);
    for (let round = 1; round <= 10; round += 1) {
      const change = subject.append(['look']);
      let accepted = 0;
      const cancel = opened.store.watch(subject.id, (session) => {
        ({ accepted } = session.commands);
      });
      await change;
      await subject.append(['north']);
      await until(opened, () => accepted === round * 2);
      cancel();
      await subject.commit({ taken: round * 2 });
    }
  });

  it('tells a watcher that the session is closed', async (opened) => {
    const subject = await Subject.playing(opened);
    let last: Session | undefined;
    opened.store.watch(subject.id, (session) => {
      last = session;
    });
    await subject.apply({ kind: 'close', reason: 'quit' });
    await until(opened, () => last?.stage === 'closed');
    assert.equal(last?.ending, 'quit');
  });

  it('keeps what the world says of a session', async (opened) => {
    const subject = await Subject.playing(opened);
    const data = { room: 12, name: 'Ünï \ud83d\ude00', list: [null, true, 1.5] };
    const output = [text('Welcome.\r\n')];
    outcome(await subject.commit({ data, account: 'arya', worldState: 'up', output }), 'committed');
    const session = await subject.session();
    assert.deepEqual(session.data, data);
    assert.equal(session.account, 'arya');
    assert.equal(session.worldState, 'up');
  });

  it('finds a session by whatever name its world gives the account, and only by the last', async (opened) => {
    const { store } = opened;
    const subject = await Subject.playing(opened);
    let last: string | undefined;
    for (const name of ['arya', 'ARYA', 'arya/stark', '', '~', '\ud800', '\ud83d\ude00 \u0000']) {
      const account = `${name}/${subject.id}`;
      outcome(await subject.commit({ account }), 'committed');
      assert.deepEqual(await store.findByAccount('world', account), [subject.id]);
      if (last !== undefined) assert.deepEqual(await store.findByAccount('world', last), []);
      last = account;
    }
  });
}

async function listed(sessions: AsyncIterable<Session>): Promise<Map<string, Session>> {
  const found = new Map<string, Session>();
  for await (const session of sessions) {
    assert.equal(found.has(session.id), false, 'listed once');
    found.set(session.id, session);
  }
  return found;
}
