// A plain player's page: a whole `holdfast.v1` client in one file. It keeps its token and its position in this tab's
// storage, so that a reload comes back too.
import { appendAnsi } from './ansi.js';

const screen = document.querySelector('#screen');
const status = document.querySelector('#status');
const form = document.querySelector('#form');
const line = document.querySelector('#line');

const KEY = 'holdfast.session';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** How long the button keeps the connection away, so that there is something to miss. */
const PLUG_PULLED_MS = 6000;
const PING_MS = 15_000;

/** What outlives the connection and a reload: the token, and how far we have read. */
let kept = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
/** Commands without an acknowledgement, in order. */
let outstanding = [];
let nextSeq = 1;
let socket;
let isOpen = false;
let attempts = 0;
let retryTimer;
/** Held back until `caught_up`: what came before it may say what became of them. */
let recovering = false;

function keep(changes) {
  kept = { ...kept, ...changes };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
}

function forget() {
  kept = {};
  sessionStorage.removeItem(KEY);
}

function say(frame) {
  socket.send(JSON.stringify(frame));
}

function note(text) {
  append(`${text}\n`, 'note');
}

function append(text, className) {
  const atEnd = screen.scrollHeight - screen.scrollTop - screen.clientHeight < 40;
  if (className) {
    const span = document.createElement('span');
    span.className = className;
    span.textContent = text;
    screen.append(span);
  } else {
    appendAnsi(screen, text);
  }
  if (atEnd) screen.scrollTop = screen.scrollHeight;
}

function connect() {
  clearTimeout(retryTimer);
  status.textContent = 'connecting …';
  const url = new URL('play', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const current = new WebSocket(url, 'holdfast.v1');
  socket = current;
  current.onopen = () => {
    const client = { name: 'holdfast page', version: '1' };
    const { token, epoch, offset } = kept;
    if (token) say({ type: 'hello', client, resume: { token, epoch, offset } });
    else say({ type: 'hello', client });
  };
  current.onmessage = ({ data }) => {
    if (current === socket) receive(JSON.parse(data));
  };
  current.onclose = ({ code }) => {
    if (current === socket) closed(code);
  };
}

function receive(frame) {
  const place = frame.to ?? frame.from ?? frame.offset;
  heardAt = Date.now();
  if (frame.epoch !== undefined && frame.type !== 'resumed') keep({ epoch: frame.epoch });
  HANDLERS[frame.type]?.(frame);
  const moves = ['output', 'echo', 'gmcp', 'dropped', 'gap'].includes(frame.type);
  if (moves && place !== undefined) {
    // Persist before the acknowledgement: what was acknowledged is never sent again.
    keep({ offset: place });
    acknowledge();
  }
}

let ackTimer;
let sinceAck = 0;

/** At most half a window stays unacknowledged. */
function acknowledge() {
  const send = () => {
    clearTimeout(ackTimer);
    ackTimer = undefined;
    sinceAck = 0;
    if (isOpen) say({ type: 'ack', offset: kept.offset });
  };
  sinceAck += 1;
  if (sinceAck >= 32) send();
  else ackTimer ??= setTimeout(send, 200);
}

const HANDLERS = {
  welcome(frame) {
    opened();
    keep({ epoch: frame.epoch, offset: 0 });
    nextSeq = 1;
    mask(!frame.echo);
    sendOutstanding();
  },

  resumed(frame) {
    // Only then is the token ours: a reply that is lost from here on is harmless.
    keep({ token: frame.token.value, epoch: frame.epoch, offset: frame.output.from - 1 });
    say({ type: 'stored', id: frame.token.id });
    opened();
    mask(!frame.echo);
    const away = frame.away_ms < 1000 ? 'a moment' : `${Math.round(frame.away_ms / 1000)} s`;
    const missed = frame.output.to < frame.output.from ? 'You missed nothing.' : 'What you missed follows.';
    note(`— Back after ${away}. ${missed}`);
    if (frame.held.length > 0) note(`— Held, and run now: ${frame.held.map(({ text }) => text).join(', ')}`);
    outstanding = outstanding.filter(({ seq }) => seq === undefined || seq > frame.own);
    for (const command of outstanding) command.seq = undefined;
    nextSeq = frame.accepted + 1;
    recovering = true;
  },

  caught_up() {
    recovering = false;
    sendOutstanding();
  },

  output: ({ text }) => append(text),
  echo: ({ on }) => mask(!on),
  gap: ({ reason }) => {
    if (reason !== 'delivered') note('— Some output is missing here.');
  },
  dropped: ({ reason }) => note(`— A command was not carried out (${reason}).`),
  accepted({ seq }) {
    outstanding = outstanding.filter((command) => command.seq === undefined || command.seq > seq);
  },
  token({ value, link }) {
    if (value && !link) keep({ token: value });
  },
  error({ message, retry, retry_after_ms }) {
    note(`— ${message}`);
    if (retry === 'fresh') forget();
    if (retry === 'later') attempts = Math.max(attempts, 1);
    retryAfter = retry_after_ms;
  },
  bye({ reason, resume, token }) {
    if (!resume && reason !== 'taken_over') forget();
    // Another session of this account, which is resumed instead: our place in this one means nothing there.
    if (token?.value) {
      forget();
      keep({ token: token.value });
    }
    note(`— ${BYES[reason] ?? 'The session is closed.'}`);
  },
};

const BYES = {
  taken_over: 'Another window took this session over. Reload to take it back.',
  quit: 'Goodbye. Reload to begin anew.',
  world_closed: 'Goodbye. Reload to begin anew.',
  shutdown: 'The gateway restarts.',
};

let retryAfter;
let pingTimer;
let heardAt = 0;

/** A connection that answers nothing is dead, whatever the system believes. */
function watch() {
  clearInterval(pingTimer);
  pingTimer = setInterval(() => {
    if (Date.now() - heardAt > 2.5 * PING_MS) lose();
    else say({ type: 'ping' });
  }, PING_MS);
}

/** Leaves the connection as it is: nothing that it still says is heard. */
function lose(after) {
  const old = socket;
  socket = undefined;
  old.close();
  closed(1006, after);
}

function opened() {
  watch();
  isOpen = true;
  attempts = 0;
  status.textContent = 'connected';
}

function closed(code, after) {
  isOpen = false;
  const isFinal =
    (code >= 4500 && code <= 4599) || code >= 4700 || [1002, 1003, 1007, 1008, 1009].includes(code);
  if (isFinal) {
    status.textContent = 'closed';
    return;
  }
  // At once the first time, then slower and slower, never all clients in step.
  const limit = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts);
  const wait = after ?? retryAfter ?? (attempts === 0 ? 0 : Math.random() * limit);
  retryAfter = undefined;
  attempts += 1;
  status.textContent = 'connection lost, coming back …';
  retryTimer = setTimeout(connect, wait);
}

function mask(hidden) {
  line.type = hidden ? 'password' : 'text';
}

function sendOutstanding() {
  if (!isOpen || recovering) return;
  for (const command of outstanding) {
    if (command.seq !== undefined) continue;
    command.seq = nextSeq;
    nextSeq += 1;
    say({ type: 'command', seq: command.seq, text: command.text });
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = line.value;
  line.value = '';
  append(line.type === 'password' ? '\n' : `${text}\n`, 'typed');
  screen.scrollTop = screen.scrollHeight;
  outstanding.push({ text });
  sendOutstanding();
});

document.querySelector('#drop').addEventListener('click', () => {
  note(`— The plug is pulled. Back in ${PLUG_PULLED_MS / 1000} s.`);
  lose(PLUG_PULLED_MS);
  line.focus();
});

window.addEventListener('online', () => {
  if (!isOpen) connect();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && !isOpen) connect();
});

connect();
