// A date, or a date and time, from the keyboard: “tomorrow” or “+3d” becomes the date it means as soon as one leaves
// the field or presses Enter, which saves only when it is pressed again; arrow keys go a day on or back. What is not
// touched stays as it was, to the letter, and what is sent is always a date as the server reads it.

const DAY = 864e5;
const HOURS = { h: 36e5, min: 6e4 };
const WORDS = { yesterday: -1, today: 0, now: 0, tomorrow: 1 };

export default function moment(field) {
  // A phone's own control is better than its keyboard.
  if (field.type === "date" && matchMedia("(pointer: coarse)").matches) return;
  const kind = field.dataset.moment;
  const said = Object.assign(document.createElement("span"), { className: "help", role: "status" });
  field.type = "text";
  field.parentElement.after(said);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${field.id}-words`.trim());
  const put = (text) => {
    if (text === null) return false;
    field.value = text;
    said.textContent = dayOf(text).toLocaleDateString("en-GB", { dateStyle: "full", timeZone: "UTC" });
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  field.addEventListener("input", () => (said.textContent = ""));
  field.addEventListener("change", () => put(meant(field.value, kind)));
  field.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" || event.key === "Tab") {
      // Whoever typed a word sees the date before anything is saved.
      if (put(meant(field.value, kind)) && event.key === "Enter") event.preventDefault();
    } else if (step && !event.altKey && put(stepped(field.value, step, kind))) {
      event.preventDefault();
    }
  });
  calendar(field, put);
}

// The browser's own calendar, over a control of its own that is never sent.
function calendar(field, put) {
  const button = field.parentElement.querySelector("[data-calendar]");
  if (!button || !("showPicker" in HTMLInputElement.prototype)) return;
  const picker = Object.assign(document.createElement("input"), { type: "date", className: "unseen", tabIndex: -1 });
  picker.ariaHidden = "true";
  button.after(picker);
  button.hidden = false;
  button.addEventListener("click", () => {
    picker.value = field.value;
    picker.showPicker();
  });
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    if (picker.value) put(picker.value);
    field.focus();
  });
}

// The text of the date that a word means; null for what is none, such as a date that is written out.
function meant(text, kind) {
  const word = text.trim().toLowerCase();
  const now = new Date();
  // A day is the day where one is; a moment is in UTC.
  const here = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
  const today = kind === "date" ? here : new Date(now - (now % DAY));
  if (Object.hasOwn(WORDS, word)) return written(new Date(+(word === "now" ? now : today) + WORDS[word] * DAY), kind);
  const [, count, unit] = /^([+-]\d{1,4})\s*(d|w|m|y|h|min)$/.exec(word) ?? [];
  if (!unit || (kind === "date" && HOURS[unit])) return null;
  return written(later(kind === "date" ? today : now, Number(count), unit), kind);
}

function later(from, count, unit) {
  if (HOURS[unit]) return new Date(+from + count * HOURS[unit]);
  if (unit === "d" || unit === "w") return new Date(+from + count * DAY * (unit === "w" ? 7 : 1));
  const made = new Date(from);
  made.setUTCMonth(made.getUTCMonth() + count * (unit === "y" ? 12 : 1));
  // The 31st of a month that has none is its last day.
  if (made.getUTCDate() !== from.getUTCDate()) made.setUTCDate(0);
  return made;
}

function written(date, kind) {
  if (!(date.getUTCFullYear() > 0 && date.getUTCFullYear() < 1e4)) return null;
  const [day, time] = date.toISOString().split("T");
  return kind === "date" ? day : `${day} ${time.slice(0, 8)}${kind === "utc" ? "Z" : ""}`;
}

// Another day, with the rest of the text as it is.
function stepped(text, step, kind) {
  if (!text.trim()) return meant("today", kind);
  const [, day, rest] = /^\s*(\d{4}-\d\d-\d\d)(.*)$/.exec(text) ?? [];
  const date = day && dayOf(day);
  if (!date || Number.isNaN(+date)) return meant(text, kind);
  const next = written(new Date(+date + step * DAY), "date");
  return next && next + rest;
}

function dayOf(text) {
  return new Date(`${text.slice(0, 10)}T00:00:00Z`);
}
