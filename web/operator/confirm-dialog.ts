import { element } from './dom.ts';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that goes on says. */
  readonly yes: string;
}

/** Asks before something that cannot be undone. */
export function confirmed({ title, text, yes }: Question): Promise<boolean> {
  const dialog = element('confirm', HTMLDialogElement);
  element('confirm-title', HTMLElement).textContent = title;
  element('confirm-text', HTMLElement).textContent = text;
  element('confirm-yes', HTMLButtonElement).textContent = yes;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
