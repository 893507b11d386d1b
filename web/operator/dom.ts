/** The element of the page with this id. The page is ours: one that is missing, or of another kind, is a bug. */
export function element<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`#${id} is not a ${kind.name}`);
  return found;
}

type Child = Node | string | undefined | false;

/** A new element. Texts are texts, whatever is in them: nothing here is ever read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** A button that does something. */
export function button(text: string, className: string, act: () => void): HTMLButtonElement {
  const made = make('button', { type: 'button', class: className }, text);
  made.addEventListener('click', act);
  return made;
}

/** Changes a text only where it is another, so that a selection in it stays. */
export function write(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Names and what they are. */
export function facts(pairs: readonly (readonly [string, Child])[]): HTMLDListElement {
  const given = pairs.filter(([, value]) => value !== undefined && value !== false);
  return make(
    'dl',
    {},
    ...given.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))),
  );
}
