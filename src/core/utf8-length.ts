/** The length of a text in UTF-8 bytes; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair is four bytes: its second half adds nothing.
    if (isHalf(unit, 0xd800) && isHalf(text.charCodeAt(i + 1), 0xdc00)) i += 1;
  }
  return bytes;
}

/** Whether a unit is a surrogate of the kind that begins at `first`. */
function isHalf(unit: number, first: number): boolean {
  return (unit & 0xfc00) === first;
}
