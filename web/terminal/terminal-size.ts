const PROBE_CHARACTERS = 100;

/** How many characters and lines have room in the log. */
export function measure(log: HTMLElement): { readonly columns: number; readonly rows: number } {
  const probe = document.createElement('span');
  probe.className = 'probe';
  probe.textContent = '0'.repeat(PROBE_CHARACTERS);
  // Beside the log and not in it: a screen reader is told what comes into the log.
  log.parentElement?.append(probe);
  const { width, height } = probe.getBoundingClientRect();
  probe.remove();
  const style = getComputedStyle(log);
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  const line = getComputedStyle(document.documentElement).getPropertyValue('--line-padding');
  const room = log.clientWidth - padding - (parseFloat(line) || 0);
  return {
    columns: bounded(room / (width / PROBE_CHARACTERS)),
    rows: bounded(log.clientHeight / height),
  };
}

/** The protocol knows sizes from 1 to 65535. */
function bounded(size: number): number {
  return Number.isFinite(size) ? Math.max(1, Math.min(65_535, Math.floor(size))) : 80;
}
