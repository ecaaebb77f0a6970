// The items of a JSON list as they are written in it, so that 1.10 stays 1.10; for tags.js.

const ITEM = /"(?:[^"\\]|\\.)*"|[^\s,[\]"]+/g;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const SHOWN = /^\S(.*\S)?$/;

// Null for a list that chips would not show exactly as it is.
export function read(text) {
  if (!text.trim()) return [];
  const found = text.match(ITEM) ?? [];
  try {
    const items = JSON.parse(text);
    const plain = (one) => typeof one === "number" || (typeof one === "string" && SHOWN.test(one));
    return Array.isArray(items) && items.every(plain) && items.length === found.length ? found : null;
  } catch {
    return null;
  }
}

// What is no number is written as a text, for the server to refuse it by name.
export function written(item, kind) {
  return kind === "number" && NUMBER.test(item) ? item : JSON.stringify(item);
}

export function said(item) {
  return item.startsWith('"') ? JSON.parse(item) : item;
}
