// The number of a list's rows where it is shown: what was counted on demand, and what scrolling has found out. An
// estimate may rest on statistics older than many rows, so it rises with the rows that were loaded; at the end it is
// known. Only leading digits are said of what goes on growing, so that it is not read out with every chunk.

const DIGITS = 2;

export function tell(said) {
  const shown = document.querySelector("[data-count]");
  if (shown.textContent === said.sentence) return;
  Object.assign(shown.dataset, { count: said.kind, value: said.value });
  shown.textContent = said.sentence;
  const all = document.querySelector("[data-all-amount]");
  if (all) all.textContent = said.amount;
  if (said.kind === "exact") document.querySelector("form[data-behavior=count]")?.remove();
}

// `rows` stand in the list from its start; `more` says whether others follow.
export function tellReached(rows, more) {
  const { count, value } = document.querySelector("[data-count]").dataset;
  if (count === "exact" || (more && rows < Number(value))) return;
  const known = more ? leading(rows) : rows;
  const amount = `${more ? "more than " : ""}${known.toLocaleString("en")}`;
  const sentence = `${amount} ${known === 1 ? "row" : "rows"}`;
  tell({ kind: more ? "atleast" : "exact", value: known, amount, sentence });
}

function leading(number) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(number)) + 1 - DIGITS);
  return Math.floor(number / unit) * unit;
}
