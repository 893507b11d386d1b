/**
 * A record that nobody else has seen yet, and that may therefore be changed. What lives long and changes often is copied
 * field by field, by a function beside its type: a copy made by spreading a copy gets a new shape each time in V8, and
 * takes 20 times as long to make, and several times as long to read.
 */
export type Draft<T> = { -readonly [Field in keyof T]: T[Field] };
