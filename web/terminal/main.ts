import { CommandLine } from './command-line.ts';
import { DeviceDialogs } from './device-dialogs.ts';
import { element } from './element.ts';
import { HeldPanel } from './held-panel.ts';
import { KeptLines } from './kept-lines.ts';
import { LogView } from './log-view.ts';
import { Play } from './play.ts';
import { Plug } from './plug.ts';
import { Preferences } from './preferences.ts';
import { Screen } from './screen.ts';
import { StatusView } from './status-view.ts';
import { measure } from './terminal-size.ts';
import { tabStorage } from './tab-storage.ts';
import { VitalsView } from './vitals-view.ts';

const PLUG_PULLED_MS = 6000;
const RESIZED_AFTER_MS = 300;

const log = element('log', HTMLElement);
const place = element('place', HTMLElement);
const menu = element('menu', HTMLElement);
const quitDialog = element('quit-dialog', HTMLDialogElement);

const storage = tabStorage();
const kept = new KeptLines(storage);
const view = new LogView(log, element('to-end', HTMLButtonElement));
let isSaving = false;
const screen = new Screen(
  (change) => view.show(change),
  (change) => {
    kept.noted(change);
    // Once for all that one message of the gateway brings, and before anything else can happen.
    if (!isSaving) queueMicrotask(save);
    isSaving = true;
  },
);
screen.restore(kept.take());

function save(): void {
  isSaving = false;
  kept.save(screen.lines);
}

const plug = new Plug();
const status = new StatusView((action) => play.act(action));
const preferences = new Preferences(() => void play.greetAnew());
const line = new CommandLine({
  storage,
  onLine: (text) => {
    view.goToEnd();
    return play.enter(text);
  },
  onPage: (direction) => view.page(direction),
});
const play: Play = new Play(line, {
  url: gatewayUrl(),
  screen,
  status,
  vitals: new VitalsView(),
  held: new HeldPanel((run) => play.choose(run)),
  plug,
  save,
  onPlace: (name) => {
    place.textContent = name;
    place.hidden = name === '';
    document.title = name === '' ? 'Holdfast' : `${name} · Holdfast`;
  },
  usesScreenReader: () => preferences.screenReader,
  size: () => measure(log),
});
const devices = new DeviceDialogs({
  link: () => play.link(),
  carryOn: (token) => void play.carryOn(token),
  isPlaying: () => play.isPlaying,
  announce: (text) => status.announce(text),
});

onMenu('menu-link', () => void devices.showCode());
onMenu('menu-code', () => devices.askForCode());
onMenu('menu-quit', () => quitDialog.showModal());
onMenu('menu-plug', () => {
  screen.say('note', `The plug is pulled, for ${PLUG_PULLED_MS / 1000} s. You can go on typing.`);
  plug.pull(PLUG_PULLED_MS);
  line.focus();
});
element('quit', HTMLButtonElement).addEventListener('click', () => {
  quitDialog.close();
  void play.quit();
});
for (const button of document.querySelectorAll<HTMLElement>('[data-closes]')) {
  button.addEventListener('click', () => button.closest('dialog')?.close());
}
for (const dialog of document.querySelectorAll('dialog'))
  dialog.addEventListener('close', () => line.focus());

// A click into the text is for the command line, unless it selects something.
log.addEventListener('click', () => {
  if (getSelection()?.isCollapsed ?? true) line.focus();
});

let resizing: ReturnType<typeof setTimeout> | undefined;
new ResizeObserver(() => {
  clearTimeout(resizing);
  resizing = setTimeout(() => play.resize(), RESIZED_AFTER_MS);
}).observe(log);
line.focus();

function onMenu(id: string, act: () => void): void {
  element(id, HTMLButtonElement).addEventListener('click', () => {
    menu.hidePopover();
    act();
  });
}

/** The gateway serves this page and the game's socket on one port. */
function gatewayUrl(): URL {
  const url = new URL('play', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  return url;
}
