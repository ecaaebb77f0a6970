// Lines inside a form: “Add” makes an empty one from the template, an added one can be dropped again, and what each
// line and all of them come to follows what is typed. The server computes it anew; this is only for the eye.

import { attach } from "./index.js";

export default function lines(section) {
  const template = section.querySelector("template");
  if (!template) return;
  const body = section.querySelector("tbody");
  let added = 0;

  section.querySelector("[data-add]").addEventListener("click", () => {
    const made = document.createElement("tbody");
    const place = `n${(added += 1)}`;
    const number = body.querySelectorAll("[data-line]:not(.unscripted)").length + 1;
    made.innerHTML = template.innerHTML.replaceAll(".place.", `.${place}.`).replaceAll(/ place(?=["<])/g, ` ${number}`);
    const row = made.firstElementChild;
    body.append(row);
    attach(row);
    row.querySelector("td:not(.moves) :is(input:not([type=hidden]), select, textarea)").focus();
  });
  section.addEventListener("input", () => sum(section));
  section.addEventListener("change", () => sum(section));
}

function sum(section) {
  let total = [0n, 0];
  for (const row of section.querySelectorAll("[data-line]")) {
    const output = row.querySelector("[data-amount]");
    if (!output) return;
    const numbers = output.dataset.of.split(" ").map((name) => decimal(valueOf(row, name)));
    const amount = numbers.includes(null) ? null : numbers.reduce(times);
    output.value = amount ? said(amount) : "";
    // A tick box in the line, or below it a choice of what becomes of it.
    const { name } = row.querySelector("[name$='.form-key']");
    const gone = Boolean(section.querySelector(`[name="${name.replace(/key$/, "gone")}"][value="1"]:checked`));
    row.classList.toggle("gone", gone);
    if (amount && !gone) total = plus(total, amount);
  }
  const output = section.querySelector("[data-total]");
  if (output) output.value = said(total);
}

function valueOf(row, name) {
  const field = [...row.querySelectorAll("[name]")].find(
    (one) => one.name.endsWith(`.${name}`) && !one.name.startsWith("was-"),
  );
  return field?.value ?? "";
}

// Decimals as whole numbers with their places behind the point, so that no sum is off by a cent.
function decimal(text) {
  const parts = /^\s*([+-]?\d+)(?:\.(\d+))?\s*$/.exec(text);
  return parts ? [BigInt(parts[1] + (parts[2] ?? "")), parts[2]?.length ?? 0] : null;
}

function times(one, other) {
  return [one[0] * other[0], one[1] + other[1]];
}

function plus(one, other) {
  const places = Math.max(one[1], other[1]);
  const whole = ([number, has]) => number * 10n ** BigInt(places - has);
  return [whole(one) + whole(other), places];
}

function said([number, places]) {
  const digits = (number < 0n ? -number : number).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  const whole = BigInt(digits.slice(0, cut)).toLocaleString("en");
  return `${number < 0n ? "-" : ""}${whole}${places ? `.${digits.slice(cut)}` : ""}`;
}
