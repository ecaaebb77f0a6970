// A text area that holds JSON: says where it is broken while one types, and lays it out on demand. Only the space
// between the parts changes: numbers, keys and their order stay as they were written.

import { debounce } from "./timing.js";

const PART = /"(?:[^"\\\u0000-\u001f]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/y;
const SPACE = /[ \t\r\n]*/y;
const DEEPEST = 500;

export default function jsonText(area) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button small", textContent: "Format" });
  const note = Object.assign(document.createElement("p"), { className: "errors", role: "status" });
  const check = () => {
    try {
      note.textContent = "";
      return area.value.trim() ? laidOut(area.value) : "";
    } catch (error) {
      note.textContent = said(area.value, error);
      return error;
    }
  };
  button.addEventListener("click", () => {
    const made = check();
    if (made instanceof Broken) {
      area.focus();
      area.setSelectionRange(made.at, made.at + 1);
    } else if (made !== area.value) {
      area.value = made;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  area.addEventListener("input", debounce(check, 400));
  const row = Object.assign(document.createElement("div"), { className: "actions" });
  row.append(button, note);
  area.after(row);
}

class Broken extends Error {
  constructor(at, wanted) {
    super(wanted);
    this.at = at;
  }
}

function said(text, error) {
  if (!(error instanceof Broken)) throw error;
  const before = text.slice(0, error.at).split("\n");
  return `Line ${before.length}, column ${before.at(-1).length + 1}: ${error.message}.`;
}

function laidOut(text) {
  const reader = { text, at: 0 };
  const made = value(reader, "", 0);
  if (peek(reader)) throw new Broken(reader.at, "nothing more is expected here");
  return made;
}

// The next part, without taking it; empty at the end.
function peek(reader) {
  SPACE.lastIndex = reader.at;
  reader.at += SPACE.exec(reader.text)[0].length;
  if (reader.at === reader.text.length) return "";
  PART.lastIndex = reader.at;
  const found = PART.exec(reader.text);
  if (!found) throw new Broken(reader.at, "this is no JSON");
  return found[0];
}

function take(reader, fits, wanted) {
  const part = peek(reader);
  if (!part || !fits(part)) throw new Broken(reader.at, `${wanted} is expected here`);
  reader.at += part.length;
  return part;
}

function value(reader, indent, depth) {
  if (depth > DEEPEST) throw new Broken(reader.at, "this is nested too deeply");
  const part = take(reader, (one) => !"}],:".includes(one), "a value");
  if (part !== "{" && part !== "[") return part;
  const end = part === "{" ? "}" : "]";
  const inner = `${indent}  `;
  const items = [];
  while (peek(reader) !== end || items.length) {
    const key = part === "{" ? `${take(reader, (one) => one.startsWith('"'), "a key in quotes")}: ` : "";
    if (key) take(reader, (one) => one === ":", "a colon");
    items.push(`${inner}${key}${value(reader, inner, depth + 1)}`);
    if (take(reader, (one) => one === "," || one === end, `a comma or ${end}`) === end) {
      return `${part}\n${items.join(",\n")}\n${indent}${end}`;
    }
  }
  reader.at += 1;
  return part + end;
}
